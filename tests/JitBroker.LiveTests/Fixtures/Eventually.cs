using System.Diagnostics;

namespace JitBroker.LiveTests.Fixtures;

/// <summary>Awaits what another process will bring about; gives up only after so long that a busy machine is no excuse.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < Patience, "The awaited condition did not come about.");
            await Task.Delay(Glance, TestContext.Current.CancellationToken);
        }
    }
}

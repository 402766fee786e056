using System.Diagnostics;

namespace JitBroker.LiveTests.Fixtures;

/// <summary>Awaits what another process will bring about; gives up only after so long that a busy machine is no excuse.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    /// <param name="what">What is awaited, for the message of one who waited in vain.</param>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what = "The awaited condition")
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < Patience, $"{what} did not come about within {Patience.TotalMinutes} minutes.");
            await Task.Delay(Glance, TestContext.Current.CancellationToken);
        }
    }
}

using System.Diagnostics;

namespace JitBroker.Tests;

/// <summary>Awaits a condition that another thread or process will bring about; fails after a generous limit.</summary>
public static class Eventually
{
    public static async Task TrueAsync(Func<Task<bool>> condition, int seconds = 30)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(seconds), "The awaited condition did not come about.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}

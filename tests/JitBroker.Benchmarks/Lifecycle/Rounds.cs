using System.Diagnostics;

namespace JitBroker.Benchmarks.Lifecycle;

/// <summary>One stretch of measuring: how many were completed in how long, and the latency of each.</summary>
internal sealed record Round(int Count, TimeSpan Elapsed, IReadOnlyList<TimeSpan> Latencies)
{
    public double PerSecond => Count / Elapsed.TotalSeconds;

    /// <summary>Runs <paramref name="once"/> in <paramref name="concurrency"/> endless loops for <paramref name="length"/>; what is under way then is finished and counted.</summary>
    public static async Task<Round> RunAsync(Func<Task> once, int concurrency, TimeSpan length)
    {
        var watch = Stopwatch.StartNew();
        var loops = Enumerable.Range(0, concurrency).Select(_ => Task.Run(() => LoopAsync(once, watch, length)));
        var latencies = await Task.WhenAll(loops);
        var elapsed = watch.Elapsed;
        return new Round(latencies.Sum(l => l.Count), elapsed, [.. latencies.SelectMany(l => l)]);
    }

    private static async Task<List<TimeSpan>> LoopAsync(Func<Task> once, Stopwatch watch, TimeSpan length)
    {
        var latencies = new List<TimeSpan>();
        while (watch.Elapsed < length)
        {
            var began = watch.Elapsed;
            await once();
            latencies.Add(watch.Elapsed - began);
        }

        return latencies;
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using JitBroker.Storage;

namespace JitBroker.Benchmarks.Ack;

/// <summary>
/// Whether Slack gets its 200 in time while a target hangs. Open loop: deliveries go out at their instants whether or not earlier ones were answered, and a
/// latency is counted from that instant, so that a stall shows in every delivery it held up. Client, workspace and broker share one process and its processors.
/// </summary>
internal static class AckBench
{
    private const int PerSecond = 50;
    private const int WarmUpSeconds = 8;

    /// <returns>Null where the engine is not installed.</returns>
    public static async Task<AckFigures?> RunAsync(Engine engine, BenchSettings settings, Progress progress, CancellationToken cancellationToken)
    {
        await using var place = await PrivateDatabase.NewAsync(engine, cancellationToken);
        if (place is null)
            return null;
        progress.Say($"{engine}: starting a broker, a workspace and a target that hangs");
        await using var world = await AckWorld.StartAsync(place, settings, cancellationToken);
        using var deliveries = new SignedDeliveries(world.Url, world.SigningSecret, HostClock.New());
        await using var traffic = new Traffic(world, deliveries);
        traffic.Start();
        progress.Say($"{engine}: warming up");
        await SendAsync(traffic, 0, WarmUpSeconds, cancellationToken);
        progress.Say(FormattableString.Invariant($"{engine}: {PerSecond} deliveries a second for {settings.Seconds} s, {world.Issuer.Mints} mints and {world.Issuer.Ends} ends hang"));
        var answers = await SendAsync(traffic, WarmUpSeconds * PerSecond, settings.Seconds, cancellationToken);
        return new AckFigures(engine, PerSecond, [.. answers.Select(a => a.Latency)], answers.Count(a => !a.IsAcknowledged), world.Issuer.Mints, world.Issuer.Ends);
    }

    private static async Task<IReadOnlyCollection<(TimeSpan Latency, bool IsAcknowledged)>> SendAsync(Traffic traffic, int firstTurn, int seconds, CancellationToken cancellationToken)
    {
        var answers = new ConcurrentBag<(TimeSpan, bool)>();
        var watch = Stopwatch.StartNew();
        var sent = new List<Task>();
        for (var i = 0; i < seconds * PerSecond; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / PerSecond);
            if (due > watch.Elapsed)
                await Task.Delay(due - watch.Elapsed, cancellationToken);
            var turn = firstTurn + i;
            sent.Add(Task.Run(
                async () =>
                {
                    var isAcknowledged = await traffic.SendAsync(turn, cancellationToken);
                    answers.Add((watch.Elapsed - due, isAcknowledged));
                },
                cancellationToken));
        }

        await Task.WhenAll(sent);
        return answers;
    }
}

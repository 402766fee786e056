using JitBroker.Storage;

namespace JitBroker.Benchmarks.Lifecycle;

/// <summary>
/// How many lifecycles a second the core carries, beside what the engine alone carries of the same rows. Rounds of both alternate, since a machine's speed
/// drifts; each has its own database on the same engine.
/// </summary>
internal static class LifecycleBench
{
    private const int RecordedTurn = 7;

    // Long enough for the runtime to have compiled what runs hot: what a broker that has been up for a minute does is measured, not its first seconds.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    /// <returns>Null where the engine is not installed.</returns>
    public static async Task<LifecycleFigures?> RunAsync(Engine engine, BenchSettings settings, Progress progress, CancellationToken cancellationToken)
    {
        progress.Say($"{engine}: recording one lifecycle");
        var catalog = BenchCatalog.Load(settings.Algorithm);
        await using var recorded = await PrivateDatabase.NewAsync(engine, cancellationToken);
        if (recorded is null)
            return null;
        var recording = await LifecycleRecorder.RecordAsync(recorded, catalog, RecordedTurn, cancellationToken);

        await using var bare = (await PrivateDatabase.NewAsync(engine, cancellationToken))!;
        await using var yardstick = await Yardstick.StartAsync(bare, recording, RecordedTurn, settings.Concurrency, cancellationToken);
        await using var ours = (await PrivateDatabase.NewAsync(engine, cancellationToken))!;
        await using var database = ours.Open();
        await using var lifecycle = await LifecycleUnderTest.StartAsync(database, catalog, Path.Combine(ours.Folder, "keys"), cancellationToken);
        var pairs = await MeasureAsync(
            turn => yardstick.RunAsync(turn, cancellationToken), turn => lifecycle.RunAsync(turn, cancellationToken), settings, new Announced(engine, progress));
        return new LifecycleFigures(engine, settings.Algorithm, settings.Concurrency, recording, pairs);
    }

    private static async Task<List<(Round Yardstick, Round Broker)>> MeasureAsync(Func<int, Task> yardstick, Func<int, Task> broker, BenchSettings settings, Announced announced)
    {
        var turn = 0;
        Task<Round> RunAsync(Func<int, Task> once, TimeSpan length) => Round.RunAsync(() => once(Interlocked.Increment(ref turn)), settings.Concurrency, length);

        announced.WarmUp();
        await RunAsync(yardstick, WarmUp);
        await RunAsync(broker, WarmUp);
        var rounds = Math.Max(3, settings.Seconds / 2);
        var length = TimeSpan.FromSeconds((double)settings.Seconds / rounds);
        var pairs = new List<(Round Yardstick, Round Broker)>(rounds);
        for (var i = 1; i <= rounds; i++)
        {
            pairs.Add((await RunAsync(yardstick, length), await RunAsync(broker, length)));
            announced.Pair(i, rounds, pairs[^1]);
        }

        return pairs;
    }

    private sealed record Announced(Engine Engine, Progress Progress)
    {
        public void WarmUp() => Progress.Say($"{Engine}: warming up");

        public void Pair(int number, int of, (Round Yardstick, Round Broker) pair) =>
            Progress.Say(FormattableString.Invariant(
                $"{Engine}: round {number} of {of}: yardstick {pair.Yardstick.PerSecond:0}/s, broker {pair.Broker.PerSecond:0}/s ({pair.Broker.PerSecond / pair.Yardstick.PerSecond:0.00})"));
    }
}

using System.Text.Json.Nodes;

namespace JitBroker.Benchmarks.Lifecycle;

/// <summary>Submit, approve, collect, done, as often as possible, on each engine.</summary>
internal sealed class LifecycleBenchmark : IBenchmark
{
    public string Name => "lifecycle";

    public async Task<IFigures?> RunAsync(BenchSettings settings, Progress progress, CancellationToken cancellationToken)
    {
        var engines = new List<LifecycleFigures>();
        foreach (var engine in settings.Engines)
        {
            if (await LifecycleBench.RunAsync(engine, settings, progress, cancellationToken) is { } figures)
                engines.Add(figures);
            else
                progress.Say($"{engine}: not installed, left out");
        }

        return engines.Count == 0 ? null : new Figures(engines);
    }

    private sealed record Figures(IReadOnlyList<LifecycleFigures> Engines) : IFigures
    {
        public bool IsGood => Engines.All(l => l.IsGood);

        public string ToText()
        {
            var first = Engines[0];
            return Table.Lines(
            [
                Table.Text($"Lifecycle: submit, approve, collect jwt ({first.Algorithm}), done. {first.Concurrency} at a time, {Environment.ProcessorCount} processors."),
                Table.Text($"Yardstick: the same {first.Recording.Inserts} inserts and {first.Recording.Updates} updates ({first.Recording.Columns} columns) in {first.Recording.Transactions.Count} transactions, bare."),
                "",
                Table.Row("engine", "broker/s", "yardstick/s", "ratio", "spread", "p50", "p99", "target"),
                .. Engines.Select(Row),
            ]);
        }

        public JsonNode ToJson() => new JsonArray([.. Engines.Select(Json)]);

        private static string Row(LifecycleFigures l) => Table.Row(
            Table.NameOf(l.Engine),
            Table.Text($"{l.Broker:0}"),
            Table.Text($"{l.Yardstick:0}"),
            Table.Text($"{l.Ratio:0.00}"),
            Table.Text($"{l.Lowest:0.00}-{l.Highest:0.00}"),
            Table.Milliseconds(l.Latency(0.5)),
            Table.Milliseconds(l.Latency(0.99)),
            l.IsGood ? "met (0.40)" : "missed (0.40)");

        private static JsonNode Json(LifecycleFigures l) => new JsonObject
        {
            ["engine"] = Table.NameOf(l.Engine),
            ["algorithm"] = l.Algorithm,
            ["concurrency"] = l.Concurrency,
            ["transactions"] = l.Recording.Transactions.Count,
            ["inserts"] = l.Recording.Inserts,
            ["updates"] = l.Recording.Updates,
            ["columns"] = l.Recording.Columns,
            ["brokerPerSecond"] = Math.Round(l.Broker, 1),
            ["yardstickPerSecond"] = Math.Round(l.Yardstick, 1),
            ["ratio"] = Math.Round(l.Ratio, 3),
            ["lowestRatio"] = Math.Round(l.Lowest, 3),
            ["highestRatio"] = Math.Round(l.Highest, 3),
            ["p50Ms"] = Math.Round(l.Latency(0.5).TotalMilliseconds, 2),
            ["p99Ms"] = Math.Round(l.Latency(0.99).TotalMilliseconds, 2),
            ["target"] = LifecycleFigures.Target,
            ["met"] = l.IsGood,
        };
    }
}

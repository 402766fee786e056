using System.Text.Json.Nodes;

namespace JitBroker.Benchmarks.Ack;

/// <summary>How long Slack waits for its 200 while a target hangs, on each engine.</summary>
internal sealed class AckBenchmark : IBenchmark
{
    public string Name => "ack";

    public async Task<IFigures?> RunAsync(BenchSettings settings, Progress progress, CancellationToken cancellationToken)
    {
        var engines = new List<AckFigures>();
        foreach (var engine in settings.Engines)
        {
            if (await AckBench.RunAsync(engine, settings, progress, cancellationToken) is { } figures)
                engines.Add(figures);
            else
                progress.Say($"{engine}: not installed, left out");
        }

        return engines.Count == 0 ? null : new Figures(engines);
    }

    private sealed record Figures(IReadOnlyList<AckFigures> Engines) : IFigures
    {
        public bool IsGood => Engines.All(a => a.IsGood);

        public string ToText() => Table.Lines(
        [
            Table.Text($"Slack's wait for its 200: {Engines[0].PerSecond} signed deliveries a second, from the instant each was due, while an issuer hangs."),
            "",
            Table.Row("engine", "sent", "failed", "hung mints", "hung ends", "p50", "p99", "max", "target"),
            .. Engines.Select(Row),
        ]);

        public JsonNode ToJson() => new JsonArray([.. Engines.Select(Json)]);

        private static string Row(AckFigures a) => Table.Row(
            Table.NameOf(a.Engine),
            Table.Text($"{a.Latencies.Count}"),
            Table.Text($"{a.Failed}"),
            Table.Text($"{a.Mints}"),
            Table.Text($"{a.Ends}"),
            Table.Milliseconds(a.P50),
            Table.Milliseconds(a.P99),
            Table.Milliseconds(a.Max),
            a.IsGood ? "met (p99 100 ms, max 1 s)" : "missed (p99 100 ms, max 1 s)");

        private static JsonNode Json(AckFigures a) => new JsonObject
        {
            ["engine"] = Table.NameOf(a.Engine),
            ["perSecond"] = a.PerSecond,
            ["sent"] = a.Latencies.Count,
            ["failed"] = a.Failed,
            ["hungMints"] = a.Mints,
            ["hungEnds"] = a.Ends,
            ["p50Ms"] = Math.Round(a.P50.TotalMilliseconds, 2),
            ["p99Ms"] = Math.Round(a.P99.TotalMilliseconds, 2),
            ["maxMs"] = Math.Round(a.Max.TotalMilliseconds, 2),
            ["met"] = a.IsGood,
        };
    }
}

using System.Text.Json.Nodes;

namespace JitBroker.Benchmarks.Audit;

/// <summary>How fast an export of the audit is verified.</summary>
internal sealed class AuditBenchmark : IBenchmark
{
    public string Name => "audit";

    public async Task<IFigures?> RunAsync(BenchSettings settings, Progress progress, CancellationToken cancellationToken) =>
        new Figures(await AuditBench.RunAsync(progress, cancellationToken));

    private sealed record Figures(AuditFigures Audit) : IFigures
    {
        public bool IsGood => Audit.IsGood;

        public string ToText() => Table.Lines(
        [
            Table.Text($"Audit verify: {Audit.Events} events, {Audit.Bytes / (1024 * 1024)} MiB, one thread. Yardstick: the same file read, each line parsed and hashed."),
            "",
            Table.Row("", "events/s", "yardstick/s", "ratio", "spread", "target"),
            Table.Row(
                "verify",
                Table.Text($"{Audit.Verified:0}"),
                Table.Text($"{Audit.Yardstick:0}"),
                Table.Text($"{Audit.Ratio:0.00}"),
                Table.Text($"{Audit.Lowest:0.00}-{Audit.Highest:0.00}"),
                Audit.IsGood ? "met (100000/s)" : "missed (100000/s)"),
        ]);

        public JsonNode ToJson() => new JsonObject
        {
            ["events"] = Audit.Events,
            ["bytes"] = Audit.Bytes,
            ["verifiedPerSecond"] = Math.Round(Audit.Verified),
            ["yardstickPerSecond"] = Math.Round(Audit.Yardstick),
            ["ratio"] = Math.Round(Audit.Ratio, 3),
            ["lowestRatio"] = Math.Round(Audit.Lowest, 3),
            ["highestRatio"] = Math.Round(Audit.Highest, 3),
            ["target"] = AuditFigures.Target,
            ["met"] = Audit.IsGood,
        };
    }
}

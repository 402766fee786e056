using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using JitBroker.Benchmarks.Ack;
using JitBroker.Benchmarks.Audit;
using JitBroker.Benchmarks.Lifecycle;
using JitBroker.Storage;

namespace JitBroker.Benchmarks;

/// <summary>The figures as a table for people or as one JSON document.</summary>
internal sealed record Report(IReadOnlyList<LifecycleFigures> Lifecycles, IReadOnlyList<AckFigures> Acks, AuditFigures? Audit)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public bool IsGood => Lifecycles.All(l => l.IsGood) && Acks.All(a => a.IsGood) && Audit?.IsGood is not false;

    public string ToJson() =>
        new JsonObject
        {
            ["processors"] = Environment.ProcessorCount,
            ["lifecycle"] = new JsonArray([.. Lifecycles.Select(Json)]),
            ["ack"] = new JsonArray([.. Acks.Select(Json)]),
            ["audit"] = Audit is null ? null : Json(Audit),
        }.ToJsonString(Indented);

    public string ToText() =>
        string.Join(Environment.NewLine + Environment.NewLine, new[] { LifecycleText(), AckText(), AuditText() }.Where(t => t.Length > 0));

    private string LifecycleText()
    {
        if (Lifecycles.Count == 0)
            return "";
        var first = Lifecycles[0];
        var lines = new List<string>();
        lines.Add(Text($"Lifecycle: submit, approve, collect jwt ({first.Algorithm}), done. {first.Concurrency} at a time, {Environment.ProcessorCount} processors."));
        lines.Add(Text($"Yardstick: the same {first.Recording.Inserts} inserts and {first.Recording.Updates} updates ({first.Recording.Columns} columns) in {first.Recording.Transactions.Count} transactions, bare."));
        lines.Add("");
        lines.Add(Row("engine", "broker/s", "yardstick/s", "ratio", "spread", "p50", "p99", "target"));
        lines.AddRange(Lifecycles.Select(Row));
        return string.Join(Environment.NewLine, lines);
    }

    private string AckText()
    {
        if (Acks.Count == 0)
            return "";
        var lines = new List<string>
        {
            Text($"Slack's wait for its 200: {Acks[0].PerSecond} signed deliveries a second, from the instant each was due, while an issuer hangs."),
            "",
            Row("engine", "sent", "failed", "hung mints", "hung ends", "p50", "p99", "max", "target"),
        };
        lines.AddRange(Acks.Select(a => Row(
            Name(a.Engine), Text($"{a.Latencies.Count}"), Text($"{a.Failed}"), Text($"{a.Mints}"), Text($"{a.Ends}"),
            Milliseconds(a.P50), Milliseconds(a.P99), Milliseconds(a.Max), a.IsGood ? "met (p99 100 ms, max 1 s)" : "missed (p99 100 ms, max 1 s)")));
        return string.Join(Environment.NewLine, lines);
    }

    private string AuditText() => Audit is null ? "" : string.Join(
        Environment.NewLine,
        Text($"Audit verify: {Audit.Events} events, {Audit.Bytes / (1024 * 1024)} MiB, one thread. Yardstick: the same file read, each line parsed and hashed."),
        "",
        Row("", "events/s", "yardstick/s", "ratio", "spread", "target"),
        Row("verify", Text($"{Audit.Verified:0}"), Text($"{Audit.Yardstick:0}"), Text($"{Audit.Ratio:0.00}"), Text($"{Audit.Lowest:0.00}-{Audit.Highest:0.00}"), Audit.IsGood ? "met (100000/s)" : "missed (100000/s)"));

    private static JsonNode Json(AuditFigures a) => new JsonObject
    {
        ["events"] = a.Events,
        ["bytes"] = a.Bytes,
        ["verifiedPerSecond"] = Math.Round(a.Verified),
        ["yardstickPerSecond"] = Math.Round(a.Yardstick),
        ["ratio"] = Math.Round(a.Ratio, 3),
        ["lowestRatio"] = Math.Round(a.Lowest, 3),
        ["highestRatio"] = Math.Round(a.Highest, 3),
        ["target"] = AuditFigures.Target,
        ["met"] = a.IsGood,
    };

    private static JsonNode Json(AckFigures a) => new JsonObject
    {
        ["engine"] = Name(a.Engine),
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

    private static string Row(LifecycleFigures l) => Row(
        Name(l.Engine),
        Text($"{l.Broker:0}"),
        Text($"{l.Yardstick:0}"),
        Text($"{l.Ratio:0.00}"),
        Text($"{l.Lowest:0.00}-{l.Highest:0.00}"),
        Milliseconds(l.Latency(0.5)),
        Milliseconds(l.Latency(0.99)),
        l.IsGood ? "met (0.40)" : "missed (0.40)");

    private static string Row(string engine, params string[] cells) =>
        string.Concat([engine.PadRight(12), .. cells[..^1].Select(c => c.PadLeft(13)), "   ", cells[^1]]);

    private static string Name(Engine engine) => engine == Engine.Postgres ? "PostgreSQL" : "SQLite";

    private static string Milliseconds(TimeSpan time) => Text($"{time.TotalMilliseconds:0.0} ms");

    private static JsonNode Json(LifecycleFigures l) => new JsonObject
    {
        ["engine"] = Name(l.Engine),
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

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

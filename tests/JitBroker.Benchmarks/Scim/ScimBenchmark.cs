using System.Text.Json.Nodes;

namespace JitBroker.Benchmarks.Scim;

/// <summary>How long an identity provider's first sync takes on each engine, and whether decisions wait for it.</summary>
internal sealed class ScimBenchmark : IBenchmark
{
    public string Name => "scim";

    public async Task<IFigures?> RunAsync(BenchSettings settings, Progress progress, CancellationToken cancellationToken)
    {
        var engines = new List<ScimFigures>();
        foreach (var engine in settings.Engines)
        {
            if (await ScimBench.RunAsync(engine, settings, progress, cancellationToken) is { } figures)
                engines.Add(figures);
            else
                progress.Say($"{engine}: not installed, left out");
        }

        return engines.Count == 0 ? null : new Figures(engines);
    }

    private sealed record Figures(IReadOnlyList<ScimFigures> Engines) : IFigures
    {
        public bool IsGood => Engines.All(e => e.IsGood);

        public string ToText() => Table.Lines(
        [
            Table.Text($"A first SCIM sync: {Engines[0].Users} users one by one, {Engines[0].AtOnce} calls at once, then all into a group in {Engines[0].Patches} patches; beside it submit and approve, five times a second."),
            "",
            Table.Row("engine", "sync", "users/s", "calm p50", "calm p99", "beside p50", "beside p99", "target"),
            .. Engines.Select(e => Table.Row(
                Table.NameOf(e.Engine),
                Table.Text($"{e.Took.TotalSeconds:0.0} s"),
                Table.Text($"{e.PerSecond:0}"),
                Table.Milliseconds(Percentile.Of(e.Calm, 0.5)),
                Table.Milliseconds(Percentile.Of(e.Calm, 0.99)),
                Table.Milliseconds(Percentile.Of(e.Beside, 0.5)),
                Table.Milliseconds(Percentile.Of(e.Beside, 0.99)),
                e.IsGood ? "met (120 s, p99 1 s)" : "missed (120 s, p99 1 s)")),
        ]);

        public JsonNode ToJson() => new JsonArray([.. Engines.Select(e => new JsonObject
        {
            ["engine"] = Table.NameOf(e.Engine),
            ["users"] = e.Users,
            ["seconds"] = Math.Round(e.Took.TotalSeconds, 1),
            ["calmP50Ms"] = Math.Round(Percentile.Of(e.Calm, 0.5).TotalMilliseconds, 2),
            ["calmP99Ms"] = Math.Round(Percentile.Of(e.Calm, 0.99).TotalMilliseconds, 2),
            ["besideP50Ms"] = Math.Round(Percentile.Of(e.Beside, 0.5).TotalMilliseconds, 2),
            ["besideP99Ms"] = Math.Round(Percentile.Of(e.Beside, 0.99).TotalMilliseconds, 2),
            ["met"] = e.IsGood,
        })]);
    }
}

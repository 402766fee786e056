using System.Text.Json.Nodes;

namespace JitBroker.Benchmarks.Authz;

/// <summary>How many answers a second a door gets, and how long they take, with wrk on the same cores.</summary>
internal sealed class AuthzBenchmark : IBenchmark
{
    private const double LeastPerSecond = 8_000;
    private static readonly TimeSpan LongestP99 = TimeSpan.FromMilliseconds(10);

    public string Name => "authz";

    public async Task<IFigures?> RunAsync(BenchSettings settings, Progress progress, CancellationToken cancellationToken)
    {
        if (!Wrk.IsInstalled)
        {
            progress.Say("authz: wrk is not installed (apt-get install wrk), left out");
            return null;
        }

        await using var world = await AuthzWorld.StartAsync(cancellationToken);
        progress.Say("authz: warming up");
        await Wrk.RunAsync(world.Url, world.Token, AuthzWorld.Resource, 3, cancellationToken);
        progress.Say(Table.Text($"authz: {settings.Seconds} s"));
        return new Figures(await Wrk.RunAsync(world.Url, world.Token, AuthzWorld.Resource, settings.Seconds, cancellationToken));
    }

    private sealed record Figures(WrkFigures Load) : IFigures
    {
        public bool IsGood => Load is { Failed: 0, PerSecond: >= LeastPerSecond } && Load.P99 <= LongestP99;

        public string ToText() => Table.Lines(
        [
            Table.Text($"GET /authz with a token that stands: wrk, {Wrk.Connections} connections, on the same {Environment.ProcessorCount} processors."),
            "",
            Table.Row("", "answers/s", "failed", "p50", "p99", "target"),
            Table.Row("authz", Table.Text($"{Load.PerSecond:0}"), Table.Text($"{Load.Failed}"), Table.Milliseconds(Load.P50), Table.Milliseconds(Load.P99), IsGood ? "met (8000/s, p99 10 ms)" : "missed (8000/s, p99 10 ms)"),
        ]);

        public JsonNode ToJson() => new JsonObject
        {
            ["perSecond"] = Math.Round(Load.PerSecond),
            ["failed"] = Load.Failed,
            ["p50Ms"] = Math.Round(Load.P50.TotalMilliseconds, 2),
            ["p99Ms"] = Math.Round(Load.P99.TotalMilliseconds, 2),
            ["met"] = IsGood,
        };
    }
}

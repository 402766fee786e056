using System.Text.Json.Nodes;
using JitBroker.Storage;

namespace JitBroker.Benchmarks.Teams;

/// <summary>How long a press in Teams waits for its answer while a target hangs, on each engine.</summary>
internal sealed class TeamsBenchmark : IBenchmark
{
    private static readonly TimeSpan Target = TimeSpan.FromMilliseconds(300);

    public string Name => "teams";

    public async Task<IFigures?> RunAsync(BenchSettings settings, Progress progress, CancellationToken cancellationToken)
    {
        var engines = new List<(Engine Engine, Presses Presses)>();
        foreach (var engine in settings.Engines)
        {
            await using var place = await PrivateDatabase.NewAsync(engine, cancellationToken);
            if (place is null)
            {
                progress.Say($"{engine}: not installed, left out");
                continue;
            }

            progress.Say($"{engine}: starting a broker, a tenant and a target that hangs");
            await using var world = await TeamsWorld.StartAsync(place, settings, cancellationToken);
            engines.Add((engine, await PressBench.RunAsync(world, engine, settings, progress, cancellationToken)));
        }

        return engines.Count == 0 ? null : new Figures(engines);
    }

    private sealed record Figures(IReadOnlyList<(Engine Engine, Presses Presses)> Engines) : IFigures
    {
        public bool IsGood => Engines.All(e => IsMet(e.Presses));

        public string ToText() => Table.Lines(
        [
            Table.Text($"A press's wait for its answer in Teams: {PressBench.PerSecond} invokes a second, from the instant each was due, while an issuer hangs."),
            "",
            Table.Row("engine", "sent", "failed", "decided", "hung mints", "p50", "p99", "max", "target"),
            .. Engines.Select(Row),
        ]);

        public JsonNode ToJson() => new JsonArray([.. Engines.Select(Json)]);

        private static bool IsMet(Presses p) => Percentile.Of(p.Latencies, 0.99) <= Target && p is { Failed: 0, Decided: > 0, Mints: > 0 };

        private static string Row((Engine Engine, Presses Presses) e) => Table.Row(
            Table.NameOf(e.Engine),
            Table.Text($"{e.Presses.Latencies.Count}"),
            Table.Text($"{e.Presses.Failed}"),
            Table.Text($"{e.Presses.Decided}"),
            Table.Text($"{e.Presses.Mints}"),
            Table.Milliseconds(Percentile.Of(e.Presses.Latencies, 0.5)),
            Table.Milliseconds(Percentile.Of(e.Presses.Latencies, 0.99)),
            Table.Milliseconds(Percentile.Of(e.Presses.Latencies, 1)),
            IsMet(e.Presses) ? "met (p99 300 ms)" : "missed (p99 300 ms)");

        private static JsonNode Json((Engine Engine, Presses Presses) e) => new JsonObject
        {
            ["engine"] = Table.NameOf(e.Engine),
            ["perSecond"] = PressBench.PerSecond,
            ["sent"] = e.Presses.Latencies.Count,
            ["failed"] = e.Presses.Failed,
            ["decided"] = e.Presses.Decided,
            ["hungMints"] = e.Presses.Mints,
            ["p50Ms"] = Math.Round(Percentile.Of(e.Presses.Latencies, 0.5).TotalMilliseconds, 2),
            ["p99Ms"] = Math.Round(Percentile.Of(e.Presses.Latencies, 0.99).TotalMilliseconds, 2),
            ["maxMs"] = Math.Round(Percentile.Of(e.Presses.Latencies, 1).TotalMilliseconds, 2),
            ["met"] = IsMet(e.Presses),
        };
    }
}

/// <summary>What came of the presses of one engine.</summary>
/// <param name="Failed">Not answered with 200 and a body.</param>
/// <param name="Decided">Requests that were approved by them.</param>
/// <param name="Mints">Mints that the issuer was asked for and never answered.</param>
internal sealed record Presses(IReadOnlyList<TimeSpan> Latencies, int Failed, int Decided, int Mints);

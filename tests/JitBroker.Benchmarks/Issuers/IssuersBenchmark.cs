using System.Text.Json.Nodes;
using JitBroker.Issuing;

namespace JitBroker.Benchmarks.Issuers;

/// <summary>How long a mint takes at each target, and an end until it is read back.</summary>
internal sealed class IssuersBenchmark : IBenchmark
{
    /// <summary>A new issuer is a line here.</summary>
    private static readonly IReadOnlyList<IBenchedTarget> Targets =
    [
        new PostgresTargetBench(),
        new RabbitMqTargetBench(),
        new KafkaTargetBench(),
    ];

    private const int WarmUp = 10;
    private const int AtATime = 2;

    public string Name => "issuers";

    public async Task<IFigures?> RunAsync(BenchSettings settings, Progress progress, CancellationToken cancellationToken)
    {
        var found = new List<IssuerFigures>();
        foreach (var target in Targets)
        {
            progress.Say($"issuers: {target.Name}");
            if (await target.StartAsync(cancellationToken) is { } issuer)
                found.Add(await MeasureAsync(target.Name, issuer, TimeSpan.FromSeconds(settings.Seconds), cancellationToken));
            else
                progress.Say($"issuers: {target.Name} is not installed, left out");
        }

        return found.Count == 0 ? null : new Figures(found);
    }

    private static async Task<IssuerFigures> MeasureAsync(string name, BenchedIssuer issuer, TimeSpan length, CancellationToken cancellationToken)
    {
        var clock = HostClock.New();
        for (var i = 0; i < WarmUp; i++)
            await OnceAsync(issuer, clock, cancellationToken);
        var since = clock.GetTimestamp();
        var workers = Enumerable.Range(0, AtATime).Select(async _ =>
        {
            var all = new List<(TimeSpan Mint, TimeSpan End)>();
            while (clock.GetElapsedTime(since) < length)
                all.Add(await OnceAsync(issuer, clock, cancellationToken));
            return all;
        });
        var measured = (await Task.WhenAll(workers)).SelectMany(m => m).ToList();
        return new IssuerFigures(name, [.. measured.Select(m => m.Mint)], [.. measured.Select(m => m.End)]);
    }

    private static async Task<(TimeSpan Mint, TimeSpan End)> OnceAsync(BenchedIssuer benched, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var order = new IssueOrder(Ids.New(now), "01J8ZQ00000000000000000000", "ana@example.com", "Ana", "bench:use", "bench", benched.Settings, benched.Grants, now, now.AddHours(1));
        var plan = benched.Issuer.Plan(order);
        var begun = clock.GetTimestamp();
        if (await benched.Issuer.MintAsync(order, plan, cancellationToken) is not MintOutcome.Minted)
            throw new InvalidOperationException($"{benched.Issuer.Kind} did not mint.");
        var minted = clock.GetTimestamp();
        if (await benched.Issuer.EndAsync(plan.Handle, cancellationToken) is not EndOutcome.Ended { Existed: true })
            throw new InvalidOperationException($"{benched.Issuer.Kind} did not end what it minted.");
        return (clock.GetElapsedTime(begun, minted), clock.GetElapsedTime(minted));
    }

    private sealed record Figures(IReadOnlyList<IssuerFigures> Issuers) : IFigures
    {
        public bool IsGood => Issuers.All(i => i.IsGood);

        public string ToText() => Table.Lines(
        [
            Table.Text($"Issuers at real servers on this machine, {AtATime} at a time: a mint, and an end until it is read back."),
            "",
            Table.Row("target", "leases", "mint p50", "mint p99", "end p50", "end p99", "target"),
            .. Issuers.Select(i => Table.Row(
                i.Name, Table.Text($"{i.Mints.Count}"), Table.Milliseconds(i.Mint(0.5)), Table.Milliseconds(i.Mint(0.99)), Table.Milliseconds(i.End(0.5)), Table.Milliseconds(i.End(0.99)),
                i.IsGood ? "met (150 ms, 500 ms)" : "missed (150 ms, 500 ms)")),
        ]);

        public JsonNode ToJson() => new JsonArray([.. Issuers.Select(i => (JsonNode)new JsonObject
        {
            ["target"] = i.Name,
            ["leases"] = i.Mints.Count,
            ["mintP50Ms"] = Math.Round(i.Mint(0.5).TotalMilliseconds, 2),
            ["mintP99Ms"] = Math.Round(i.Mint(0.99).TotalMilliseconds, 2),
            ["endP50Ms"] = Math.Round(i.End(0.5).TotalMilliseconds, 2),
            ["endP99Ms"] = Math.Round(i.End(0.99).TotalMilliseconds, 2),
            ["met"] = i.IsGood,
        })]);
    }
}

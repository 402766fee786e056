using System.Diagnostics;
using System.Text.Json.Nodes;
using JitBroker.Benchmarks.Lifecycle;
using JitBroker.Catalog;
using JitBroker.Storage;
using Npgsql;

namespace JitBroker.Benchmarks.Due;

/// <summary>
/// Ends on time, with a hundred thousand live grants in PostgreSQL: two thousand that fall due within one second, the same beside two hundred at another target, which hangs, and
/// those that fell due while no broker ran. The server is a process of its own; what it did is read from the database's clock.
/// </summary>
internal sealed class DueBenchmark : IBenchmark
{
    private const int Live = 100_000;
    private const int Due = 2_000;

    /// <summary>At the target that hangs, at the same instants: enough that its lane is full and many wait, few enough that it is the hanging that is measured, not more ends.</summary>
    private const int Hung = 200;

    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public string Name => "due";

    public async Task<IFigures?> RunAsync(BenchSettings settings, Progress progress, CancellationToken cancellationToken)
    {
        if (!settings.Engines.Contains(Engine.Postgres))
            return null;
        await using var place = await PrivateDatabase.NewAsync(Engine.Postgres, cancellationToken);
        if (place is null)
        {
            progress.Say("due: PostgreSQL is not installed, left out");
            return null;
        }

        await using var target = new HangingTarget();
        var yaml = DueCatalog.Yaml(target.Port);
        var grants = new SeededGrants(place, Load(yaml));
        var clock = HostClock.New();
        progress.Say(FormattableString.Invariant($"due: writing {Live} live grants"));
        await grants.AddAsync(DueCatalog.Answers, Live, clock.GetUtcNow().AddHours(8), OneSecond, cancellationToken);

        // Long enough for the runtime to have compiled what runs hot, and for the second look at all grants that follows each start: what a broker that has been up for
        // a while does is measured, not its first minute.
        var warmUpAt = clock.GetUtcNow().AddSeconds(20);
        var warmUp = await grants.AddAsync(DueCatalog.Answers, Due, warmUpAt, OneSecond, cancellationToken);
        var calmAt = warmUpAt.AddSeconds(35);
        var hangsAt = calmAt.AddSeconds(20);
        var calm = await grants.AddAsync(DueCatalog.Answers, Due, calmAt, OneSecond, cancellationToken);
        var beside = await grants.AddAsync(DueCatalog.Answers, Due, hangsAt, OneSecond, cancellationToken);
        await grants.AddAsync(DueCatalog.Hangs, Hung, hangsAt, OneSecond, cancellationToken);
        await grants.SettleAsync(cancellationToken);

        await using var broker = ServedBroker.Start(place, yaml, clock);
        await broker.ReadyAsync(cancellationToken);
        progress.Say(FormattableString.Invariant($"due: {Due} fall due, then {Due} beside {Hung} at a target that hangs"));
        await LagsAsync(place, warmUp, cancellationToken);
        var calmLags = await LagsAsync(place, calm, cancellationToken);
        var besideLags = await LagsAsync(place, beside, cancellationToken);
        var resident = await broker.PeakResidentAsync(cancellationToken);
        await broker.KillAsync();

        progress.Say(FormattableString.Invariant($"due: {Due} that fell due while no broker ran"));
        var missed = await grants.AddAsync(DueCatalog.Answers, Due, clock.GetUtcNow() - OneSecond, OneSecond, cancellationToken);
        await grants.SettleAsync(cancellationToken);
        await using var again = ServedBroker.Start(place, yaml, clock);
        await LagsAsync(place, missed, cancellationToken);
        var first = await FirstEndAsync(place, missed, cancellationToken);
        return new Figures(new DueFigures(Live, calmLags, besideLags, target.Calls, first - again.StartedAt, Math.Max(resident, await again.PeakResidentAsync(cancellationToken))));
    }

    private static CatalogSnapshot Load(string yaml)
    {
        var result = CatalogLoader.Load([new CatalogSource("catalog.yaml", yaml)], new CatalogOptions { Limits = BenchCatalog.Limits, PublicUrl = BenchCatalog.PublicUrl });
        return result.Snapshot ?? throw new InvalidOperationException($"The benchmark's catalog is refused: {result.Problems[0]}");
    }

    /// <summary>Waits until all of them have ended, without asking so often that it weighs.</summary>
    private static async Task<DueLags> LagsAsync(PrivateDatabase place, (string From, string To) which, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(place.ConnectionString);
        var watch = Stopwatch.StartNew();
        await using var open = source.CreateCommand("select count(*) from grants where id >= $1 and id < $2 and state <> 'ended'");
        open.Parameters.AddWithValue(which.From);
        open.Parameters.AddWithValue(which.To);
        while ((long)(await open.ExecuteScalarAsync(cancellationToken))! is var left and > 0)
        {
            if (watch.Elapsed > Patience)
                throw new InvalidOperationException(FormattableString.Invariant($"{left} of {Due} grants have not ended after {Patience.TotalMinutes} minutes: {await WhyAsync(source, cancellationToken)}"));
            await Task.Delay(OneSecond, cancellationToken);
        }

        await using var ended = source.CreateCommand("select end_requested_at - ends_at, verified_end_at - ends_at from grants where id >= $1 and id < $2");
        ended.Parameters.AddWithValue(which.From);
        ended.Parameters.AddWithValue(which.To);
        await using var reader = await ended.ExecuteReaderAsync(cancellationToken);
        var told = new List<TimeSpan>();
        var verified = new List<TimeSpan>();
        while (await reader.ReadAsync(cancellationToken))
        {
            told.Add(reader.GetTimeSpan(0));
            verified.Add(reader.GetTimeSpan(1));
        }

        return new DueLags(told, verified);
    }

    private static async Task<string> WhyAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var query = source.CreateCommand(
            "select string_agg(line, '; ') from (select target || ' ' || state || ' ' || count(*) || ' ' || coalesce(max(last_error), '') as line from leases where state <> 'active' group by target, state) as lines");
        return await query.ExecuteScalarAsync(cancellationToken) as string ?? "no lease has been touched";
    }

    private static async Task<DateTimeOffset> FirstEndAsync(PrivateDatabase place, (string From, string To) which, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(place.ConnectionString);
        await using var first = source.CreateCommand("select min(verified_end_at) from grants where id >= $1 and id < $2");
        first.Parameters.AddWithValue(which.From);
        first.Parameters.AddWithValue(which.To);
        return new DateTimeOffset((DateTime)(await first.ExecuteScalarAsync(cancellationToken))!, TimeSpan.Zero);
    }

    private sealed record Figures(DueFigures Due) : IFigures
    {
        public bool IsGood => Due.AreLagsGood && Due.IsColdStartGood && Due.IsResidentGood;

        public string ToText() => Table.Lines(
        [
            Table.Text($"Ends on time, PostgreSQL, {Due.Live} live grants: {Due.Calm.Verified.Count} fall due within one second; from the instant each was due until its end was read back and recorded."),
            "",
            Table.Row("", "told p99", "p50", "p99", "max", "target"),
            Row("calm", Due.Calm),
            Row("one hangs", Due.WhileOneHangs),
            "",
            Table.Text($"First end after a start with those that fell due before: {Due.ColdStart.TotalSeconds:0.0} s, {Verdict(Due.IsColdStartGood)} (5 s)."),
            Table.Text($"Resident memory at the most: {Due.Resident / (1024 * 1024)} MiB, {Verdict(Due.IsResidentGood)} (300 MiB). The hanging target was called {Due.HungCalls} times."),
        ]);

        public JsonNode ToJson() => new JsonObject
        {
            ["live"] = Due.Live,
            ["calm"] = Json(Due.Calm),
            ["whileOneHangs"] = Json(Due.WhileOneHangs),
            ["hungCalls"] = Due.HungCalls,
            ["coldStartMs"] = Math.Round(Due.ColdStart.TotalMilliseconds),
            ["residentBytes"] = Due.Resident,
            ["met"] = IsGood,
        };

        private static string Row(string name, DueLags lags) => Table.Row(
            name,
            Table.Milliseconds(Percentile.Of(lags.Told, 0.99)),
            Table.Milliseconds(Percentile.Of(lags.Verified, 0.5)),
            Table.Milliseconds(Percentile.Of(lags.Verified, 0.99)),
            Table.Milliseconds(Percentile.Of(lags.Verified, 1)),
            Verdict(Percentile.Of(lags.Verified, 0.99) <= DueFigures.TargetP99) + " (p99 1 s)");

        private static JsonNode Json(DueLags lags) => new JsonObject
        {
            ["due"] = lags.Verified.Count,
            ["toldP99Ms"] = Math.Round(Percentile.Of(lags.Told, 0.99).TotalMilliseconds, 1),
            ["p50Ms"] = Math.Round(Percentile.Of(lags.Verified, 0.5).TotalMilliseconds, 1),
            ["p99Ms"] = Math.Round(Percentile.Of(lags.Verified, 0.99).TotalMilliseconds, 1),
            ["maxMs"] = Math.Round(Percentile.Of(lags.Verified, 1).TotalMilliseconds, 1),
        };

        private static string Verdict(bool isGood) => isGood ? "met" : "missed";
    }
}

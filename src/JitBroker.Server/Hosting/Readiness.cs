using JitBroker.Bots.Slack;
using JitBroker.Bots.Teams;
using JitBroker.Catalog;
using JitBroker.Catalog.Reloading;
using JitBroker.Client;
using JitBroker.Issuers.Jwt;
using JitBroker.Leases;
using JitBroker.Server.Settings;
using JitBroker.Storage;

namespace JitBroker.Server.Hosting;

/// <summary>Whether this replica may be sent work: all that must be right, looked at anew each time but for the database, which is asked once a second at most.</summary>
internal sealed class Readiness(Database database, LaneStore lanes, CatalogHolder catalogs, CatalogStanding standing, SigningKeys keys, BrokerSettings settings, TimeProvider clock, SlackStanding? slack = null, TeamsStanding? teams = null) : IDisposable
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _looking = new(1, 1);
    private volatile bool _migrated;
    private (long At, HealthCheckResource[] Checks)? _database;

    public void Migrated() => _migrated = true;

    public async Task<HealthResource> LookAsync(CancellationToken cancellationToken)
    {
        var keysMissing = keys.WhyNotReady();
        HealthCheckResource[] checks =
        [
            .. await DatabaseAsync(cancellationToken),
            new("migrations", _migrated, _migrated ? null : "The migrations are not applied yet."),
            new("keys", keysMissing is null, keysMissing),
            Catalog(),
            .. Schedules(),
            .. Chat(),
        ];
        return new HealthResource(checks.All(c => c.Ok) ? "ok" : "unavailable", checks, settings.Broker.AllowTestEndpoints);
    }

    public void Dispose() => _looking.Dispose();

    /// <summary>Shown, and never a reason not to be ready: requests are decided by `jit` and the API while chat is away.</summary>
    private IEnumerable<HealthCheckResource> Chat() => 
    [
        .. slack is null ? (HealthCheckResource[])[] : [new("slack", true, slack.Describe())],
        .. teams is null ? (HealthCheckResource[])[] : [new("teams", true, teams.Describe(), Attention: teams.IsInTrouble)],
    ];

    /// <summary>Shown when one does not answer, and never a reason not to be ready: people decide meanwhile.</summary>
    private IEnumerable<HealthCheckResource> Schedules()
    {
        var directory = catalogs.Directory;
        var silent = directory.Catalog.Groups.Keys.Count(g => directory.IsOnCall(g) && directory.IsUnknown(g));
        return silent == 0 ? [] : [new("on-call", true, $"Groups whose on-call schedule cannot be read: {silent}. They have nobody until it can; the log says which and why.", Attention: true)];
    }

    /// <summary>A file that is refused is worth a remark; the catalog in force is served all the same.</summary>
    private HealthCheckResource Catalog()
    {
        if (standing.CannotFollow is { } why)
            return new HealthCheckResource("catalog", false, why);
        var inForce = $"{catalogs.Current.Entitlements.Count} entitlements, hash {catalogs.Current.Hash[..12]}.";
        return standing.Remark is { } remark ? new HealthCheckResource("catalog", true, $"{inForce} {remark}", Attention: true) : new HealthCheckResource("catalog", true, inForce);
    }

    private async Task<HealthCheckResource[]> DatabaseAsync(CancellationToken cancellationToken)
    {
        await _looking.WaitAsync(cancellationToken);
        try
        {
            var now = clock.GetTimestamp();
            if (_database is not { } last || clock.GetElapsedTime(last.At, now) >= Freshness)
                _database = last = (now, await AskAsync(cancellationToken));
            return last.Checks;
        }
        finally
        {
            _looking.Release();
        }
    }

    private async Task<HealthCheckResource[]> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            await database.ReadAsync(session => session.FirstOrDefaultAsync<long>("select count(*) from schema_migrations", null, cancellationToken), cancellationToken);
            return [new HealthCheckResource("database", true), .. _migrated ? Targets(await database.ReadAsync(session => lanes.CountPausedAsync(session, cancellationToken), cancellationToken)) : []];
        }
        catch (DatabaseUnavailableException)
        {
            return [new HealthCheckResource("database", false, "The database does not answer.")];
        }
        catch (System.Data.Common.DbException)
        {
            return [new HealthCheckResource("database", false, "The database answers, but not as ours.")];
        }
    }

    /// <summary>Shown, and never a reason not to be ready: the others are served. Anybody may read this, so it names none.</summary>
    private static HealthCheckResource[] Targets(long paused) =>
        paused == 0 ? [] : [new HealthCheckResource("targets", true, $"Targets that do not answer: {paused}. What is to be ended there waits.", Attention: true)];
}

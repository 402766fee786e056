using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Outbox;
using JitBroker.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Catalog.Reloading;

/// <summary>
/// A catalog does not come into force: it is broken, or the brake holds it. Each is logged by each replica, and is one event and one message to operations for all of
/// them together.
/// </summary>
public sealed partial class RefuseCatalog(Database database, CatalogStore store, EventStore events, Announcer announcer, TimeProvider clock, ILogger<RefuseCatalog> log)
{
    private const int Told = 10;
    private const int Logged = 100;

    // Replicas that find the same fault together tell it once; the same fault a day later is news.
    private static readonly TimeSpan SameFault = TimeSpan.FromHours(1);

    private const string LatestSql = """
        select max(at)
          from events
         where aggregate_id = @id
        """;

    public async Task BrokenAsync(IReadOnlyList<CatalogProblem> problems, CancellationToken cancellationToken)
    {
        foreach (var problem in problems.Take(Logged))
            LogProblem(log, problem);
        LogBroken(log, problems.Count);
        var lines = problems.Take(Told).Select(p => p.ToString()).ToList();
        var fault = CatalogText.Hash(string.Join('\n', problems));
        await database.WriteAsync(
            async session =>
            {
                await AcceptCatalog.LockAsync(session, cancellationToken);
                var now = clock.GetUtcNow();
                if (await session.FirstOrDefaultAsync<DateTimeOffset?>(LatestSql, new { id = fault }, cancellationToken) is { } last && now - last < SameFault)
                    return;
                var data = new JsonObject { ["problems"] = problems.Count, ["first"] = new JsonArray([.. lines.Select(l => (JsonNode)l)]) };
                var version = await AcceptCatalog.NextVersionAsync(session, fault, cancellationToken);
                await events.AppendAsync(session, AuditEvent.BySystem("catalog_fault", fault, version, "catalog.broken", now, null, data), cancellationToken);
                await announcer.TellOperationsAsync(session, Templates.CatalogNotice, fault, now, CatalogNotice.Broken(problems.Count, lines).ToJson(), cancellationToken);
            },
            cancellationToken);
    }

    public async Task HeldAsync(CatalogSnapshot next, CatalogEffect effect, CatalogSnapshot inForce, CancellationToken cancellationToken)
    {
        var lines = EffectText.Of(effect, inForce);
        LogHeld(log, CatalogStanding.Short(next.Hash), string.Join(' ', lines), CatalogStanding.Short(next.Hash));
        await database.WriteAsync(
            async session =>
            {
                await AcceptCatalog.LockAsync(session, cancellationToken);
                var now = clock.GetUtcNow();
                if (!await store.ProposeAsync(session, next, now, cancellationToken))
                    return;
                var data = new JsonObject { ["ends"] = effect.Ends.Count, ["dropsEntitlements"] = effect.DropsEntitlements.Count, ["dropsPeople"] = effect.DropsPeople.Count };
                var version = await AcceptCatalog.NextVersionAsync(session, next.Hash, cancellationToken);
                await events.AppendAsync(session, AuditEvent.BySystem("catalog", next.Hash, version, "catalog.held", now, null, data), cancellationToken);
                await announcer.TellOperationsAsync(session, Templates.CatalogNotice, next.Hash, now, CatalogNotice.Held(next.Hash, lines).ToJson(), cancellationToken);
            },
            cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Catalog: {Problem}")]
    private static partial void LogProblem(ILogger log, CatalogProblem problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "The catalog file has problems ({Count}) and is not taken over: the catalog in force stays. Correct the file; it is read again by itself")]
    private static partial void LogBroken(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Catalog {CatalogHash} waits for an admin, and the catalog in force stays. {Effect} If that is meant: jit catalog accept {Hash}")]
    private static partial void LogHeld(ILogger log, string catalogHash, string effect, string hash);
}

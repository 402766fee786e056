using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.People;
using JitBroker.Storage;

namespace JitBroker.Catalog;

/// <summary>What became of a catalog that was to come into force.</summary>
public enum Acceptance
{
    Accepted,

    /// <summary>It is in force already; nothing was written.</summary>
    AlreadyInForce,

    /// <summary>Another one came into force since the caller judged it; nothing was written. Judge anew.</summary>
    Overtaken,
}

/// <summary>
/// Writes down which catalog came into force, with its text, and makes an event of it (contract §3); from then on every replica takes it. A restart under the
/// same catalog is no news; going back to an earlier one is. Several replicas may call it at once.
/// </summary>
public sealed class AcceptCatalog(Database database, CatalogStore store, EventStore events, TimeProvider clock)
{
    // Transaction-scoped: two replicas that start together must not both be the first.
    private const string LockSql = "select 1 /* pg: from (select pg_advisory_xact_lock(7305914)) as held */";

    private const string VersionSql = """
        select count(*)
          from events
         where aggregate_id = @id
        """;

    /// <summary>Whatever is in force.</summary>
    /// <returns>Whether it is news.</returns>
    public async Task<bool> HandleAsync(CatalogSnapshot catalog, CancellationToken cancellationToken) =>
        await database.WriteAsync(session => AcceptAsync(session, catalog, null, [], cancellationToken), cancellationToken);

    /// <param name="after">Hash of the catalog in force that it was judged against; null: there was none.</param>
    /// <param name="by">The admin who accepts it; null: the broker itself.</param>
    /// <param name="effect">What it does, for the event.</param>
    public Task<Acceptance> HandleAsync(CatalogSnapshot catalog, string? after, Actor? by, JsonObject effect, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async session =>
            {
                await LockAsync(session, cancellationToken);
                var current = await store.CurrentHashAsync(session, cancellationToken);
                if (current == catalog.Hash)
                    return Acceptance.AlreadyInForce;
                if (current != after)
                    return Acceptance.Overtaken;
                await AcceptAsync(session, catalog, by, effect, cancellationToken);
                return Acceptance.Accepted;
            },
            cancellationToken);

    /// <summary>Whoever holds it until the end of the transaction is alone in writing about catalogs.</summary>
    internal static Task LockAsync(Session session, CancellationToken cancellationToken) => session.FirstOrDefaultAsync<int>(LockSql, null, cancellationToken);

    /// <summary>The version of the next event of a catalog. Needs the lock.</summary>
    internal static async Task<int> NextVersionAsync(Session session, string id, CancellationToken cancellationToken) =>
        (int)await session.FirstOrDefaultAsync<long>(VersionSql, new { id }, cancellationToken) + 1;

    private async Task<bool> AcceptAsync(Session session, CatalogSnapshot catalog, Actor? by, JsonObject effect, CancellationToken cancellationToken)
    {
        await LockAsync(session, cancellationToken);
        var current = await store.CurrentAsync(session, cancellationToken);
        if (current?.Hash == catalog.Hash)
            return false;
        var now = clock.GetUtcNow();
        // The time decides which one is in force, so no two may share it, even if the clock went back.
        var at = current is null || now > current.AcceptedAt ? now : current.AcceptedAt.AddMicroseconds(1);
        await store.StoreAsync(session, catalog, at, cancellationToken);
        await store.WithdrawAsync(session, catalog.Hash, cancellationToken);
        var version = await NextVersionAsync(session, catalog.Hash, cancellationToken);
        var data = new JsonObject { ["entitlements"] = catalog.Entitlements.Count, ["people"] = catalog.People.Count };
        foreach (var (name, value) in effect)
            data[name] = value?.DeepClone();
        await events.AppendAsync(
            session,
            by is null
                ? AuditEvent.BySystem("catalog", catalog.Hash, version, "catalog.accepted", now, null, data)
                : AuditEvent.By(by, "catalog", catalog.Hash, version, "catalog.accepted", now, null, data),
            cancellationToken);
        return true;
    }
}

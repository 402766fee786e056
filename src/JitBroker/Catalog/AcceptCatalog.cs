using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Storage;

namespace JitBroker.Catalog;

/// <summary>
/// Writes down which catalog came into force, with its text, and makes an event of it (contract §3). A restart under the same catalog is no news; going
/// back to an earlier one is. Several replicas may call it at once.
/// </summary>
public sealed class AcceptCatalog(Database database, EventStore events, TimeProvider clock)
{
    // Transaction-scoped: two replicas that start together must not both be the first.
    private const string LockSql = "select 1 /* pg: from (select pg_advisory_xact_lock(7305914)) as held */";

    private const string CurrentSql = """
          select hash
            from catalogs
        order by accepted_at desc, hash
           limit 1
        """;

    private const string StoreSql = """
        insert into catalogs (hash, text, accepted_at)
        values (@Hash, @Text, @now)
            on conflict (hash) do update
           set accepted_at = excluded.accepted_at
        """;

    private const string VersionSql = """
        select count(*)
          from events
         where aggregate_id = @Hash
        """;

    /// <returns>Whether it is news.</returns>
    public Task<bool> HandleAsync(CatalogSnapshot catalog, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async session =>
            {
                await session.FirstOrDefaultAsync<int>(LockSql, null, cancellationToken);
                if (await session.FirstOrDefaultAsync<string>(CurrentSql, null, cancellationToken) == catalog.Hash)
                    return false;
                var now = clock.GetUtcNow();
                await session.ExecuteAsync(StoreSql, new { catalog.Hash, catalog.Text, now }, cancellationToken);
                var version = await session.FirstOrDefaultAsync<long>(VersionSql, new { catalog.Hash }, cancellationToken) + 1;
                var data = new JsonObject { ["entitlements"] = catalog.Entitlements.Count, ["people"] = catalog.People.Count };
                await events.AppendAsync(session, AuditEvent.BySystem("catalog", catalog.Hash, (int)version, "catalog.accepted", now, null, data), cancellationToken);
                return true;
            },
            cancellationToken);
}

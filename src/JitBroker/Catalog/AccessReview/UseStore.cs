using JitBroker.Storage;

namespace JitBroker.Catalog.AccessReview;

/// <summary>What was asked for and used, counted over all that is stored; and which owners were told when.</summary>
public sealed class UseStore
{
    private const string UsesSql = """
           select r.entitlement as entitlement, r.requester as person, count(*) as asks, max(r.created_at) as asked_at, count(g.id) as grants, max(l.used_at) as used_at
             from requests r
        left join grants g on g.request_id = r.id
        left join (select grant_id, max(created_at) as used_at from leases where state <> 'minting' group by grant_id) l on l.grant_id = g.id
            where r.kind <> 'extension'
         group by r.entitlement, r.requester
         order by 1, 2
        """;

    private const string KnownSinceSql = """
        select min(accepted_at)
          from catalogs
        """;

    private const string TellSql = """
        insert into access_reviews (id, owner, month, told_at)
        values (@id, @owner, @month, @now)
            on conflict (owner, month) do nothing
        """;

    public Task<IReadOnlyList<PersonUse>> UsesAsync(Session session, CancellationToken cancellationToken) => session.QueryAsync<PersonUse>(UsesSql, null, cancellationToken);

    /// <summary>When the first catalog came into force; null: never one did.</summary>
    public Task<DateTimeOffset?> KnownSinceAsync(Session session, CancellationToken cancellationToken) => session.FirstOrDefaultAsync<DateTimeOffset?>(KnownSinceSql, null, cancellationToken);

    /// <summary>Notes that an owner is told for a month.</summary>
    /// <returns>False: somebody noted it before.</returns>
    public async Task<bool> TellAsync(Session session, string id, string owner, string month, DateTimeOffset now, CancellationToken cancellationToken) =>
        await session.ExecuteAsync(TellSql, new { id, owner, month, now }, cancellationToken) == 1;
}

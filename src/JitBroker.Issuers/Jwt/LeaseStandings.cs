using JitBroker.Storage;

namespace JitBroker.Issuers.Jwt;

/// <summary>Reads standings in one statement, so that the lease and its grant are seen at one moment.</summary>
internal sealed class LeaseStandings(Database database) : ILeaseStandings
{
    private const string FindSql = """
        select l.state lease_state,
               g.state grant_state,
               g.id grant_id,
               g.entitlement,
               g.holder,
               g.ends_at
          from leases l
          join grants g on g.id = l.grant_id
         where l.id = @leaseId
        """;

    public async Task<LeaseStanding?> FindAsync(string leaseId, CancellationToken cancellationToken)
    {
        var row = await database.ReadAsync(session => session.FirstOrDefaultAsync<Row>(FindSql, new { leaseId }, cancellationToken), cancellationToken);
        return row is null
            ? null
            : new LeaseStanding(row is { LeaseState: "active", GrantState: "active" }, row.GrantId, row.Entitlement, row.Holder, row.EndsAt);
    }

    private sealed record Row
    {
        public required string LeaseState { get; init; }

        public required string GrantState { get; init; }

        public required string GrantId { get; init; }

        public required string Entitlement { get; init; }

        public required string Holder { get; init; }

        public required DateTimeOffset EndsAt { get; init; }
    }
}

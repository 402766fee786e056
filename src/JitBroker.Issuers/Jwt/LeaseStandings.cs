using System.Text.Json;
using JitBroker.Storage;

namespace JitBroker.Issuers.Jwt;

/// <summary>Reads standings in one statement, so that the lease and its grant are seen at one moment; those that are asked for at the same time in the same one.</summary>
internal sealed class LeaseStandings : ILeaseStandings
{
    private const int Most = 100;

    private const string FindSql = $"""
        select l.id lease_id,
               l.state lease_state,
               g.state grant_state,
               g.id grant_id,
               g.entitlement,
               g.holder,
               g.ends_at
          from leases l
          join grants g on g.id = l.grant_id
         where l.id {JsonRows.AmongIds}
        """;

    private readonly Database _database;
    private readonly Coalescer<string, LeaseStanding?> _together;

    public LeaseStandings(Database database)
    {
        _database = database;
        _together = new Coalescer<string, LeaseStanding?>(Most, FindAsync);
    }

    public Task<LeaseStanding?> FindAsync(string leaseId, CancellationToken cancellationToken) => _together.DoAsync(leaseId).WaitAsync(cancellationToken);

    private async Task<IReadOnlyList<LeaseStanding?>> FindAsync(IReadOnlyList<string> leaseIds)
    {
        var ids = JsonSerializer.Serialize(leaseIds);
        var rows = await _database.ReadAsync(session => session.QueryAsync<Row>(FindSql, new { ids }, CancellationToken.None), CancellationToken.None);
        var standings = rows.ToDictionary(r => r.LeaseId, r => r.ToStanding(), StringComparer.Ordinal);
        return [.. leaseIds.Select(id => standings.GetValueOrDefault(id))];
    }

    private sealed record Row
    {
        public required string LeaseId { get; init; }

        public required string LeaseState { get; init; }

        public required string GrantState { get; init; }

        public required string GrantId { get; init; }

        public required string Entitlement { get; init; }

        public required string Holder { get; init; }

        public required DateTimeOffset EndsAt { get; init; }

        public LeaseStanding ToStanding() => new(this is { LeaseState: "active", GrantState: "active" }, GrantId, Entitlement, Holder, EndsAt);
    }
}

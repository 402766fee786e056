using JitBroker.Storage;

namespace JitBroker.Issuers.Http;

/// <summary>Rows of <c>door_tokens</c>: the hash of a lease's token and the resource it opens. Whether it does is what lease and grant say.</summary>
internal sealed class DoorTokens(Database database)
{
    private const string PutSql = """
        insert into door_tokens (lease_id, token_hash, resource)
        select l.id, @hash, @resource
          from leases l
         where l.id = @leaseId
           and l.state = 'minting'
            on conflict (lease_id) do update
           set token_hash = excluded.token_hash
        """;

    private const string DeleteSql = """
        delete from door_tokens
         where lease_id = @leaseId
        """;

    private const string LiveSql = """
        select t.token_hash,
               t.resource,
               g.id grant_id,
               g.holder,
               g.ends_at,
               l.expires_at
          from leases l
          join door_tokens t on t.lease_id = l.id
          join grants g on g.id = l.grant_id
         where l.state = 'active'
           and g.state = 'active'
        """;

    /// <summary>Again with another hash: the token before is worth nothing any more.</summary>
    /// <returns>False when the lease is not being minted.</returns>
    public Task<bool> PutAsync(string leaseId, string hash, string resource, CancellationToken cancellationToken) =>
        database.WriteAsync(async session => await session.ExecuteAsync(PutSql, new { leaseId, hash, resource }, cancellationToken) == 1, cancellationToken);

    public Task DeleteAsync(string leaseId, CancellationToken cancellationToken) =>
        database.WriteAsync(session => session.ExecuteAsync(DeleteSql, new { leaseId }, cancellationToken), cancellationToken);

    /// <summary>Every token that opens something now, in one statement: all seen at one moment.</summary>
    public Task<IReadOnlyList<DoorRow>> LiveAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(async session => (IReadOnlyList<DoorRow>)[.. await session.QueryAsync<DoorRow>(LiveSql, null, cancellationToken)], cancellationToken);
}

/// <summary>A token that opens something.</summary>
internal sealed record DoorRow
{
    public required string TokenHash { get; init; }

    public required string Resource { get; init; }

    public required string GrantId { get; init; }

    public required string Holder { get; init; }

    public required DateTimeOffset EndsAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}

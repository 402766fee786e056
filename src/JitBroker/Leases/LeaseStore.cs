using System.Text.Json;
using JitBroker.Storage;

namespace JitBroker.Leases;

/// <summary>Rows of leases: made, moved and read. Written under the lock of the lease's grant. See <see cref="DueLeaseStore"/> and <see cref="ProlongStore"/> for the claims.</summary>
public sealed class LeaseStore
{
    internal const string Columns = """
        id, grant_id, state, version, holder, session_id, target, handle, created_at, mint_deadline, expires_at, due_by, revoked_at,
               verified, attempts, last_error, stuck_since, next_attempt_at, prolong_until, next_prolong_at, principal
        """;

    private const string InsertSql = """
        insert into leases (id, grant_id, state, version, holder, session_id, target, handle, created_at, mint_deadline, expires_at, due_by,
                            revoked_at, verified, attempts, last_error, stuck_since, next_attempt_at, principal, claimed_by, claimed_until)
        values (@Id, @GrantId, @State, @Version, @Holder, @SessionId, @Target, @Handle, @CreatedAt, @MintDeadline, @ExpiresAt, @DueBy,
                @RevokedAt, @Verified, @Attempts, @LastError, @StuckSince, @NextAttemptAt, @Principal, @owner, @MintDeadline)
        """;

    private const string MoveSql = $"""
        update leases as l
           set state = r.state,
               version = r.version,
               due_by = r.due_by,
               revoked_at = r.revoked_at,
               verified = r.verified,
               last_error = r.last_error,
               next_attempt_at = r.next_attempt_at,
               prolong_until = null,
               next_prolong_at = null,
               claimed_by = case when r.keeps_claim then l.claimed_by end,
               claimed_until = case when r.keeps_claim then l.claimed_until end
          from /* pg instead: json_to_recordset(cast(@rows as json)) as r (id text, "from" text, expected integer, state text, version integer, due_by timestamptz,
                                                                           revoked_at timestamptz, verified boolean, last_error text, next_attempt_at timestamptz, keeps_claim boolean) */
               (select value ->> 'id' as id, value ->> 'from' as "from", value ->> 'expected' as expected, value ->> 'state' as state, value ->> 'version' as version,
                       value ->> 'due_by' as due_by, value ->> 'revoked_at' as revoked_at, value ->> 'verified' as verified, value ->> 'last_error' as last_error,
                       value ->> 'next_attempt_at' as next_attempt_at, value ->> 'keeps_claim' as keeps_claim
                  from json_each(@rows)) as r /* end */
         where l.id = r.id /* pg: and l.id {JsonRows.AmongRows} */
           and l.state = r."from"
           and l.version = r.expected
        """;

    private const string FindSql = $"""
        select {Columns}
          from leases
         where id = @id
        """;

    private const string OfGrantSql = $"""
          select {Columns}
            from leases
           where grant_id = @grantId
        order by id
        """;

    private const string OfGrantsSql = $"""
          select {Columns}
            from leases
           where grant_id {JsonRows.AmongIds}
        order by id
        """;

    private const string OfSessionSql = $"""
          select {Columns}
            from leases
           where session_id = @sessionId
             and state in ('minting', 'active')
        order by id
        """;

    private const string OverdueSql = $"""
          select {Columns}
            from leases
           where state = 'minting'
             and mint_deadline <= @now
           union all
          select {Columns}
            from leases
           where state = 'active'
             and expires_at <= @now
             and (   expires_at <= @late
                  or (select ends_at from grants where grants.id = leases.grant_id) > @now)
           limit @limit
        """;

    private const string CountCollectedSql = """
        select count(*)
          from leases
         where holder = @holder
           and created_at > @since
        """;

    private const string ReleaseSql = """
        update leases
           set claimed_by = null,
               claimed_until = null
         where id = @id
           and state = 'revoking'
           and claimed_by = @owner
           and claimed_until = @until
        """;

    private const string LetGoSql = $"""
        update leases
           set claimed_by = null,
               claimed_until = null
         where id {JsonRows.AmongIds}
           and claimed_by = @owner
        """;

    private const string ReopenSql = """
        update leases
           set state = @State,
               version = @Version,
               revoked_at = null,
               verified = @Verified,
               last_error = @LastError,
               stuck_since = @StuckSince,
               next_attempt_at = @NextAttemptAt,
               claimed_by = null,
               claimed_until = null
         where id = @Id
           and state = 'revoked'
           and version = @expected
        """;

    private const string ActiveAtSql = $"""
          select {Columns}
            from leases
           where state = 'active'
             and target = @target
             and id > @after
        order by id
           limit @limit
        """;

    /// <summary>A lease that <paramref name="owner"/> is minting: until it has let go, or the deadline has passed, nobody else goes to the target for it.</summary>
    public Task InsertAsync(Session session, Lease lease, string owner, CancellationToken cancellationToken)
    {
        var parameters = new
        {
            lease.Id, lease.GrantId, lease.State, lease.Version, lease.Holder, lease.SessionId, lease.Target, lease.Handle, lease.CreatedAt, lease.MintDeadline, lease.ExpiresAt,
            lease.DueBy, lease.RevokedAt, lease.Verified, lease.Attempts, lease.LastError, lease.StuckSince, lease.NextAttemptAt, lease.Principal, owner,
        };
        return session.WriteAsync(InsertSql, parameters, cancellationToken);
    }

    /// <summary>Moves a lease along <see cref="LeaseLifecycle"/>, guarded on the state and version that were read.</summary>
    /// <returns>False when somebody else moved it first; nothing was written then.</returns>
    internal async Task<bool> MoveAsync(Session session, LeaseMove move, CancellationToken cancellationToken) =>
        await session.ExecuteAsync(MoveSql, new { rows = JsonRows.Of(RowsOf([move])) }, cancellationToken) == 1;

    /// <summary>As <see cref="MoveAsync"/>, of leases that were read under the locks of their grants: nobody else can have moved them.</summary>
    /// <exception cref="InvalidOperationException">A lock was not held: a bug. At the latest before the commit.</exception>
    internal Task MoveHeldAsync(Session session, IReadOnlyCollection<LeaseMove> moves, CancellationToken cancellationToken) =>
        session.WriteAllAsync(
            MoveSql, RowsOf(moves), $"One of the leases {string.Join(", ", moves.Select(m => m.After.Id))} was moved without the lock of its grant.", cancellationToken);

    /// <summary>The minter of a lease whose end began meanwhile is done with the target.</summary>
    public Task ReleaseAsync(Session session, Lease minted, string owner, CancellationToken cancellationToken) =>
        session.WriteAsync(ReleaseSql, new { id = minted.Id, owner, until = minted.MintDeadline }, cancellationToken);

    /// <summary>Gives claims back that <paramref name="owner"/> still has.</summary>
    internal Task LetGoAsync(Session session, IReadOnlyList<Lease> claimed, string owner, CancellationToken cancellationToken) =>
        session.WriteAsync(LetGoSql, new { ids = JsonSerializer.Serialize(claimed.Select(l => l.Id)), owner }, cancellationToken);

    /// <summary>What was revoked is to be ended again.</summary>
    /// <returns>False when somebody else moved it first.</returns>
    public async Task<bool> ReopenAsync(Session session, Lease before, Lease after, CancellationToken cancellationToken)
    {
        var parameters = new { after.Id, after.State, after.Version, after.Verified, after.LastError, after.StuckSince, after.NextAttemptAt, expected = before.Version };
        return await session.ExecuteAsync(ReopenSql, parameters, cancellationToken) == 1;
    }

    /// <summary>Those in use at one target, by id, after the given one.</summary>
    public Task<IReadOnlyList<Lease>> ActiveAtAsync(Session session, string target, string after, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<Lease>(ActiveAtSql, new { target, after, limit }, cancellationToken);

    public Task<Lease?> FindAsync(Session session, string id, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<Lease>(FindSql, new { id }, cancellationToken);

    /// <summary>All of a grant, oldest first.</summary>
    public Task<IReadOnlyList<Lease>> OfGrantAsync(Session session, string grantId, CancellationToken cancellationToken) =>
        session.QueryAsync<Lease>(OfGrantSql, new { grantId }, cancellationToken);

    /// <summary>All of several grants, by grant and oldest first.</summary>
    public async Task<ILookup<string, Lease>> OfGrantsAsync(Session session, IEnumerable<string> grantIds, CancellationToken cancellationToken)
    {
        var ids = JsonSerializer.Serialize(grantIds);
        return (await session.QueryAsync<Lease>(OfGrantsSql, new { ids }, cancellationToken)).ToLookup(l => l.GrantId, StringComparer.Ordinal);
    }

    /// <summary>Live ones that a session collected.</summary>
    public Task<IReadOnlyList<Lease>> OfSessionAsync(Session session, string sessionId, CancellationToken cancellationToken) =>
        session.QueryAsync<Lease>(OfSessionSql, new { sessionId }, cancellationToken);

    /// <summary>Mints past their deadline and credentials past their expiry: to be revoked. Of those whose grant is over too, only what expired before <paramref name="late"/>.</summary>
    public Task<IReadOnlyList<Lease>> OverdueAsync(Session session, DateTimeOffset now, DateTimeOffset late, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<Lease>(OverdueSql, new { now, late, limit }, cancellationToken);

    public async Task<long> CountCollectedAsync(Session session, string holder, DateTimeOffset since, CancellationToken cancellationToken) =>
        await session.FirstOrDefaultAsync<long>(CountCollectedSql, new { holder, since }, cancellationToken);

    private static List<MoveRow> RowsOf(IReadOnlyCollection<LeaseMove> moves) =>
    [
        .. moves.Select(m => new MoveRow(
            m.After.Id, m.Before.State, m.Before.Version, m.After.State, m.After.Version, m.After.DueBy, m.After.RevokedAt, m.After.Verified, m.After.LastError,
            m.After.NextAttemptAt, m.KeepsClaim)),
    ];

    private sealed record MoveRow(
        string Id, string From, int Expected, string State, int Version, DateTimeOffset? DueBy, DateTimeOffset? RevokedAt, bool Verified, string? LastError,
        DateTimeOffset? NextAttemptAt, bool KeepsClaim);
}

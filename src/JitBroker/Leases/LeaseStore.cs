using System.Text.Json;
using JitBroker.Storage;

namespace JitBroker.Leases;

/// <summary>Rows of leases. All but the claims are written under the lock of the lease's grant.</summary>
public sealed class LeaseStore
{
    private const string Columns = """
        id, grant_id, state, version, holder, session_id, target, handle, created_at, mint_deadline, expires_at, due_by, revoked_at,
               verified, attempts, last_error, stuck_since, next_attempt_at, prolong_until, next_prolong_at, principal
        """;

    private const string InsertSql = """
        insert into leases (id, grant_id, state, version, holder, session_id, target, handle, created_at, mint_deadline, expires_at, due_by,
                            revoked_at, verified, attempts, last_error, stuck_since, next_attempt_at, principal, claimed_by, claimed_until)
        values (@Id, @GrantId, @State, @Version, @Holder, @SessionId, @Target, @Handle, @CreatedAt, @MintDeadline, @ExpiresAt, @DueBy,
                @RevokedAt, @Verified, @Attempts, @LastError, @StuckSince, @NextAttemptAt, @Principal, @owner, @MintDeadline)
        """;

    private const string MoveSql = """
        update leases
           set state = @State,
               version = @Version,
               due_by = @DueBy,
               revoked_at = @RevokedAt,
               verified = @Verified,
               last_error = @LastError,
               next_attempt_at = @NextAttemptAt,
               prolong_until = null,
               next_prolong_at = null,
               claimed_by = case when @keepsClaim then claimed_by end,
               claimed_until = case when @keepsClaim then claimed_until end
         where id = @Id
           and state = @from
           and version = @expected
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
           where grant_id in (select value from /* pg instead: json_array_elements_text(cast(@ids as json)) */ json_each(@ids) /* end */)
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
           limit @limit
        """;

    private const string CountCollectedSql = """
        select count(*)
          from leases
         where holder = @holder
           and created_at > @since
        """;

    private const string DueTargetsSql = """
          select distinct l.target
            from leases l
            left join lanes n on n.target = l.target
           where l.state = 'revoking'
             and l.next_attempt_at <= @now
             and (l.claimed_until is null or l.claimed_until <= @now)
             and (n.not_before is null or n.not_before <= @now)
        """;

    private const string ClaimDueAtTargetSql = $"""
           update leases
              set claimed_by = @owner,
                  claimed_until = @until
            where id in (select l.id
                           from leases l
                          where l.state = 'revoking'
                            and l.target = @target
                            and l.next_attempt_at <= @now
                            and (l.claimed_until is null or l.claimed_until <= @now)
                            and (l.principal is null
                              or not exists (select 1
                                               from leases o
                                              where o.target = @target
                                                and o.principal = l.principal
                                                and o.id <> l.id
                                                and (o.claimed_until > @now
                                                  or (o.state = 'revoking' and o.next_attempt_at <= @now and o.id < l.id))))
                       order by l.next_attempt_at
                          limit @limit /* pg: for update skip locked */)
        returning {Columns}
        """;

    private const string NextAttemptSql = """
        select min(next_attempt_at)
          from leases
         where state = 'revoking'
        """;

    private const string FailedAttemptSql = """
        update leases
           set attempts = attempts + 1,
               version = @Version,
               last_error = @LastError,
               stuck_since = @StuckSince,
               next_attempt_at = @NextAttemptAt,
               claimed_by = null,
               claimed_until = null
         where id = @Id
           and state = 'revoking'
           and version = @expected
        """;

    private const string RetrySql = """
        update leases
           set version = @Version,
               next_attempt_at = @NextAttemptAt,
               claimed_by = null,
               claimed_until = null
         where id = @Id
           and state = 'revoking'
           and version = @expected
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

    private const string BusySql = """
        select count(*)
          from leases
         where target = @target
           and principal = @principal
           and claimed_until > @now
        """;

    private const string HeldSql = $"""
          select {Columns}
            from leases
           where state = 'revoking'
             and stuck_since is null
             and next_attempt_at <= @now
             and (claimed_until is null or claimed_until <= @now)
             and target in (select target from lanes where paused_since is not null)
           limit @limit
        """;

    private const string HoldSql = """
        update leases
           set version = @Version,
               last_error = @LastError,
               stuck_since = @StuckSince
         where id = @Id
           and state = 'revoking'
           and version = @expected
           and (claimed_until is null or claimed_until <= @now)
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

    private const string ProlongSql = """
        update leases
           set version = @Version,
               expires_at = @ExpiresAt,
               last_error = @LastError,
               prolong_until = @ProlongUntil,
               next_prolong_at = @NextProlongAt,
               claimed_by = null,
               claimed_until = null
         where id = @Id
           and state = 'active'
           and version = @expected
        """;

    private const string ProlongingTargetsSql = """
          select distinct target
            from leases
           where next_prolong_at <= @now
             and (claimed_until is null or claimed_until <= @now)
        """;

    private const string ClaimToProlongSql = $"""
           update leases
              set claimed_by = @owner,
                  claimed_until = @until
            where id in (select id
                           from leases
                          where target = @target
                            and next_prolong_at <= @now
                            and (claimed_until is null or claimed_until <= @now)
                       order by next_prolong_at
                          limit @limit /* pg: for update skip locked */)
        returning {Columns}
        """;

    private const string StuckSql = $"""
          select {Columns}
            from leases
           where state = 'revoking'
             and stuck_since is not null
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
    /// <param name="keepsClaim">Somebody is minting it still, and lets go by <see cref="ReleaseAsync"/>.</param>
    /// <returns>False when somebody else moved it first; nothing was written then.</returns>
    public async Task<bool> MoveAsync(Session session, Lease before, Lease after, bool keepsClaim, CancellationToken cancellationToken) =>
        await session.ExecuteAsync(MoveSql, MoveOf(before, after, keepsClaim), cancellationToken) == 1;

    /// <summary>As <see cref="MoveAsync"/>, of a lease that was read under the lock of its grant: nobody else can have moved it.</summary>
    /// <exception cref="InvalidOperationException">The lock was not held: a bug. At the latest before the commit.</exception>
    public Task MoveHeldAsync(Session session, Lease before, Lease after, bool keepsClaim, CancellationToken cancellationToken) =>
        session.WriteOneAsync(MoveSql, MoveOf(before, after, keepsClaim), $"Lease {before.Id} was moved without the lock of its grant.", cancellationToken);

    /// <summary>The minter of a lease whose end began meanwhile is done with the target.</summary>
    public Task ReleaseAsync(Session session, Lease minted, string owner, CancellationToken cancellationToken) =>
        session.WriteAsync(ReleaseSql, new { id = minted.Id, owner, until = minted.MintDeadline }, cancellationToken);

    /// <summary>Whether anybody is minting or ending something at this principal.</summary>
    public async Task<bool> IsBusyAsync(Session session, string target, string principal, DateTimeOffset now, CancellationToken cancellationToken) =>
        await session.FirstOrDefaultAsync<long>(BusySql, new { target, principal, now }, cancellationToken) > 0;

    /// <summary>Ends that are due at paused targets and are not shown as stuck yet.</summary>
    public Task<IReadOnlyList<Lease>> HeldAsync(Session session, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<Lease>(HeldSql, new { now, limit }, cancellationToken);

    /// <returns>False when somebody else moved or claimed it first.</returns>
    public async Task<bool> HoldAsync(Session session, Lease before, Lease after, DateTimeOffset now, CancellationToken cancellationToken) =>
        await session.ExecuteAsync(HoldSql, new { after.Id, after.Version, after.LastError, after.StuckSince, expected = before.Version, now }, cancellationToken) == 1;

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

    /// <summary>Mints past their deadline and credentials past their expiry: to be revoked.</summary>
    public Task<IReadOnlyList<Lease>> OverdueAsync(Session session, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<Lease>(OverdueSql, new { now, limit }, cancellationToken);

    public async Task<long> CountCollectedAsync(Session session, string holder, DateTimeOffset since, CancellationToken cancellationToken) =>
        await session.FirstOrDefaultAsync<long>(CountCollectedSql, new { holder, since }, cancellationToken);

    /// <summary>The targets at which something is due to be ended and not claimed.</summary>
    public Task<IReadOnlyList<string>> DueTargetsAsync(Session session, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.QueryAsync<string>(DueTargetsSql, new { now }, cancellationToken);

    /// <summary>Claims up to <paramref name="limit"/> due leases of one target for <paramref name="owner"/> until <paramref name="until"/>; two claimers never get the same.</summary>
    public Task<IReadOnlyList<Lease>> ClaimDueAsync(
        Session session, string target, string owner, DateTimeOffset now, DateTimeOffset until, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<Lease>(ClaimDueAtTargetSql, new { target, owner, now, until, limit }, cancellationToken);

    /// <summary>The targets at which a live lease is due to be given a later end and not claimed.</summary>
    public Task<IReadOnlyList<string>> ProlongingTargetsAsync(Session session, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.QueryAsync<string>(ProlongingTargetsSql, new { now }, cancellationToken);

    /// <summary>As <see cref="ClaimDueAsync"/>, for what is to be prolonged.</summary>
    public Task<IReadOnlyList<Lease>> ClaimToProlongAsync(
        Session session, string target, string owner, DateTimeOffset now, DateTimeOffset until, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<Lease>(ClaimToProlongSql, new { target, owner, now, until, limit }, cancellationToken);

    /// <summary>Writes how far a live lease's prolongation is, and lets the claim go.</summary>
    /// <returns>False when somebody else moved it first.</returns>
    public async Task<bool> ProlongAsync(Session session, Lease before, Lease after, CancellationToken cancellationToken)
    {
        var parameters = new { after.Id, after.Version, after.ExpiresAt, after.LastError, after.ProlongUntil, after.NextProlongAt, expected = before.Version };
        return await session.ExecuteAsync(ProlongSql, parameters, cancellationToken) == 1;
    }

    /// <summary>Makes a stuck end due, whoever has claimed it.</summary>
    /// <returns>False when somebody else moved it first.</returns>
    public async Task<bool> RetryAsync(Session session, Lease before, Lease after, CancellationToken cancellationToken) =>
        await session.ExecuteAsync(RetrySql, new { after.Id, after.Version, after.NextAttemptAt, expected = before.Version }, cancellationToken) == 1;

    /// <summary>Ends that are stuck, by id, after the given one.</summary>
    public Task<IReadOnlyList<Lease>> StuckAsync(Session session, string after, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<Lease>(StuckSql, new { after, limit }, cancellationToken);

    public Task<DateTimeOffset?> NextAttemptAsync(Session session, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<DateTimeOffset?>(NextAttemptSql, null, cancellationToken);

    /// <summary>Notes a failed attempt and lets the claim go.</summary>
    /// <returns>False when somebody else moved it first.</returns>
    public async Task<bool> NoteFailureAsync(Session session, Lease before, Lease after, CancellationToken cancellationToken)
    {
        var parameters = new { after.Id, after.Version, after.LastError, after.StuckSince, after.NextAttemptAt, expected = before.Version };
        return await session.ExecuteAsync(FailedAttemptSql, parameters, cancellationToken) == 1;
    }

    private static object MoveOf(Lease before, Lease after, bool keepsClaim) => new
    {
        after.Id, after.State, after.Version, after.DueBy, after.RevokedAt, after.Verified, after.LastError, after.NextAttemptAt,
        from = before.State, expected = before.Version, keepsClaim,
    };
}

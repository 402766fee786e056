using JitBroker.Storage;

namespace JitBroker.Leases;

/// <summary>Rows of leases whose end is due: who claims them, what came of it, and which wait or are stuck. All but the claims are written under the lock of the lease's grant.</summary>
public sealed class DueLeaseStore
{
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
        returning {LeaseStore.Columns}
        """;

    private const string AnyDueAtTargetSql = """
        select count(*)
          from leases
         where state = 'revoking'
           and target = @target
           and next_attempt_at <= @now
           and (claimed_until is null or claimed_until <= @now)
        """;

    private const string NextAttemptSql = """
        select min(next_attempt_at)
          from leases
         where state = 'revoking'
           and next_attempt_at > @after
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

    private const string BusySql = """
        select count(*)
          from leases
         where target = @target
           and principal = @principal
           and claimed_until > @now
        """;

    private const string HeldSql = $"""
          select {LeaseStore.Columns}
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

    private const string StuckSql = $"""
          select {LeaseStore.Columns}
            from leases
           where state = 'revoking'
             and stuck_since is not null
             and id > @after
        order by id
           limit @limit
        """;

    /// <summary>The targets at which something is due to be ended and not claimed.</summary>
    public Task<IReadOnlyList<string>> DueTargetsAsync(Session session, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.QueryAsync<string>(DueTargetsSql, new { now }, cancellationToken);

    /// <summary>Claims up to <paramref name="limit"/> due leases of one target for <paramref name="owner"/> until <paramref name="until"/>; two claimers never get the same.</summary>
    public Task<IReadOnlyList<Lease>> ClaimDueAsync(
        Session session, string target, string owner, DateTimeOffset now, DateTimeOffset until, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<Lease>(ClaimDueAtTargetSql, new { target, owner, now, until, limit }, cancellationToken);

    /// <summary>Whether <see cref="ClaimDueAsync"/> would find anything, but for what waits for its principal.</summary>
    public async Task<bool> IsAnyDueAsync(Session session, string target, DateTimeOffset now, CancellationToken cancellationToken) =>
        await session.FirstOrDefaultAsync<long>(AnyDueAtTargetSql, new { target, now }, cancellationToken) > 0;

    /// <summary>Whether anybody is minting, prolonging or ending something at this principal.</summary>
    public async Task<bool> IsBusyAsync(Session session, string target, string principal, DateTimeOffset now, CancellationToken cancellationToken) =>
        await session.FirstOrDefaultAsync<long>(BusySql, new { target, principal, now }, cancellationToken) > 0;

    /// <summary>The first instant after <paramref name="after"/> at which an end is to be tried; null when none is.</summary>
    public Task<DateTimeOffset?> NextAttemptAsync(Session session, DateTimeOffset after, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<DateTimeOffset?>(NextAttemptSql, new { after }, cancellationToken);

    /// <summary>Notes a failed attempt and lets the claim go.</summary>
    /// <returns>False when somebody else moved it first.</returns>
    public async Task<bool> NoteFailureAsync(Session session, Lease before, Lease after, CancellationToken cancellationToken)
    {
        var parameters = new { after.Id, after.Version, after.LastError, after.StuckSince, after.NextAttemptAt, expected = before.Version };
        return await session.ExecuteAsync(FailedAttemptSql, parameters, cancellationToken) == 1;
    }

    /// <summary>Makes a stuck end due, whoever has claimed it.</summary>
    /// <returns>False when somebody else moved it first.</returns>
    public async Task<bool> RetryAsync(Session session, Lease before, Lease after, CancellationToken cancellationToken) =>
        await session.ExecuteAsync(RetrySql, new { after.Id, after.Version, after.NextAttemptAt, expected = before.Version }, cancellationToken) == 1;

    /// <summary>Ends that are due at paused targets and are not shown as stuck yet.</summary>
    public Task<IReadOnlyList<Lease>> HeldAsync(Session session, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<Lease>(HeldSql, new { now, limit }, cancellationToken);

    /// <returns>False when somebody else moved or claimed it first.</returns>
    public async Task<bool> HoldAsync(Session session, Lease before, Lease after, DateTimeOffset now, CancellationToken cancellationToken) =>
        await session.ExecuteAsync(HoldSql, new { after.Id, after.Version, after.LastError, after.StuckSince, expected = before.Version, now }, cancellationToken) == 1;

    /// <summary>Ends that are stuck, by id, after the given one.</summary>
    public Task<IReadOnlyList<Lease>> StuckAsync(Session session, string after, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<Lease>(StuckSql, new { after, limit }, cancellationToken);
}

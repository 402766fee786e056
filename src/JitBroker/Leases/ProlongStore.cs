using JitBroker.Storage;

namespace JitBroker.Leases;

/// <summary>Rows of live leases that are to be given a later end. All but the claims are written under the lock of the lease's grant.</summary>
public sealed class ProlongStore
{
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

    private const string DueTargetsSql = """
          select distinct l.target
            from leases l
            left join lanes n on n.target = l.target
           where l.next_prolong_at <= @now
             and (l.claimed_until is null or l.claimed_until <= @now)
             and (n.not_before is null or n.not_before <= @now)
        """;

    private const string ClaimDueAtTargetSql = $"""
           update leases
              set claimed_by = @owner,
                  claimed_until = @until
            where id in (select l.id
                           from leases l
                          where l.target = @target
                            and l.next_prolong_at <= @now
                            and (l.claimed_until is null or l.claimed_until <= @now)
                            and (l.principal is null
                              or not exists (select 1
                                               from leases o
                                              where o.target = @target
                                                and o.principal = l.principal
                                                and o.id <> l.id
                                                and (o.claimed_until > @now
                                                  or (o.state = 'revoking' and o.next_attempt_at <= @now)
                                                  or (o.next_prolong_at <= @now and o.id < l.id))))
                       order by l.next_prolong_at
                          limit @limit /* pg: for update skip locked */)
        returning {LeaseStore.Columns}
        """;

    /// <summary>The targets at which a live lease is due to be given a later end and not claimed, and which may be asked now.</summary>
    public Task<IReadOnlyList<string>> DueTargetsAsync(Session session, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.QueryAsync<string>(DueTargetsSql, new { now }, cancellationToken);

    /// <summary>As <see cref="DueLeaseStore.ClaimDueAsync"/>; of those that name the same principal one is worked on at a time, and an end goes first.</summary>
    public Task<IReadOnlyList<Lease>> ClaimDueAsync(
        Session session, string target, string owner, DateTimeOffset now, DateTimeOffset until, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<Lease>(ClaimDueAtTargetSql, new { target, owner, now, until, limit }, cancellationToken);

    /// <summary>Writes how far a live lease's prolongation is, and lets the claim go.</summary>
    /// <returns>False when somebody else moved it first.</returns>
    public async Task<bool> ProlongAsync(Session session, Lease before, Lease after, CancellationToken cancellationToken)
    {
        var parameters = new { after.Id, after.Version, after.ExpiresAt, after.LastError, after.ProlongUntil, after.NextProlongAt, expected = before.Version };
        return await session.ExecuteAsync(ProlongSql, parameters, cancellationToken) == 1;
    }
}

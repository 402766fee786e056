using JitBroker.Storage;

namespace JitBroker.Leases;

/// <summary>Rows of lanes. A lane's row is the lock of all claims at its target; it is taken after the grant's, if that is taken.</summary>
public sealed class LaneStore
{
    private const string Columns = "target, version, failures, paused_since, denied_since, not_before, last_error";

    private const string FindSql = $"""
        select {Columns}
          from lanes
         where target = @target
        """;

    private const string LockSql = $"""
        select {Columns}
          from lanes
         where target = @target /* pg: for update */
        """;

    private const string InsertSql = """
        insert into lanes (target, version, failures)
        values (@target, 0, 0)
            on conflict (target) do nothing
        """;

    private const string SaveSql = """
        update lanes
           set version = @Version,
               failures = @Failures,
               paused_since = @PausedSince,
               denied_since = @DeniedSince,
               not_before = @NotBefore,
               last_error = @LastError
         where target = @Target
        """;

    private const string ProbeSql = """
        update lanes
           set not_before = @until
         where target = @target
           and paused_since is not null
           and (not_before is null or not_before <= @now)
        """;

    private const string HurrySql = """
        update lanes
           set not_before = @now
         where target = @target
           and paused_since is not null
           and not_before > @now
        """;

    private const string TroubledSql = """
          select n.target, n.version, n.failures, n.paused_since, n.denied_since, n.not_before, n.last_error,
                 (select count(*) from leases l where l.target = n.target and l.state = 'revoking') as waiting
            from lanes n
           where n.paused_since is not null
              or n.denied_since is not null
              or n.not_before > @now
        order by n.target
           limit @limit
        """;

    private const string CountPausedSql = """
        select count(*)
          from lanes
         where paused_since is not null
        """;

    public Task<Lane?> FindAsync(Session session, string target, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<Lane>(FindSql, new { target }, cancellationToken);

    /// <summary>Takes the lane for this transaction; makes it where there is none.</summary>
    public async Task<Lane> LockAsync(Session session, string target, CancellationToken cancellationToken)
    {
        if (await session.FirstOrDefaultAsync<Lane>(LockSql, new { target }, cancellationToken) is { } lane)
            return lane;
        await session.WriteAsync(InsertSql, new { target }, cancellationToken);
        return (await session.FirstOrDefaultAsync<Lane>(LockSql, new { target }, cancellationToken))!;
    }

    /// <summary>Writes a lane that this transaction has locked.</summary>
    public Task SaveAsync(Session session, Lane lane, CancellationToken cancellationToken) =>
        session.WriteOneAsync(SaveSql, lane, $"Lane {lane.Target} was saved without its lock.", cancellationToken);

    /// <summary>Takes the one attempt that a paused target gets at a time, until <paramref name="until"/>.</summary>
    /// <returns>False when it is not its time, or somebody else has it.</returns>
    public async Task<bool> ProbeAsync(Session session, string target, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) =>
        await session.ExecuteAsync(ProbeSql, new { target, now, until }, cancellationToken) == 1;

    /// <summary>A paused target may be probed now.</summary>
    public Task HurryAsync(Session session, string target, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.WriteAsync(HurrySql, new { target, now }, cancellationToken);

    /// <summary>Targets that something is the matter with, by name.</summary>
    public Task<IReadOnlyList<TroubledTarget>> TroubledAsync(Session session, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<TroubledTarget>(TroubledSql, new { now, limit }, cancellationToken);

    public async Task<long> CountPausedAsync(Session session, CancellationToken cancellationToken) =>
        await session.FirstOrDefaultAsync<long>(CountPausedSql, null, cancellationToken);
}

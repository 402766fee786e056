using System.Text.Json;
using JitBroker.Storage;

namespace JitBroker.Grants;

/// <summary>
/// Rows of grants. The grant is the root of its leases: whoever collects, ends or extends locks its row first with <see cref="LockAsync"/>.
/// </summary>
public sealed class GrantStore
{
    private const string Columns = """
        id, request_id, state, version, entitlement, holder, starts_at, ends_at, end_kind, ended_by, end_reason, end_requested_at,
               verified_end_at, break_glass, content, content_hash, created_at
        """;

    private const string InsertSql = """
        insert into grants (id, request_id, state, version, entitlement, holder, starts_at, ends_at, end_kind, ended_by, end_reason,
                            end_requested_at, verified_end_at, break_glass, content, content_hash, created_at)
        values (@Id, @RequestId, @State, @Version, @Entitlement, @Holder, @StartsAt, @EndsAt, @EndKind, @EndedBy, @EndReason,
                @EndRequestedAt, @VerifiedEndAt, @BreakGlass, @Content, @ContentHash, @CreatedAt)
        """;

    private const string LockSql = $"""
        select {Columns}
          from grants
         where id = @id /* pg: for update */
        """;

    private const string LockAllSql = $"""
          select {Columns}
            from grants
           where id {JsonRows.AmongIds}
        order by holder, id /* pg: for update */
        """;

    private const string MoveSql = $"""
        update grants as g
           set state = r.state,
               version = r.version,
               end_kind = r.end_kind,
               ended_by = r.ended_by,
               end_reason = r.end_reason,
               end_requested_at = r.end_requested_at,
               verified_end_at = r.verified_end_at
          from /* pg instead: json_to_recordset(cast(@rows as json)) as r (id text, "from" text, state text, version integer, end_kind text, ended_by text, end_reason text,
                                                                           end_requested_at timestamptz, verified_end_at timestamptz) */
               (select value ->> 'id' as id, value ->> 'from' as "from", value ->> 'state' as state, value ->> 'version' as version, value ->> 'end_kind' as end_kind,
                       value ->> 'ended_by' as ended_by, value ->> 'end_reason' as end_reason, value ->> 'end_requested_at' as end_requested_at,
                       value ->> 'verified_end_at' as verified_end_at
                  from json_each(@rows)) as r /* end */
         where g.id = r.id /* pg: and g.id {JsonRows.AmongRows} */
           and g.state = r."from"
           and g.version < r.version
        """;

    private const string ExtendSql = """
        update grants
           set version = @Version,
               ends_at = @EndsAt
         where id = @Id
           and state = 'active'
           and version = @expected
           and ends_at < @EndsAt
        """;

    private const string FindSql = $"""
        select {Columns}
          from grants
         where id = @id
        """;

    private const string FindByRequestSql = $"""
        select {Columns}
          from grants
         where request_id = @requestId
        """;

    private const string DueToEndSql = """
          select id
            from grants
           where state = 'active'
             and ends_at <= @now
        order by ends_at
           limit @limit
        """;

    private const string LockDueToEndSql = $"""
          select {Columns}
            from grants
           where state = 'active'
             and ends_at <= @now
        order by ends_at
           limit @limit /* pg: for update skip locked */
        """;

    private const string DueToStartSql = """
          select id
            from grants
           where state = 'scheduled'
             and starts_at <= @now
        order by starts_at
           limit @limit
        """;

    private const string NextDueSql = """
        select min(due)
          from (select min(ends_at) as due from grants where state = 'active' and ends_at > @after
                 union all
                select min(starts_at) as due from grants where state = 'scheduled' and starts_at > @after) as next
        """;

    private const string LiveSql = $"""
          select {Columns}
            from grants
           where state in ('scheduled', 'active')
             and id > @after
        order by id
           limit @limit
        """;

    private const string PageSql = $"""
          select {Columns}
            from grants
           where holder = coalesce(@holder, holder)
             and state = coalesce(@state, state)
             and id < coalesce(@before, '~')
        order by id desc
           limit @limit
        """;

    private const string BreakGlassPageSql = $"""
          select {Columns}
            from grants
           where break_glass
             and holder = coalesce(@holder, holder)
             and state = coalesce(@state, state)
             and id < coalesce(@before, '~')
        order by id desc
           limit @limit
        """;

    public Task InsertAsync(Session session, Grant grant, CancellationToken cancellationToken) =>
        session.WriteAsync(InsertSql, grant, cancellationToken);

    /// <summary>Takes the grant for this transaction. Null when there is none.</summary>
    public Task<Grant?> LockAsync(Session session, string id, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<Grant>(LockSql, new { id }, cancellationToken);

    /// <summary>Takes several for this transaction, in one order everywhere so that no two of these wait for each other.</summary>
    public Task<IReadOnlyList<Grant>> LockAllAsync(Session session, IEnumerable<string> ids, CancellationToken cancellationToken) =>
        session.QueryAsync<Grant>(LockAllSql, new { ids = JsonSerializer.Serialize(ids) }, cancellationToken);

    /// <summary>Moves grants this transaction has locked, together.</summary>
    /// <exception cref="InvalidOperationException">A lock was not held: a bug. At the latest before the commit.</exception>
    internal Task MoveAsync(Session session, IReadOnlyCollection<GrantMove> moves, CancellationToken cancellationToken) =>
        session.WriteAllAsync(
            MoveSql,
            [.. moves.Select(m => new { m.After.Id, From = m.Before.State, m.After.State, m.After.Version, m.After.EndKind, m.After.EndedBy, m.After.EndReason, m.After.EndRequestedAt, m.After.VerifiedEndAt })],
            $"One of the grants {string.Join(", ", moves.Select(m => m.After.Id))} was moved without its lock.",
            cancellationToken);

    /// <summary>Moves the end of an active grant this transaction has locked; never to an earlier time.</summary>
    /// <exception cref="InvalidOperationException">It is not active or the lock was not held: a bug. At the latest before the commit.</exception>
    public Task ExtendAsync(Session session, Grant before, Grant after, CancellationToken cancellationToken) =>
        session.WriteOneAsync(
            ExtendSql, new { after.Id, after.Version, after.EndsAt, expected = before.Version }, $"Grant {before.Id} was extended without its lock.", cancellationToken);

    public Task<Grant?> FindAsync(Session session, string id, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<Grant>(FindSql, new { id }, cancellationToken);

    public Task<Grant?> FindByRequestAsync(Session session, string requestId, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<Grant>(FindByRequestSql, new { requestId }, cancellationToken);

    public Task<IReadOnlyList<string>> DueToEndAsync(Session session, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<string>(DueToEndSql, new { now, limit }, cancellationToken);

    /// <summary>Takes the first of those whose time is over for this transaction, but for those that somebody else has taken.</summary>
    public Task<IReadOnlyList<Grant>> LockDueToEndAsync(Session session, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<Grant>(LockDueToEndSql, new { now, limit }, cancellationToken);

    public Task<IReadOnlyList<string>> DueToStartAsync(Session session, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<string>(DueToStartSql, new { now, limit }, cancellationToken);

    /// <summary>The first instant after <paramref name="after"/> at which a grant starts or ends; null when none does.</summary>
    public Task<DateTimeOffset?> NextDueAsync(Session session, DateTimeOffset after, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<DateTimeOffset?>(NextDueSql, new { after }, cancellationToken);

    /// <summary>Every grant that is scheduled or active.</summary>
    public Task<IReadOnlyList<Grant>> LiveAsync(Session session, string after, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<Grant>(LiveSql, new { after, limit }, cancellationToken);

    /// <summary>Newest first; a null filter does not filter.</summary>
    /// <param name="breakGlass">Only emergencies.</param>
    public Task<IReadOnlyList<Grant>> PageAsync(
        Session session, string? holder, string? state, string? before, int limit, CancellationToken cancellationToken, bool breakGlass = false) =>
        session.QueryAsync<Grant>(breakGlass ? BreakGlassPageSql : PageSql, new { holder, state, before, limit }, cancellationToken);
}

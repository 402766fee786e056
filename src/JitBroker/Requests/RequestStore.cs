using JitBroker.Storage;

namespace JitBroker.Requests;

/// <summary>
/// Rows of requests and decisions. Whoever changes a request locks its row first with <see cref="LockPendingAsync"/>; decisions are only
/// written under that lock.
/// </summary>
public sealed class RequestStore
{
    private const string Columns = """
        id, kind, state, version, entitlement, bundle, requester, duration_s, reason, starts_at, created_at, lapses_at,
               settled_at, settled_by, settled_because, surface, content, content_hash, catalog_hash, extends_grant, stage_since, nudge_at, escalated
        """;

    private const string InsertSql = """
        insert into requests (id, kind, state, version, entitlement, bundle, requester, duration_s, reason, starts_at, created_at, lapses_at,
                              settled_at, settled_by, settled_because, surface, content, content_hash, catalog_hash, extends_grant, stage_since, nudge_at, escalated)
        values (@Id, @Kind, @State, @Version, @Entitlement, @Bundle, @Requester, @DurationS, @Reason, @StartsAt, @CreatedAt, @LapsesAt,
                @SettledAt, @SettledBy, @SettledBecause, @Surface, @Content, @ContentHash, @CatalogHash, @ExtendsGrant, @StageSince, @NudgeAt, @Escalated)
            on conflict (requester, entitlement, kind) where state = 'pending' do nothing
        """;

    private const string LockPendingSql = $"""
           update requests
              set version = version + 1
            where id = @id
              and state = 'pending'
        returning {Columns}
        """;

    private const string SettleSql = """
        update requests
           set state = @State,
               version = @Version,
               settled_at = @SettledAt,
               settled_by = @SettledBy,
               settled_because = @SettledBecause
         where id = @Id
           and state = 'pending'
        """;

    private const string FindSql = $"""
        select {Columns}
          from requests
         where id = @id
        """;

    private const string FindPendingSql = """
        select id
          from requests
         where requester = @requester
           and entitlement = @entitlement
           and kind = @kind
           and state = 'pending'
        """;

    private const string CountsSql = """
        select (select count(*) from requests where requester = @requester and created_at > @since) as recent,
               (select count(*) from requests where requester = @requester and state = 'pending') as open
        """;

    private const string LapsingSql = """
          select id
            from requests
           where state = 'pending'
             and lapses_at <= @now
        order by lapses_at
           limit @limit
        """;

    private const string OrphanedSql = """
          select r.id
            from requests r
            join grants g on g.id = r.extends_grant
           where r.state = 'pending'
             and r.extends_grant is not null
             and g.state in ('ending', 'ended')
        order by r.id
           limit @limit
        """;

    private const string CountExtensionsSql = """
        select count(*)
          from requests
         where state = 'approved'
           and extends_grant = @grantId
        """;

    private const string PendingSql = """
          select id
            from requests
           where state = 'pending'
        order by id
        """;

    private const string PendingWithVotesSql = """
          select distinct r.id
            from requests r
            join decisions d on d.request_id = r.id
           where r.state = 'pending'
        order by r.id
        """;

    private const string NextLapseSql = """
        select min(lapses_at)
          from requests
         where state = 'pending'
           and lapses_at > @after
        """;

    private const string NudgeSql = """
        update requests
           set stage_since = @StageSince,
               nudge_at = @NudgeAt,
               escalated = @Escalated
         where id = @Id
           and state = 'pending'
        """;

    private const string RearmSql = """
        update requests
           set nudge_at = @next
         where id = @id
           and nudge_at = @due
           and version = @version
           and state = 'pending'
        """;

    private const string NudgingSql = """
          select id
            from requests
           where state = 'pending'
             and nudge_at <= @now
        order by nudge_at
           limit @limit
        """;

    private const string NextNudgeSql = """
        select min(nudge_at)
          from requests
         where state = 'pending'
           and nudge_at > @after
        """;

    private const string WaitsSql = """
          select created_at, settled_at
            from requests
           where entitlement = @entitlement
             and state in ('approved', 'denied')
             and settled_by is not null
        order by id desc
           limit @limit
        """;

    private const string WaitingSql = $"""
          select {Columns}
            from requests
           where state = 'pending'
        order by created_at, id
           limit @limit
        """;

    private const string PageByRequesterSql = $"""
          select {Columns}
            from requests
           where requester = @requester
             and state = coalesce(@state, state)
             and id < coalesce(@before, '~')
        order by id desc
           limit @limit
        """;

    private const string PageSql = $"""
          select {Columns}
            from requests
           where state = coalesce(@state, state)
             and id < coalesce(@before, '~')
        order by id desc
           limit @limit
        """;

    private const string InsertDecisionSql = """
        insert into decisions (id, request_id, person, verdict, duration_s, comment, at, surface, identity, counted)
        values (@Id, @RequestId, @Person, @Verdict, @DurationS, @Comment, @At, @Surface, @Identity, @Counted)
            on conflict (request_id, person) do nothing
        """;

    private const string DecisionsSql = """
          select id, request_id, person, verdict, duration_s, comment, at, surface, identity, counted
            from decisions
           where request_id = @id
        order by at, id
        """;

    private const string MarkCountedSql = """
        update decisions
           set counted = @counted
         where id = @id
        """;

    /// <returns>False when this person has a pending request of this kind for this entitlement already; nothing was written then.</returns>
    public async Task<bool> InsertAsync(Session session, Request request, CancellationToken cancellationToken) =>
        await session.ExecuteAsync(InsertSql, request, cancellationToken) == 1;

    /// <summary>
    /// Takes the request for this transaction; every other decision, cancellation or lapse of it waits or loses. The version is one higher
    /// already, for the event the caller must write.
    /// </summary>
    /// <returns>Null when it does not exist or is settled.</returns>
    public Task<Request?> LockPendingAsync(Session session, string id, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<Request>(LockPendingSql, new { id }, cancellationToken);

    /// <summary>Settles a request this transaction has locked.</summary>
    /// <param name="settled">The request as it shall stand.</param>
    /// <exception cref="InvalidOperationException">It was not pending, so the lock was not held: a bug. At the latest before the commit.</exception>
    public Task SettleAsync(Session session, Request settled, CancellationToken cancellationToken) =>
        session.WriteOneAsync(SettleSql, settled, $"Request {settled.Id} was settled without its lock.", cancellationToken);

    public Task<Request?> FindAsync(Session session, string id, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<Request>(FindSql, new { id }, cancellationToken);

    /// <summary>The id of the pending one, or null.</summary>
    public Task<string?> FindPendingAsync(Session session, string requester, string entitlement, string kind, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<string>(FindPendingSql, new { requester, entitlement, kind }, cancellationToken);

    /// <summary>How many this person made since <paramref name="since"/>, and how many wait.</summary>
    public async Task<RequestCounts> CountAsync(Session session, string requester, DateTimeOffset since, CancellationToken cancellationToken) =>
        (await session.FirstOrDefaultAsync<RequestCounts>(CountsSql, new { requester, since }, cancellationToken))!;

    /// <summary>Ids of pending requests whose time is over, oldest first.</summary>
    public Task<IReadOnlyList<string>> LapsingAsync(Session session, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<string>(LapsingSql, new { now, limit }, cancellationToken);

    /// <summary>Ids of pending extensions whose grant is over.</summary>
    public Task<IReadOnlyList<string>> OrphanedAsync(Session session, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<string>(OrphanedSql, new { limit }, cancellationToken);

    /// <summary>How often a grant was extended. Certain under the grant's lock.</summary>
    public async Task<long> CountExtensionsAsync(Session session, string grantId, CancellationToken cancellationToken) =>
        await session.FirstOrDefaultAsync<long>(CountExtensionsSql, new { grantId }, cancellationToken);

    /// <summary>Ids of all that wait for a decision.</summary>
    public Task<IReadOnlyList<string>> PendingAsync(Session session, CancellationToken cancellationToken) =>
        session.QueryAsync<string>(PendingSql, null, cancellationToken);

    /// <summary>Ids of those of them that somebody has voted on.</summary>
    public Task<IReadOnlyList<string>> PendingWithVotesAsync(Session session, CancellationToken cancellationToken) =>
        session.QueryAsync<string>(PendingWithVotesSql, null, cancellationToken);

    /// <summary>The first instant after <paramref name="after"/> at which a request lapses; null when none does.</summary>
    public Task<DateTimeOffset?> NextLapseAsync(Session session, DateTimeOffset after, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<DateTimeOffset?>(NextLapseSql, new { after }, cancellationToken);

    /// <summary>Writes down who was told, in a transaction that holds the lock.</summary>
    /// <exception cref="InvalidOperationException">It was not pending: a bug. At the latest before the commit.</exception>
    public Task NudgeAsync(Session session, Request nudged, CancellationToken cancellationToken) =>
        session.WriteOneAsync(NudgeSql, nudged, $"Request {nudged.Id} was nudged without its lock.", cancellationToken);

    /// <summary>Sets the alarm of a request anew when there turned out to be nothing to tell; an alarm is no state and has no event. Nothing is written when it has changed since.</summary>
    public Task RearmAsync(Session session, Request read, DateTimeOffset? next, CancellationToken cancellationToken) =>
        session.WriteAsync(RearmSql, new { id = read.Id, due = read.NudgeAt, version = read.Version, next }, cancellationToken);

    /// <summary>Ids of pending requests whose people are to be told again, the longest due first.</summary>
    public Task<IReadOnlyList<string>> NudgingAsync(Session session, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<string>(NudgingSql, new { now, limit }, cancellationToken);

    /// <summary>The first instant after <paramref name="after"/> at which approvers are to be reminded; null when none are.</summary>
    public Task<DateTimeOffset?> NextNudgeAsync(Session session, DateTimeOffset after, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<DateTimeOffset?>(NextNudgeSql, new { after }, cancellationToken);

    /// <summary>How long the last requests for an entitlement waited until somebody decided them, the newest first.</summary>
    public async Task<IReadOnlyList<TimeSpan>> WaitsAsync(Session session, string entitlement, int limit, CancellationToken cancellationToken) =>
        [.. (await session.QueryAsync<RequestWait>(WaitsSql, new { entitlement, limit }, cancellationToken)).Select(w => w.SettledAt - w.CreatedAt)];

    /// <summary>Pending requests of everybody, oldest first; the caller filters by right.</summary>
    public Task<IReadOnlyList<Request>> WaitingAsync(Session session, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<Request>(WaitingSql, new { limit }, cancellationToken);

    /// <summary>Newest first.</summary>
    /// <param name="requester">Null: of everybody; the caller filters by right.</param>
    /// <param name="before">An id: only older ones. Null: from the newest.</param>
    public Task<IReadOnlyList<Request>> PageAsync(Session session, string? requester, string? state, string? before, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<Request>(requester is null ? PageSql : PageByRequesterSql, new { requester, state, before, limit }, cancellationToken);

    /// <returns>False when this person has decided it already; nothing was written then.</returns>
    public async Task<bool> InsertDecisionAsync(Session session, Decision decision, CancellationToken cancellationToken) =>
        await session.ExecuteAsync(InsertDecisionSql, decision, cancellationToken) == 1;

    /// <summary>In the order they were given.</summary>
    public Task<IReadOnlyList<Decision>> DecisionsAsync(Session session, string id, CancellationToken cancellationToken) =>
        session.QueryAsync<Decision>(DecisionsSql, new { id }, cancellationToken);

    /// <summary>Freezes which votes counted, when the request settles.</summary>
    public async Task MarkCountedAsync(Session session, IEnumerable<(string Id, bool Counted)> votes, CancellationToken cancellationToken)
    {
        foreach (var (id, counted) in votes)
            await session.WriteAsync(MarkCountedSql, new { id, counted }, cancellationToken);
    }
}

/// <summary>What the limits on asking look at.</summary>
public sealed record RequestCounts
{
    public required long Recent { get; init; }

    public required long Open { get; init; }
}

/// <summary>From the ask to the decision.</summary>
internal sealed record RequestWait
{
    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset SettledAt { get; init; }
}

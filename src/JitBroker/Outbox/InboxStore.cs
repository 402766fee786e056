using JitBroker.Storage;

namespace JitBroker.Outbox;

/// <summary>One delivery that a chat surface made to us, stored before it is acknowledged.</summary>
public sealed record InboxItem
{
    /// <summary>The delivery's unique id (contract §5).</summary>
    public required string Id { get; init; }

    public required string Surface { get; init; }

    /// <summary>What it is, in the surface's words: <c>slash_commands</c>, <c>block_actions</c>, <c>view_submission</c>…</summary>
    public required string Kind { get; init; }

    /// <summary>JSON as received, without tokens and without anything that is a bearer secret, such as <c>response_url</c>.</summary>
    public required string Body { get; init; }

    /// <summary>What was answered in the same call, so that a redelivery gets the same; null when nothing but an empty 200.</summary>
    public string? Answer { get; init; }

    /// <summary><c>received</c>, <c>done</c> or <c>dead</c>.</summary>
    public required string State { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required DateTimeOffset NextAttemptAt { get; init; }

    public int Attempts { get; init; }

    public string? LastError { get; init; }
}

/// <summary>Rows of the inbox: a delivery is worked on once, by whichever replica claims it, and again only when that one died or failed.</summary>
public sealed class InboxStore
{
    private const string Columns = "id, surface, kind, body, answer, state, received_at, next_attempt_at, attempts, last_error";

    private const string ReceiveSql = """
        insert into inbox (id, surface, kind, body, answer, state, received_at, next_attempt_at, attempts, claimed_by, claimed_until)
        values (@Id, @Surface, @Kind, @Body, @Answer, @State, @ReceivedAt, @NextAttemptAt, @Attempts, @owner, @until)
            on conflict (id) do nothing
        """;

    private const string FindSql = $"""
        select {Columns}
          from inbox
         where id = @id
        """;

    private const string FinishSql = """
        update inbox
           set state = 'done',
               answer = @answer,
               claimed_by = null,
               claimed_until = null
         where id = @id
           and state = 'received'
        """;

    private const string AmendSql = """
        update inbox
           set answer = @answer
         where id = @id
           and state = 'done'
        """;

    private const string FailSql = """
        update inbox
           set state = @state,
               attempts = attempts + 1,
               next_attempt_at = @at,
               last_error = @why,
               claimed_by = null,
               claimed_until = null
         where id = @id
           and state = 'received'
        """;

    private const string ClaimSql = $"""
           update inbox
              set claimed_by = @owner,
                  claimed_until = @until
            where id in (select id
                           from inbox
                          where state = 'received'
                            and surface = @surface
                            and next_attempt_at <= @now
                            and (claimed_until is null or claimed_until <= @now)
                       order by next_attempt_at
                          limit @limit /* pg: for update skip locked */)
        returning {Columns}
        """;

    private const string LaterSql = $"""
          select {Columns}
            from inbox
           where surface = @Surface
             and kind = @Kind
             and received_at > @ReceivedAt
             and state <> 'dead'
        order by received_at
           limit 200
        """;

    private const string RenewSql = """
        update inbox
           set claimed_until = @until
         where id = @id
           and claimed_by = @owner
           and state = 'received'
        """;

    private const string PruneSql = """
        delete from inbox
         where id in (
               select id
                 from inbox
                where received_at < @before
                  and state <> 'received'
             order by received_at
                limit @limit)
        """;

    /// <summary>Stores a delivery, claimed by its receiver.</summary>
    /// <returns>False when this delivery is known already: it must have no second effect.</returns>
    public async Task<bool> ReceiveAsync(Session session, InboxItem item, string owner, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var parameters = new
        {
            item.Id, item.Surface, item.Kind, item.Body, item.Answer, item.State, item.ReceivedAt, item.NextAttemptAt, item.Attempts, owner, until,
        };
        return await session.ExecuteAsync(ReceiveSql, parameters, cancellationToken) == 1;
    }

    public Task<InboxItem?> FindAsync(Session session, string id, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<InboxItem>(FindSql, new { id }, cancellationToken);

    /// <summary>Those of the same kind that came after it, the first 200.</summary>
    public Task<IReadOnlyList<InboxItem>> LaterAsync(Session session, InboxItem item, CancellationToken cancellationToken) =>
        session.QueryAsync<InboxItem>(LaterSql, new { item.Surface, item.Kind, item.ReceivedAt }, cancellationToken);

    /// <summary>Worked on; <paramref name="answer"/> is what a redelivery shall get.</summary>
    public Task FinishAsync(Session session, string id, string? answer, CancellationToken cancellationToken) =>
        session.ExecuteAsync(FinishSql, new { id, answer }, cancellationToken);

    /// <summary>What a redelivery of something that is worked on shall get: more than could be said in the transaction of its effect.</summary>
    public Task AmendAsync(Session session, string id, string? answer, CancellationToken cancellationToken) =>
        session.ExecuteAsync(AmendSql, new { id, answer }, cancellationToken);

    /// <summary>It failed: again at <paramref name="at"/>, or never when <paramref name="isDead"/>.</summary>
    public Task FailAsync(Session session, string id, bool isDead, DateTimeOffset at, string why, CancellationToken cancellationToken) =>
        session.ExecuteAsync(FailSql, new { id, state = isDead ? "dead" : "received", at, why }, cancellationToken);

    /// <summary>Claims deliveries of one surface whose receiver died or failed; two claimers never get the same.</summary>
    public Task<IReadOnlyList<InboxItem>> ClaimAsync(
        Session session, string surface, string owner, DateTimeOffset now, DateTimeOffset until, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<InboxItem>(ClaimSql, new { surface, owner, now, until, limit }, cancellationToken);

    /// <summary>Holds on to those that are still claimed by <paramref name="owner"/>.</summary>
    public async Task RenewAsync(Session session, IReadOnlyCollection<string> ids, string owner, DateTimeOffset until, CancellationToken cancellationToken)
    {
        foreach (var id in ids)
            await session.WriteAsync(RenewSql, new { id, owner, until }, cancellationToken);
    }

    public Task<int> PruneAsync(Session session, DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        session.ExecuteAsync(PruneSql, new { before, limit }, cancellationToken);
}

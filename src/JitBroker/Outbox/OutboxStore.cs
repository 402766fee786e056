using JitBroker.Storage;

namespace JitBroker.Outbox;

/// <summary>Rows of deliveries: what is to be posted or edited, who has claimed it, and what came of it. What stands posted is in <see cref="CopyStore"/>.</summary>
public sealed class OutboxStore
{
    private const string Columns = """
        id, surface, template, about_id, recipient, copy_id, data, state, created_at, next_attempt_at, attempts, settled_at, last_error
        """;

    private const string InsertSql = """
        insert into deliveries (id, surface, template, about_id, recipient, copy_id, data, state, created_at, next_attempt_at, attempts, settled_at, last_error)
        values (@Id, @Surface, @Template, @AboutId, @Recipient, @CopyId, @Data, @State, @CreatedAt, @NextAttemptAt, @Attempts, @SettledAt, @LastError)
            on conflict (copy_id) where state = 'pending' and claimed_by is null and copy_id is not null do nothing
        """;

    private const string IsOnItsWaySql = """
        select count(*)
          from deliveries
         where about_id = @aboutId
           and recipient = @recipient
           and surface = @surface
           and copy_id is null
           and state in ('pending', 'uncertain')
        """;

    private const string ClaimSql = $"""
           update deliveries
              set claimed_by = @owner,
                  claimed_until = @until,
                  state = 'pending'
            where id in (select d.id
                           from deliveries d
                          where d.state in ('pending', 'uncertain')
                            and d.next_attempt_at <= @now
                            and (d.claimed_until is null or d.claimed_until <= @now)
                            and (d.copy_id is null or not exists (select 1
                                                                    from deliveries o
                                                                   where o.copy_id = d.copy_id
                                                                     and o.id <> d.id
                                                                     and o.state = 'pending'
                                                                     and (o.claimed_until > @now or (o.id < d.id and o.next_attempt_at <= @now))))
                       order by d.next_attempt_at
                          limit @limit /* pg: for update skip locked */)
        returning {Columns}
        """;

    private const string RenewSql = """
        update deliveries
           set claimed_until = @until
         where id = @id
           and claimed_by = @owner
           and state = 'pending'
        """;

    private const string SettleSql = """
        update deliveries
           set state = @state,
               attempts = attempts + 1,
               settled_at = @settledAt,
               last_error = @lastError,
               claimed_by = null,
               claimed_until = null
         where id = @id
           and claimed_by = @owner
           and state = 'pending'
        """;

    private const string DelayYoungerSql = """
        update deliveries
           set next_attempt_at = @at
         where copy_id = @CopyId
           and id <> @Id
           and state = 'pending'
           and claimed_by is null
        """;

    private const string PostponeSql = """
        update deliveries
           set state = @state,
               attempts = attempts + @counts,
               next_attempt_at = @at,
               last_error = @lastError,
               claimed_by = null,
               claimed_until = null
         where id = @id
           and claimed_by = @owner
           and state = 'pending'
        """;

    private const string NextSql = """
        select min(next_attempt_at)
          from deliveries
         where state in ('pending', 'uncertain')
           and next_attempt_at > @after
        """;

    private const string PruneSql = """
        delete from deliveries
         where id in (
               select id
                 from deliveries
                where settled_at < @before
             order by settled_at
                limit @limit)
        """;

    /// <summary>Whether the first message about this to that recipient is still to be posted.</summary>
    public async Task<bool> IsOnItsWayAsync(Session session, string surface, string aboutId, string recipient, CancellationToken cancellationToken) =>
        await session.FirstOrDefaultAsync<long>(IsOnItsWaySql, new { surface, aboutId, recipient }, cancellationToken) > 0;

    /// <summary>Adds a delivery; an edit of a copy for which one waits already is dropped, since that one will show the newest state.</summary>
    public Task InsertAsync(Session session, Delivery delivery, CancellationToken cancellationToken) =>
        session.WriteAsync(InsertSql, delivery, cancellationToken);

    /// <summary>
    /// Claims due deliveries for <paramref name="owner"/>; two claimers never get the same, and a copy has at most one edit in flight. An uncertain
    /// one is pending again from then on.
    /// </summary>
    public Task<IReadOnlyList<Delivery>> ClaimAsync(
        Session session, string owner, DateTimeOffset now, DateTimeOffset until, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<Delivery>(ClaimSql, new { owner, now, until, limit }, cancellationToken);

    /// <summary>Holds on to those that are still claimed by <paramref name="owner"/>.</summary>
    public async Task RenewAsync(Session session, IReadOnlyList<Delivery> claimed, string owner, DateTimeOffset until, CancellationToken cancellationToken)
    {
        foreach (var delivery in claimed)
            await session.WriteAsync(RenewSql, new { id = delivery.Id, owner, until }, cancellationToken);
    }

    /// <summary>Sent or dead. Returns false when the claim was lost meanwhile.</summary>
    public async Task<bool> SettleAsync(Session session, string id, string owner, DeliveryState state, DateTimeOffset settledAt, string? lastError, CancellationToken cancellationToken) =>
        await session.ExecuteAsync(SettleSql, new { id, owner, state = state.ToText(), settledAt, lastError }, cancellationToken) == 1;

    /// <summary>Try again at <paramref name="at"/>: still pending (it was surely not accepted), or uncertain (nobody knows).</summary>
    /// <param name="counts">Whether it counts as an attempt; waiting for a rate limit does not.</param>
    public async Task<bool> PostponeAsync(
        Session session, Delivery delivery, string owner, DeliveryState state, DateTimeOffset at, bool counts, string? lastError, CancellationToken cancellationToken)
    {
        var parameters = new { id = delivery.Id, owner, state = state.ToText(), at, counts = counts ? 1 : 0, lastError };
        return await session.ExecuteAsync(PostponeSql, parameters, cancellationToken) == 1;
    }

    /// <summary>
    /// An edit is to be tried again at <paramref name="at"/>: if a younger one of the same copy waits, that one takes its place and its time. The caller holds the card,
    /// so no edit is added meanwhile.
    /// </summary>
    /// <returns>False: none waits, and the edit itself is to be postponed.</returns>
    public async Task<bool> MakeWayAsync(Session session, Delivery edit, DateTimeOffset at, CancellationToken cancellationToken) =>
        await session.ExecuteAsync(DelayYoungerSql, new { edit.CopyId, edit.Id, at }, cancellationToken) > 0;

    /// <summary>The first instant after <paramref name="after"/> at which anything is to be sent; null when nothing is.</summary>
    public Task<DateTimeOffset?> NextAsync(Session session, DateTimeOffset after, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<DateTimeOffset?>(NextSql, new { after }, cancellationToken);

    /// <summary>Removes deliveries settled before <paramref name="before"/>.</summary>
    public Task<int> PruneAsync(Session session, DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        session.ExecuteAsync(PruneSql, new { before, limit }, cancellationToken);
}

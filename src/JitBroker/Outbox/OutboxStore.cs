using System.Text.Json;
using JitBroker.Storage;

namespace JitBroker.Outbox;

/// <summary>
/// Rows of cards, posted copies and deliveries. A card's row is the root of its copies: it is locked when the card's state moves and when a fresh
/// copy is registered, so that a copy posted while the state moved is always followed by an edit.
/// </summary>
public sealed class OutboxStore
{
    private const string DeliveryColumns = """
        id, surface, template, about_id, recipient, copy_id, data, state, created_at, next_attempt_at, attempts, settled_at, last_error
        """;

    private const string CopyColumns = "id, surface, template, about_id, recipient, tenant, channel, message, revision, posted_at";

    private const string InsertCardSql = """
        insert into cards (request_id, revision)
        values (@requestId, 1)
        """;

    private const string GivenIds = "select value from /* pg instead: json_array_elements_text(cast(@ids as json)) */ json_each(@ids) /* end */";

    // Locked in one order, so that no two of these wait for each other.
    private const string MoveCardsSql = $"""
        update cards
           set revision = revision + 1
         where request_id in (select request_id
                                from cards
                               where request_id in ({GivenIds})
                            order by request_id /* pg: for update */)
        """;

    private const string RevisionSql = """
        select revision
          from cards
         where request_id = @requestId
        """;

    private const string LockRevisionSql = """
        select revision
          from cards
         where request_id = @requestId /* pg: for update */
        """;

    private const string InsertDeliverySql = """
        insert into deliveries (id, surface, template, about_id, recipient, copy_id, data, state, created_at, next_attempt_at, attempts, settled_at, last_error)
        values (@Id, @Surface, @Template, @AboutId, @Recipient, @CopyId, @Data, @State, @CreatedAt, @NextAttemptAt, @Attempts, @SettledAt, @LastError)
            on conflict (copy_id) where state = 'pending' and claimed_by is null and copy_id is not null do nothing
        """;

    private const string InsertCopySql = """
        insert into copies (id, surface, template, about_id, recipient, tenant, channel, message, revision, posted_at)
        values (@Id, @Surface, @Template, @AboutId, @Recipient, @Tenant, @Channel, @Message, @Revision, @PostedAt)
            on conflict (surface, tenant, channel, message) do nothing
        """;

    private const string CopiesSql = $"""
          select {CopyColumns}
            from copies
           where about_id in ({GivenIds})
           union
          select {CopyColumns}
            from copies
           where about_id in (select requester from requests where id in ({GivenIds}))
             and template = 'home'
             and posted_at > @homesSince
        order by id
        """;

    private const string CardCopiesSql = $"""
          select {CopyColumns}
            from copies
           where about_id = @requestId
        order by id
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

    private const string LockCopySql = """
        select id
          from copies
         where id = @id /* pg: for update */
        """;

    private const string HomesSql = $"""
          select {CopyColumns}
            from copies
           where template = 'home'
             and posted_at > @since
        order by id
        """;

    private const string OpenHomeSql = $"""
        insert into copies (id, surface, template, about_id, recipient, tenant, channel, message, revision, posted_at)
        values (@Id, @Surface, @Template, @AboutId, @Recipient, @Tenant, @Channel, @Message, @Revision, @PostedAt)
            on conflict (surface, tenant, channel, message)
            do update set about_id = excluded.about_id,
                          recipient = excluded.recipient,
                          posted_at = excluded.posted_at
        returning {CopyColumns}
        """;

    private const string FindCopySql = $"""
        select {CopyColumns}
          from copies
         where id = @id
        """;

    private const string FindCopyByMessageSql = $"""
        select {CopyColumns}
          from copies
         where surface = @surface
           and tenant = @tenant
           and channel = @channel
           and message = @message
        """;

    private const string ShowSql = """
        update copies
           set revision = @revision
         where id = @id
        """;

    private const string ForgetEditsSql = """
        delete from deliveries
         where copy_id = @id
           and state in ('pending', 'uncertain')
        """;

    private const string ForgetSql = """
        update deliveries
           set copy_id = null
         where copy_id = @id
        """;

    private const string DeleteCopySql = """
        delete from copies
         where id = @id
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
        returning {DeliveryColumns}
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

    public Task InsertCardAsync(Session session, string requestId, CancellationToken cancellationToken) =>
        session.WriteAsync(InsertCardSql, new { requestId }, cancellationToken);

    /// <summary>
    /// Counts the cards of these requests up under their locks, and reads the copies that are out of date now, each once: none of a request that has no card,
    /// and its asker's Home if that was opened after <paramref name="homesSince"/>.
    /// </summary>
    public async Task<IReadOnlyList<PostedCopy>> MoveCardsAsync(Session session, IReadOnlyCollection<string> requestIds, DateTimeOffset homesSince, CancellationToken cancellationToken)
    {
        var ids = JsonSerializer.Serialize(requestIds);
        await session.WriteAsync(MoveCardsSql, new { ids }, cancellationToken);
        return await session.QueryAsync<PostedCopy>(CopiesSql, new { ids, homesSince }, cancellationToken);
    }

    /// <summary>The posted copies of a request's cards.</summary>
    public Task<IReadOnlyList<PostedCopy>> CopiesAsync(Session session, string requestId, CancellationToken cancellationToken) =>
        session.QueryAsync<PostedCopy>(CardCopiesSql, new { requestId }, cancellationToken);

    /// <summary>Whether the first message about this to that recipient is still to be posted.</summary>
    public async Task<bool> IsOnItsWayAsync(Session session, string surface, string aboutId, string recipient, CancellationToken cancellationToken) =>
        await session.FirstOrDefaultAsync<long>(IsOnItsWaySql, new { surface, aboutId, recipient }, cancellationToken) > 0;

    /// <summary>Holds a copy, so that no edit of it is added until this transaction ends: for a Home, which has no card to hold.</summary>
    public Task LockCopyAsync(Session session, string copyId, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<string>(LockCopySql, new { id = copyId }, cancellationToken);

    /// <summary>Every Home that was opened after <paramref name="since"/>.</summary>
    public Task<IReadOnlyList<PostedCopy>> HomesAsync(Session session, DateTimeOffset since, CancellationToken cancellationToken) =>
        session.QueryAsync<PostedCopy>(HomesSql, new { since }, cancellationToken);

    /// <summary>Notes that somebody opened their Home.</summary>
    /// <returns>The copy as it is kept: the first one of this account, whoever it belongs to now.</returns>
    public async Task<PostedCopy> OpenHomeAsync(Session session, PostedCopy home, CancellationToken cancellationToken) =>
        (await session.FirstOrDefaultAsync<PostedCopy>(OpenHomeSql, home, cancellationToken))!;

    /// <summary>The card's revision now; 0 when there is no card.</summary>
    public async Task<int> RevisionAsync(Session session, string requestId, CancellationToken cancellationToken) =>
        await session.FirstOrDefaultAsync<int?>(RevisionSql, new { requestId }, cancellationToken) ?? 0;

    /// <summary>As <see cref="RevisionAsync"/>, and holds the card so that its state cannot move until this transaction ends.</summary>
    public async Task<int> LockRevisionAsync(Session session, string requestId, CancellationToken cancellationToken) =>
        await session.FirstOrDefaultAsync<int?>(LockRevisionSql, new { requestId }, cancellationToken) ?? 0;

    /// <summary>Adds a delivery; an edit of a copy for which one waits already is dropped, since that one will show the newest state.</summary>
    public Task InsertAsync(Session session, Delivery delivery, CancellationToken cancellationToken) =>
        session.WriteAsync(InsertDeliverySql, delivery, cancellationToken);

    /// <returns>False when this message is registered already.</returns>
    public async Task<bool> InsertCopyAsync(Session session, PostedCopy copy, CancellationToken cancellationToken) =>
        await session.ExecuteAsync(InsertCopySql, copy, cancellationToken) == 1;

    public Task<PostedCopy?> FindCopyAsync(Session session, string id, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<PostedCopy>(FindCopySql, new { id }, cancellationToken);

    public Task<PostedCopy?> FindCopyAsync(Session session, string surface, string tenant, string channel, string message, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<PostedCopy>(FindCopyByMessageSql, new { surface, tenant, channel, message }, cancellationToken);

    /// <summary>Notes which revision a copy shows now.</summary>
    public Task ShowAsync(Session session, string copyId, int revision, CancellationToken cancellationToken) =>
        session.ExecuteAsync(ShowSql, new { id = copyId, revision }, cancellationToken);

    /// <summary>The message is gone; its copy is forgotten, and the edits that wait for it.</summary>
    public async Task ForgetAsync(Session session, string copyId, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync(ForgetEditsSql, new { id = copyId }, cancellationToken);
        await session.ExecuteAsync(ForgetSql, new { id = copyId }, cancellationToken);
        await session.ExecuteAsync(DeleteCopySql, new { id = copyId }, cancellationToken);
    }

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

    public Task<DateTimeOffset?> NextAsync(Session session, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<DateTimeOffset?>(NextSql, null, cancellationToken);

    /// <summary>Removes deliveries settled before <paramref name="before"/>.</summary>
    public Task<int> PruneAsync(Session session, DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        session.ExecuteAsync(PruneSql, new { before, limit }, cancellationToken);
}

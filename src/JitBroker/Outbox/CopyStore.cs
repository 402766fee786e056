using System.Text.Json;
using JitBroker.Storage;

namespace JitBroker.Outbox;

/// <summary>
/// Rows of cards and of their posted copies. A card's row is the root of its copies: it is locked when the card's state moves and when a fresh copy is registered, so
/// that a copy posted while the state moved is always followed by an edit.
/// </summary>
public sealed class CopyStore
{
    private const string Columns = "id, surface, template, about_id, recipient, tenant, channel, message, revision, posted_at";

    private const string InsertCardSql = """
        insert into cards (request_id, revision)
        values (@requestId, 1)
        """;

    private const string MoveCardSql = """
        update cards
           set revision = revision + 1
         where request_id = @requestId
        """;

    // Locked in one order, so that no two of these wait for each other.
    private const string MoveCardsSql = $"""
        update cards
           set revision = revision + 1
         where request_id in (select request_id
                                from cards
                               where request_id {JsonRows.AmongIds}
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

    private const string InsertSql = """
        insert into copies (id, surface, template, about_id, recipient, tenant, channel, message, revision, posted_at)
        values (@Id, @Surface, @Template, @AboutId, @Recipient, @Tenant, @Channel, @Message, @Revision, @PostedAt)
            on conflict (surface, tenant, channel, message) do nothing
        """;

    private const string MovedCopiesSql = $"""
          select {Columns}
            from copies
           where about_id {JsonRows.AmongIds}
           union
          select {Columns}
            from copies
           where about_id in (select requester from requests where id {JsonRows.AmongIds})
             and template = 'home'
             and posted_at > @homesSince
        order by id
        """;

    private const string OfRequestSql = $"""
          select {Columns}
            from copies
           where about_id = @requestId
        order by id
        """;

    private const string LockSql = """
        select id
          from copies
         where id = @id /* pg: for update */
        """;

    private const string HomesSql = $"""
          select {Columns}
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
        returning {Columns}
        """;

    private const string FindSql = $"""
        select {Columns}
          from copies
         where id = @id
        """;

    private const string FindByMessageSql = $"""
        select {Columns}
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

    private const string DeleteSql = """
        delete from copies
         where id = @id
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
        if (requestIds.Count == 1)
            await session.WriteAsync(MoveCardSql, new { requestId = requestIds.First() }, cancellationToken);
        else
            await session.WriteAsync(MoveCardsSql, new { ids }, cancellationToken);
        return await session.QueryAsync<PostedCopy>(MovedCopiesSql, new { ids, homesSince }, cancellationToken);
    }

    /// <summary>The posted copies of a request's cards.</summary>
    public Task<IReadOnlyList<PostedCopy>> OfRequestAsync(Session session, string requestId, CancellationToken cancellationToken) =>
        session.QueryAsync<PostedCopy>(OfRequestSql, new { requestId }, cancellationToken);

    /// <summary>Holds a copy, so that no edit of it is added until this transaction ends: for a Home, which has no card to hold.</summary>
    public Task LockAsync(Session session, string copyId, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<string>(LockSql, new { id = copyId }, cancellationToken);

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

    /// <returns>False when this message is registered already.</returns>
    public async Task<bool> InsertAsync(Session session, PostedCopy copy, CancellationToken cancellationToken) =>
        await session.ExecuteAsync(InsertSql, copy, cancellationToken) == 1;

    public Task<PostedCopy?> FindAsync(Session session, string id, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<PostedCopy>(FindSql, new { id }, cancellationToken);

    public Task<PostedCopy?> FindAsync(Session session, string surface, string tenant, string channel, string message, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<PostedCopy>(FindByMessageSql, new { surface, tenant, channel, message }, cancellationToken);

    /// <summary>Notes which revision a copy shows now.</summary>
    public Task ShowAsync(Session session, string copyId, int revision, CancellationToken cancellationToken) =>
        session.ExecuteAsync(ShowSql, new { id = copyId, revision }, cancellationToken);

    /// <summary>The message is gone; its copy is forgotten, and the edits that wait for it.</summary>
    public async Task ForgetAsync(Session session, string copyId, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync(ForgetEditsSql, new { id = copyId }, cancellationToken);
        await session.ExecuteAsync(ForgetSql, new { id = copyId }, cancellationToken);
        await session.ExecuteAsync(DeleteSql, new { id = copyId }, cancellationToken);
    }
}

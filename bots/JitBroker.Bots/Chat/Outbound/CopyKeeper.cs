using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Scheduling;
using JitBroker.Storage;

namespace JitBroker.Bots.Chat;

/// <summary>The message that a button was pressed on.</summary>
/// <param name="IsPrivate">Only the one who pressed sees it.</param>
internal sealed record PressedMessage(string Surface, string Tenant, string Channel, string Message, bool IsPrivate);

/// <summary>
/// Keeps copies that nobody registered: a message whose posting looked failed but was not, or came twice, is registered at its first press and edited to the
/// truth (E6). Only for one who may read it: a forged value must not make the bot show a request to somebody who may not see it (rule 14).
/// </summary>
internal sealed class CopyKeeper(Database database, OutboxStore outbox, CopyStore copies, RequestStore requests, GrantStore grants, CatalogHolder catalogs, Wakeups wakeups, TimeProvider clock)
{
    /// <summary>Looks at where a button was pressed; what was pressed is not done here.</summary>
    public async Task NoteAsync(PressedMessage pressed, Actor actor, string action, string id, CancellationToken cancellationToken)
    {
        var template = action switch
        {
            ChatActions.Approve or ChatActions.ApproveLess or ChatActions.Deny => Templates.ApprovalCard,
            ChatActions.Cancel or ChatActions.Escalate or ChatActions.Collect or ChatActions.Done or ChatActions.RequestAgain => Templates.AskerCard,
            ChatActions.EndNow or ChatActions.Review => Templates.EmergencyCard,
            _ => null,
        };
        if (template is not null && Ids.IsId(id))
            await database.WriteAsync(session => RegisterAsync(session, pressed, actor, template, action, id, cancellationToken), cancellationToken);
    }

    private async Task RegisterAsync(Session session, PressedMessage pressed, Actor actor, string template, string action, string id, CancellationToken cancellationToken)
    {
        if (await copies.FindAsync(session, pressed.Surface, pressed.Tenant, pressed.Channel, pressed.Message, cancellationToken) is { } known)
        {
            await RefreshAsync(session, known, cancellationToken);
            return;
        }

        var requestId = action is ChatActions.Collect or ChatActions.Done or ChatActions.EndNow or ChatActions.Review ? (await grants.FindAsync(session, id, cancellationToken))?.RequestId : id;
        if (requestId is null || await requests.FindAsync(session, requestId, cancellationToken) is not { } request || !MayRead(actor, request, template))
            return;
        if (await copies.LockRevisionAsync(session, requestId, cancellationToken) == 0)
            return;
        var now = clock.GetUtcNow();
        var copy = new PostedCopy
        {
            Id = Ids.New(now),
            Surface = pressed.Surface,
            Template = template,
            AboutId = requestId,
            Recipient = template == Templates.AskerCard || pressed.IsPrivate ? Recipients.Person(actor.Email) : Recipients.Channel(pressed.Channel),
            Tenant = pressed.Tenant,
            Channel = pressed.Channel,
            Message = pressed.Message,
            Revision = 0,
            PostedAt = now,
        };
        if (await copies.InsertAsync(session, copy, cancellationToken))
            await EditAsync(session, copy, now, cancellationToken);
    }

    /// <summary>A copy that shows an old revision, because its edit was given up: it is edited once more.</summary>
    private async Task RefreshAsync(Session session, PostedCopy known, CancellationToken cancellationToken)
    {
        if (known.Revision < await copies.LockRevisionAsync(session, known.AboutId, cancellationToken))
            await EditAsync(session, known, clock.GetUtcNow(), cancellationToken);
    }

    private async Task EditAsync(Session session, PostedCopy copy, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await outbox.InsertAsync(session, Announcer.EditOf(copy, now), cancellationToken);
        session.AfterCommit(() => wakeups.Pulse(Sweep.DeliverOutbox));
    }

    private bool MayRead(Actor actor, Request request, string template) => template == Templates.AskerCard
        ? request.Requester == actor.Email
        : RequestContent.FromText(request.Content).MayBeReadBy(catalogs.Directory, actor.Email);
}

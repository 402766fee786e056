using JitBroker.Bots.Chat;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Storage;

namespace JitBroker.Bots.Slack;

/// <summary>
/// Buttons on messages. The value names what is meant and nothing more: who may do what is worked out anew at each press (D4–D6), and a no is told in
/// private to the one who pressed.
/// </summary>
internal sealed class SlackPresses(
    ChatService chat, ChatPresses presses, LinkByChat linking, RequestFormDesk forms, SlackForms modals, SlackHome homes, CopyKeeper copies, SlackWorkspaces workspaces, SlackPeople people, PrivateAnswers answers,
    Database database, InboxStore inbox)
{
    public async Task HandleAsync(SlackDelivery delivery, CancellationToken cancellationToken)
    {
        var action = delivery.Action.Text("action_id") ?? "";
        var id = delivery.Action.Text("value") ?? "";
        if (action == ChatActions.LinkAccount)
        {
            var side = await people.SideAsync(delivery, "chat.link", cancellationToken);
            await SayAsync(delivery, side.Refusal is { } no ? no : await linking.ShowAsync(side.Value!, cancellationToken), action, cancellationToken);
            return;
        }

        var who = await people.ResolveAsync(delivery, ChatPresses.AttemptOf(action), ChatPresses.AssuranceFor(action), cancellationToken);
        if (who.Refusal is { } stranger)
        {
            await answers.SayAsync(delivery, Refused.Of(stranger), replaceOriginal: false, cancellationToken);
            return;
        }

        if (delivery is { IsEphemeral: false, ChannelId: { Length: > 0 } channel, MessageTs: { Length: > 0 } ts })
            await copies.NoteAsync(new PressedMessage(SlackInbox.SurfaceName, workspaces.Known[0], channel, ts, IsPrivate: channel.StartsWith('D')), who.Value!, action, id, cancellationToken);
        if (await OpensAsync(delivery, who.Value!, action, id, cancellationToken))
            return;
        await SayAsync(delivery, await presses.RunAsync(who.Value!, action, id, delivery.IsEphemeral, (session, token) => FinishAsync(session, delivery, token), cancellationToken), action, cancellationToken);

        // Whatever came of it: what was pressed may have been out of date.
        if (delivery.IsHome)
            await homes.RefreshAsync(delivery, who.Value!, cancellationToken);
    }

    /// <returns>False: the press opens no form.</returns>
    private async Task<bool> OpensAsync(SlackDelivery delivery, Actor actor, string action, string id, CancellationToken cancellationToken)
    {
        // The form "Request access" opens at once and is filled then, since filling it may take its time.
        if (action == ChatActions.RequestAgain)
            await AgainAsync(delivery, actor, id, cancellationToken);
        else if (action == ChatActions.RequestAccess)
            await forms.OpenAsync(delivery, actor, ChatPresses.DraftOf(id), cancellationToken);
        else if (await presses.FormAsync(actor, action, id, cancellationToken) is { } form)
            await modals.OpenAsync(delivery, form, cancellationToken);
        else
            return false;
        return true;
    }

    private async Task AgainAsync(SlackDelivery delivery, Actor actor, string requestId, CancellationToken cancellationToken)
    {
        var draft = await chat.AgainAsync(actor, requestId, cancellationToken);
        if (draft.Refusal is { } refusal)
            await answers.SayAsync(delivery, Refused.Of(refusal), replaceOriginal: false, cancellationToken);
        else
            await forms.OpenAsync(delivery, actor, draft.Value!, cancellationToken);
    }

    private Task FinishAsync(Session session, SlackDelivery delivery, CancellationToken cancellationToken) =>
        inbox.FinishAsync(session, delivery.Id, null, cancellationToken);

    private async Task SayAsync(SlackDelivery delivery, ChatReply reply, string action, CancellationToken cancellationToken)
    {
        await database.WriteAsync(session => FinishAsync(session, delivery, cancellationToken), cancellationToken);

        // A question that was asked in private and is answered makes room for its answer; a list stays.
        var replaces = action is ChatActions.LoginConfirm or ChatActions.LoginRefuse or ChatActions.LinkConfirm or ChatActions.LinkRefuse;
        if (reply.Message is { } message)
            await answers.SayAsync(delivery, message, replaces, cancellationToken);
    }
}

using JitBroker.Bots.Chat;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.Bots.Slack;

/// <summary>
/// Buttons on messages. The value names what is meant and nothing more: who may do what is worked out anew at each press (D4–D6), and a no is told in
/// private to the one who pressed.
/// </summary>
internal sealed class SlackPresses(
    ChatService chat, ChatExtensions extensions, ChatEmergencies emergencies, SignInByChat signIn, LinkByChat linking, RequestFormDesk forms, DenyForm deny, ApproveLessForm less, BreakGlassForm breakGlass, ReviewForm review, SlackHome homes, CopyKeeper copies, SlackWorkspaces workspaces, SlackPeople people, PrivateAnswers answers,
    Database database, InboxStore inbox, TimeProvider clock)
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

        var who = await people.ResolveAsync(delivery, "chat." + Cut.To(Clean.Line(action) is { Length: > 0 } name ? name : "press", 40), AssuranceFor(action), cancellationToken);
        if (who.Refusal is { } stranger)
        {
            await answers.SayAsync(delivery, Refused.Of(stranger), replaceOriginal: false, cancellationToken);
            return;
        }

        if (delivery is { IsEphemeral: false, ChannelId: { Length: > 0 } channel, MessageTs: { Length: > 0 } ts })
            await copies.NoteAsync(new PressedMessage(SlackInbox.SurfaceName, workspaces.Known[0], channel, ts, IsPrivate: channel.StartsWith('D')), who.Value!, action, id, cancellationToken);
        if (await OpensAsync(delivery, who.Value!, action, id, cancellationToken))
            return;
        await SayAsync(delivery, await RunAsync(delivery, who.Value!, action, id, cancellationToken), action, cancellationToken);

        // Whatever came of it: what was pressed may have been out of date.
        if (delivery.IsHome)
            await homes.RefreshAsync(delivery, who.Value!, cancellationToken);
    }

    /// <returns>False: the press opens no form.</returns>
    private async Task<bool> OpensAsync(SlackDelivery delivery, Actor actor, string action, string id, CancellationToken cancellationToken)
    {
        if (action == ChatActions.Deny)
            await deny.OpenAsync(delivery, actor, id, cancellationToken);
        else if (action == ChatActions.ApproveLess)
            await less.OpenAsync(delivery, actor, id, cancellationToken);
        else if (action == ChatActions.RequestAgain)
            await AgainAsync(delivery, actor, id, cancellationToken);
        else if (action == ChatActions.RequestAccess)
            await forms.OpenAsync(delivery, actor, id == ChatActions.Nothing ? RequestDraft.Empty : RequestDraft.Empty with { Entitlement = id }, cancellationToken);
        else if (action == ChatActions.BreakGlass)
            await breakGlass.OpenAsync(delivery, actor, new EmergencyDraft(null, null, null, "", null), cancellationToken);
        else if (action == ChatActions.Escalate)
            await breakGlass.EscalateAsync(delivery, actor, id, cancellationToken);
        else if (action == ChatActions.Review)
            await review.OpenAsync(delivery, actor, id, cancellationToken);
        else
            return false;
        return true;
    }

    private async Task<ChatReply> RunAsync(SlackDelivery delivery, Actor actor, string action, string id, CancellationToken cancellationToken) => action switch
    {
        ChatActions.Approve => await chat.ApproveAsync(actor, id, delivery.IsEphemeral, (session, _, token) => FinishAsync(session, delivery, token), cancellationToken),
        ChatActions.Cancel => await chat.WithdrawAsync(actor, id, (session, _, token) => FinishAsync(session, delivery, token), cancellationToken),
        ChatActions.Done => await chat.DoneAsync(actor, id, (session, _, token) => FinishAsync(session, delivery, token), cancellationToken),
        ChatActions.Collect => await chat.HowToCollectAsync(actor, id, clock.GetUtcNow(), cancellationToken),
        ChatActions.LoginConfirm => await signIn.AnswerAsync(actor, id, isConfirmed: true, cancellationToken),
        ChatActions.LoginRefuse => await signIn.AnswerAsync(actor, id, isConfirmed: false, cancellationToken),
        ChatActions.LinkConfirm => await linking.AnswerAsync(actor, id, isConfirmed: true, (session, _, token) => FinishAsync(session, delivery, token), cancellationToken),
        ChatActions.LinkRefuse => await linking.AnswerAsync(actor, id, isConfirmed: false, (session, _, token) => FinishAsync(session, delivery, token), cancellationToken),
        ChatActions.SeeIt => ChatReply.Silent,
        ChatActions.NotMe => await signIn.NotMeAsync(actor, id, cancellationToken),
        ChatActions.Extend => await extensions.PressAsync(actor, id, (session, _, token) => FinishAsync(session, delivery, token), cancellationToken),
        ChatActions.EndNow => await emergencies.EndNowAsync(actor, id, (session, _, token) => FinishAsync(session, delivery, token), cancellationToken),
        _ => new Refusal(Codes.InvalidRequest, "I don't know that button. /access help shows what you can type."),
    };

    private async Task AgainAsync(SlackDelivery delivery, Actor actor, string requestId, CancellationToken cancellationToken)
    {
        var draft = await chat.AgainAsync(actor, requestId, cancellationToken);
        if (draft.Refusal is { } refusal)
            await answers.SayAsync(delivery, Refused.Of(refusal), replaceOriginal: false, cancellationToken);
        else
            await forms.OpenAsync(delivery, actor, draft.Value!, cancellationToken);
    }

    /// <summary>What decides, or opens a way to decide, needs certainty about the account; ending access does not wait for Slack.</summary>
    private static Assurance AssuranceFor(string action) => action switch
    {
        ChatActions.Approve or ChatActions.LoginConfirm or ChatActions.LinkConfirm => Assurance.Certain,
        ChatActions.Deny or ChatActions.ApproveLess or ChatActions.RequestAgain or ChatActions.RequestAccess or ChatActions.BreakGlass or ChatActions.Escalate or ChatActions.Review or ChatActions.EndNow or ChatActions.Done or ChatActions.Cancel or ChatActions.NotMe or ChatActions.LoginRefuse or ChatActions.LinkRefuse or ChatActions.SeeIt => Assurance.Known,
        _ => Assurance.Asked,
    };

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

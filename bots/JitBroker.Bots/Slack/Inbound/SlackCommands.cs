using JitBroker.Bots.Chat;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Storage;

namespace JitBroker.Bots.Slack;

/// <summary><c>/access …</c>: understood, worked on, answered in private.</summary>
internal sealed class SlackCommands(
    ChatService chat, ChatCommands commands, LinkByChat linking, OpenForms forms, RequestFormDesk desk, SlackForms modals, SlackCalls calls, SlackPeople people, PrivateAnswers answers, FollowUp followUp, Database database, InboxStore inbox)
{
    public async Task HandleAsync(SlackDelivery delivery, CancellationToken cancellationToken)
    {
        var command = Grammar.Parse(SlackText.Plain(delivery.Payload.Text("text")));
        if (command is ChatCommand.Help)
        {
            await answers.SayAsync(delivery, Help.All(), replaceOriginal: false, cancellationToken);
            return;
        }

        if (command is ChatCommand.Link link)
        {
            await LinkAsync(delivery, link.Code, cancellationToken);
            return;
        }

        var who = await people.ResolveAsync(delivery, ChatCommands.AttemptOf(command), ChatCommands.AssuranceFor(command), cancellationToken);
        if (who.Refusal is { } stranger)
        {
            await answers.SayAsync(delivery, Refused.Of(stranger), replaceOriginal: false, cancellationToken);
            return;
        }

        var done = await commands.RunAsync(
            who.Value!, command, draft => AskAsync(delivery, who.Value!, draft, cancellationToken), (session, token) => FinishAsync(session, delivery, token), cancellationToken);
        if (done.Opens is { } form)
            await OpenAsync(delivery, who.Value!, form, cancellationToken);
        else
            await SayAsync(delivery, done.Reply!, cancellationToken);
    }

    private async Task OpenAsync(SlackDelivery delivery, Actor actor, CommandForm form, CancellationToken cancellationToken)
    {
        switch (form)
        {
            case CommandForm.Request request:
                await desk.OpenAsync(delivery, actor, request.Draft, cancellationToken);
                break;
            case CommandForm.BreakGlass emergency:
                await modals.OpenAsync(delivery, await forms.BreakGlassAsync(actor, emergency.Draft, cancellationToken), cancellationToken);
                break;
            case CommandForm.Review review:
                await modals.OpenAsync(delivery, await forms.ReviewAsync(actor, review.GrantId, cancellationToken), cancellationToken);
                break;
        }
    }

    private async Task<ChatReply> AskAsync(SlackDelivery delivery, Actor actor, RequestDraft draft, CancellationToken cancellationToken)
    {
        var asked = await people.ResolveAsync(delivery, "request.submit", Assurance.Asked, cancellationToken);
        return asked.Refusal is { } refusal
            ? refusal
            : await chat.AskAsync(actor, draft, (session, _, token) => FinishAsync(session, delivery, token), cancellationToken);
    }

    /// <summary>Also for an account that is nobody's yet; Slack must have said what kind of account it is.</summary>
    private async Task LinkAsync(SlackDelivery delivery, string? code, CancellationToken cancellationToken)
    {
        var side = await people.SideAsync(delivery, "chat.link", cancellationToken);
        var reply = side.Refusal is { } refusal ? refusal
            : code is null ? await linking.ShowAsync(side.Value!, cancellationToken)
            : await linking.TypeAsync(side.Value!, code, cancellationToken);
        await SayAsync(delivery, reply, cancellationToken);
    }

    private Task FinishAsync(Session session, SlackDelivery delivery, CancellationToken cancellationToken) =>
        inbox.FinishAsync(session, delivery.Id, null, cancellationToken);

    private async Task SayAsync(SlackDelivery delivery, ChatReply reply, CancellationToken cancellationToken)
    {
        // Done before it is told: a telling that fails is not worth doing the deed again.
        await database.WriteAsync(session => FinishAsync(session, delivery, cancellationToken), cancellationToken);
        if (reply.Message is { } message)
            await answers.SayAsync(delivery, message, replaceOriginal: false, cancellationToken);
        if (reply.Ending is { } grantId)
            followUp.TellEnd(grantId, (ended, token) => answers.SayAsync(delivery, ended, replaceOriginal: true, token));
        if (reply is { Asked: { } requestId, Message: { } answer })
            followUp.TellWhere(requestId, token => WhereAsync(answer, requestId, token), (where, token) => answers.SayAsync(delivery, where, replaceOriginal: true, token));
    }

    /// <summary>The answer with a link to the card of its request; null until that is posted.</summary>
    private async Task<ChatMessage?> WhereAsync(ChatMessage answer, string requestId, CancellationToken cancellationToken)
    {
        if (await chat.CardInChannelAsync(SlackInbox.SurfaceName, requestId, cancellationToken) is not { } card)
            return null;
        return await calls.LinkAsync(card.Channel, card.Message, cancellationToken) is { } link ? ChatReply.SeeIt(answer, requestId, new Uri(link)) : null;
    }
}

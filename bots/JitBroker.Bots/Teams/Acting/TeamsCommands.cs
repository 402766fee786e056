using JitBroker.Bots.Chat;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Storage;

namespace JitBroker.Bots.Teams;

/// <summary>Words typed to the bot, in its own chat or by a mention in a channel: understood, worked on, answered in private. A form that words ask for stands in the answer, since a bot cannot open a dialog.</summary>
internal sealed class TeamsCommands(
    ChatService chat, ChatCommands commands, LinkByChat linking, OpenForms forms, PersonalCards cards, TeamsPeople people, TeamsReplies replies, TeamsLinks links, FollowUp followUp, Database database, InboxStore inbox)
{
    public async Task HandleAsync(TeamsActivity activity, CancellationToken cancellationToken)
    {
        var command = TeamsWords.Read(activity.Text);
        if (command is ChatCommand.Help)
        {
            await replies.SayAsync(activity, Help.All(), cancellationToken);
            return;
        }

        if (command is ChatCommand.Link link)
        {
            await LinkAsync(activity, link.Code, cancellationToken);
            return;
        }

        var who = await people.ResolveAsync(activity, ChatCommands.AttemptOf(command), ChatCommands.AssuranceFor(command), cancellationToken);
        if (who.Refusal is { } stranger)
            await replies.SayAsync(activity, TeamsWords.Message(stranger), cancellationToken);
        else if (command is ChatCommand.Mine)
            await replies.SayAsync(activity, await cards.HomeAsync(who.Value!, cancellationToken), CardNames.Home, cancellationToken);
        else
            await RunAsync(activity, who.Value!, command, cancellationToken);
    }

    private async Task RunAsync(TeamsActivity activity, Actor actor, ChatCommand command, CancellationToken cancellationToken)
    {
        var done = await commands.RunAsync(actor, command, draft => AskAsync(activity, actor, draft, cancellationToken), (session, token) => FinishAsync(session, activity, token), cancellationToken);
        if (done.Opens is not { } form)
        {
            await SayAsync(activity, done.Reply!, command is ChatCommand.Pending ? CardNames.Pending : null, cancellationToken);
            return;
        }

        var opened = form switch
        {
            CommandForm.Request request => await forms.RequestAsync(actor, request.Draft, cancellationToken),
            CommandForm.BreakGlass emergency => await forms.BreakGlassAsync(actor, emergency.Draft, cancellationToken),
            CommandForm.Review review => await forms.ReviewAsync(actor, review.GrantId, cancellationToken),
            _ => throw new InvalidOperationException($"{form.GetType().Name} does not open."),
        };
        if (opened.Refusal is { } refusal)
            await replies.SayAsync(activity, TeamsWords.Message(refusal), cancellationToken);
        else
            await replies.SayAsync(activity, FormMessage.Of(opened.Value!, FormData.OffsetOf(activity)), cancellationToken);
    }

    private async Task<ChatReply> AskAsync(TeamsActivity activity, Actor actor, RequestDraft draft, CancellationToken cancellationToken)
    {
        var asked = await people.ResolveAsync(activity, "request.submit", Assurance.Asked, cancellationToken);
        return asked.Refusal is { } refusal
            ? refusal
            : await chat.AskAsync(actor, draft, (session, _, token) => FinishAsync(session, activity, token), cancellationToken);
    }

    /// <summary>Also for an account that is nobody's yet; Teams must have said what kind of account it is.</summary>
    private async Task LinkAsync(TeamsActivity activity, string? code, CancellationToken cancellationToken)
    {
        var side = await people.SideAsync(activity, "chat.link", cancellationToken);
        var reply = side.Refusal is { } refusal ? refusal
            : code is null ? await linking.ShowAsync(side.Value!, cancellationToken)
            : await linking.TypeAsync(side.Value!, code, cancellationToken);
        await SayAsync(activity, reply, null, cancellationToken);
    }

    private Task FinishAsync(Session session, TeamsActivity activity, CancellationToken cancellationToken) => inbox.FinishAsync(session, activity.DeliveryId, null, cancellationToken);

    private async Task SayAsync(TeamsActivity activity, ChatReply reply, string? card, CancellationToken cancellationToken)
    {
        // Done before it is told: a telling that fails is not worth doing the deed again.
        await database.WriteAsync(session => FinishAsync(session, activity, cancellationToken), cancellationToken);
        if (reply.Refusal is { } refusal)
        {
            await replies.SayAsync(activity, TeamsWords.Message(refusal), cancellationToken);
            return;
        }

        if (reply.Message is not { } answer)
            return;
        var said = await replies.SayAsync(activity, answer, card, cancellationToken);
        if (reply.Ending is { } grantId)
            followUp.TellEnd(grantId, (ended, token) => replies.AmendAsync(activity, said, ended, token));
        if (reply.Asked is { } requestId && said is not null)
            followUp.TellWhere(requestId, token => WhereAsync(answer, requestId, token), (where, token) => replies.AmendAsync(activity, said, where, token));
    }

    /// <summary>The answer with a link to the card of its request; null until that is posted.</summary>
    private async Task<ChatMessage?> WhereAsync(ChatMessage answer, string requestId, CancellationToken cancellationToken)
    {
        if (await chat.CardInChannelAsync(TeamsPeople.SurfaceName, requestId, cancellationToken) is not { } card)
            return null;
        return await links.OfAsync(card, cancellationToken) is { } link ? ChatReply.SeeIt(answer, requestId, link) : null;
    }
}

using JitBroker.Bots.Chat;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Storage;

namespace JitBroker.Bots.Slack;

/// <summary><c>/access …</c>: understood, worked on, answered in private.</summary>
internal sealed class SlackCommands(
    ChatService chat, ChatExtensions extensions, ChatEmergencies emergencies, DraftRequest drafts, SignInByChat signIn, LinkByChat linking, RequestFormDesk forms, BreakGlassForm breakGlass, ReviewForm review, SlackPeople people, PrivateAnswers answers, FollowUp followUp, Database database, InboxStore inbox)
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

        // A form must open within three seconds, so nobody is asked about the account before it does; the submission is checked.
        var assurance = command is ChatCommand.Ask or ChatCommand.BreakGlass or ChatCommand.Unknown or ChatCommand.Why ? Assurance.Known : command is ChatCommand.Login or ChatCommand.Review or ChatCommand.Lift ? Assurance.Certain : Assurance.Asked;
        var who = await people.ResolveAsync(delivery, "chat." + Name(command), assurance, cancellationToken);
        if (who.Refusal is { } stranger)
        {
            await answers.SayAsync(delivery, Refused.Of(stranger), replaceOriginal: false, cancellationToken);
            return;
        }

        if (command is ChatCommand.Ask ask)
            await AskAsync(delivery, who.Value!, ask, cancellationToken);
        else if (command is ChatCommand.BreakGlass emergency)
            await breakGlass.OpenAsync(delivery, who.Value!, EmergencyDraft.Of(emergency), cancellationToken);
        else if (command is ChatCommand.Review reviewed)
            await ReviewAsync(delivery, who.Value!, reviewed, cancellationToken);
        else
            await SayAsync(delivery, await RunAsync(delivery, who.Value!, command, cancellationToken), cancellationToken);
    }

    private async Task<ChatReply> RunAsync(SlackDelivery delivery, Actor actor, ChatCommand command, CancellationToken cancellationToken) => command switch
    {
        ChatCommand.Mine => await chat.MineAsync(actor, cancellationToken),
        ChatCommand.Pending => await chat.PendingAsync(actor, cancellationToken),
        ChatCommand.Withdraw withdraw => await chat.WithdrawAsync(actor, withdraw.Request, (session, _, token) => FinishAsync(session, delivery, token), cancellationToken),
        ChatCommand.Done done => await chat.DoneAsync(actor, done.Grant, (session, _, token) => FinishAsync(session, delivery, token), cancellationToken),
        ChatCommand.Revoke revoke => await chat.RevokeAsync(actor, revoke.Grant, revoke.Reason, (session, _, token) => FinishAsync(session, delivery, token), cancellationToken),
        ChatCommand.Extend extend => await extensions.AskAsync(actor, extend, (session, _, token) => FinishAsync(session, delivery, token), cancellationToken),
        ChatCommand.Lift lift => await emergencies.LiftAsync(actor, lift, (session, _, token) => FinishAsync(session, delivery, token), cancellationToken),
        ChatCommand.Why why => await chat.WhyAsync(actor, why.Entitlement, cancellationToken),
        ChatCommand.WhoAmI => chat.WhoAmI(actor),
        ChatCommand.Login login => await signIn.ShowAsync(actor, login.Code, cancellationToken),
        ChatCommand.Unknown unknown => Help.For(unknown),
        _ => throw new InvalidOperationException($"{command.GetType().Name} is not handled."),
    };

    private async Task AskAsync(SlackDelivery delivery, Actor actor, ChatCommand.Ask ask, CancellationToken cancellationToken)
    {
        var (draft, isComplete) = drafts.Of(actor, ask);
        if (!isComplete)
        {
            await forms.OpenAsync(delivery, actor, draft, cancellationToken);
            return;
        }

        var asked = await people.ResolveAsync(delivery, "request.submit", Assurance.Asked, cancellationToken);
        var reply = asked.Refusal is { } refusal
            ? refusal
            : await chat.AskAsync(actor, draft, (session, _, token) => FinishAsync(session, delivery, token), cancellationToken);
        await SayAsync(delivery, reply, cancellationToken);
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

    /// <summary>Complete: said at once; otherwise the form asks for the rest.</summary>
    private async Task ReviewAsync(SlackDelivery delivery, Actor actor, ChatCommand.Review command, CancellationToken cancellationToken)
    {
        var (reply, formFor) = await emergencies.ReviewAsync(actor, command, (session, _, token) => FinishAsync(session, delivery, token), cancellationToken);
        if (formFor is not null)
            await review.OpenAsync(delivery, actor, formFor, cancellationToken);
        else
            await SayAsync(delivery, reply!, cancellationToken);
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
            followUp.TellEnd(delivery, grantId);
        if (reply is { Asked: { } requestId, Message: { } answer })
            followUp.TellWhere(delivery, answer, requestId);
    }

    private static string Name(ChatCommand command) => command.GetType().Name.ToLowerInvariant();
}

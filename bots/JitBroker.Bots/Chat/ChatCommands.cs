using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.Bots.Chat;

/// <summary>What came of typed words.</summary>
/// <param name="Reply">What to say; null when a form is asked for instead.</param>
/// <param name="Opens">The form that asks for what is missing.</param>
internal sealed record CommandDone(ChatReply? Reply, CommandForm? Opens = null);

/// <summary>A form that words ask for.</summary>
internal abstract record CommandForm
{
    private CommandForm()
    {
    }

    public sealed record Request(RequestDraft Draft) : CommandForm;

    public sealed record BreakGlass(EmergencyDraft Draft) : CommandForm;

    public sealed record Review(string GrantId) : CommandForm;
}

/// <summary>What typed words do, on every surface alike. <c>help</c> and <c>link</c> are for people who are not known yet too, so surfaces handle those.</summary>
internal sealed class ChatCommands(ChatService chat, ChatExtensions extensions, ChatEmergencies emergencies, DraftRequest drafts, SignInByChat signIn)
{
    /// <summary>What words attempt, for the event of a refusal.</summary>
    public static string AttemptOf(ChatCommand command) => "chat." + command.GetType().Name.ToLowerInvariant();

    /// <summary>A form must open within seconds, so nobody is asked about the account before it does; the submission is checked.</summary>
    public static Assurance AssuranceFor(ChatCommand command) => command switch
    {
        ChatCommand.Ask or ChatCommand.BreakGlass or ChatCommand.Unknown or ChatCommand.Why => Assurance.Known,
        ChatCommand.Login or ChatCommand.Review or ChatCommand.Lift => Assurance.Certain,
        _ => Assurance.Asked,
    };

    /// <param name="ask">Submits a complete ask; the surface has the account checked before it.</param>
    /// <param name="together">Commits with the effect.</param>
    public async Task<CommandDone> RunAsync(Actor actor, ChatCommand command, Func<RequestDraft, Task<ChatReply>> ask, Func<Session, CancellationToken, Task> together, CancellationToken cancellationToken)
    {
        switch (command)
        {
            case ChatCommand.Ask asked:
                var (draft, isComplete) = drafts.Of(actor, asked);
                return isComplete ? new CommandDone(await ask(draft)) : new CommandDone(null, new CommandForm.Request(draft));
            case ChatCommand.BreakGlass taken:
                return new CommandDone(null, new CommandForm.BreakGlass(EmergencyDraft.Of(taken)));
            case ChatCommand.Review reviewed:
                var (reply, formFor) = await emergencies.ReviewAsync(actor, reviewed, (s, _, token) => together(s, token), cancellationToken);
                return formFor is null ? new CommandDone(reply) : new CommandDone(null, new CommandForm.Review(formFor));
            default:
                return new CommandDone(await SayAsync(actor, command, together, cancellationToken));
        }
    }

    private async Task<ChatReply> SayAsync(Actor actor, ChatCommand command, Func<Session, CancellationToken, Task> together, CancellationToken cancellationToken) => command switch
    {
        ChatCommand.Mine => await chat.MineAsync(actor, cancellationToken),
        ChatCommand.Pending => await chat.PendingAsync(actor, cancellationToken),
        ChatCommand.Withdraw withdraw => await chat.WithdrawAsync(actor, withdraw.Request, (s, _, token) => together(s, token), cancellationToken),
        ChatCommand.Done done => await chat.DoneAsync(actor, done.Grant, (s, _, token) => together(s, token), cancellationToken),
        ChatCommand.Revoke revoke => await chat.RevokeAsync(actor, revoke.Grant, revoke.Reason, (s, _, token) => together(s, token), cancellationToken),
        ChatCommand.Extend extend => await extensions.AskAsync(actor, extend, (s, _, token) => together(s, token), cancellationToken),
        ChatCommand.Lift lift => await emergencies.LiftAsync(actor, lift, (s, _, token) => together(s, token), cancellationToken),
        ChatCommand.Why why => await chat.WhyAsync(actor, why.Entitlement, cancellationToken),
        ChatCommand.WhoAmI => chat.WhoAmI(actor),
        ChatCommand.Login login => await signIn.ShowAsync(actor, login.Code, cancellationToken),
        ChatCommand.Unknown unknown => Help.For(unknown),
        _ => throw new InvalidOperationException($"{command.GetType().Name} is not handled."),
    };
}

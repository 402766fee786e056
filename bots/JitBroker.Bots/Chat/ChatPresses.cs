using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.Bots.Chat;

/// <summary>
/// What buttons do, on every surface alike. What comes with a press is a look-up key and nothing more: who may do what is worked out anew at each press (D4–D6).
/// </summary>
public sealed class ChatPresses(ChatService chat, ChatExtensions extensions, ChatEmergencies emergencies, SignInByChat signIn, LinkByChat linking, OpenForms forms, TimeProvider clock)
{
    /// <param name="isCardFar">The press came from something that is not edited, so that what came of it must be said.</param>
    /// <param name="together">Commits with the effect.</param>
    public async Task<ChatReply> RunAsync(Actor actor, string action, string id, bool isCardFar, Func<Session, CancellationToken, Task> together, CancellationToken cancellationToken) => action switch
    {
        ChatActions.Approve => await chat.ApproveAsync(actor, id, isCardFar, (s, _, token) => together(s, token), cancellationToken),
        ChatActions.Cancel => await chat.WithdrawAsync(actor, id, (s, _, token) => together(s, token), cancellationToken),
        ChatActions.Done => await chat.DoneAsync(actor, id, (s, _, token) => together(s, token), cancellationToken),
        ChatActions.Collect => await chat.HowToCollectAsync(actor, id, clock.GetUtcNow(), cancellationToken),
        ChatActions.LoginConfirm => await signIn.AnswerAsync(actor, id, isConfirmed: true, cancellationToken),
        ChatActions.LoginRefuse => await signIn.AnswerAsync(actor, id, isConfirmed: false, cancellationToken),
        ChatActions.LinkConfirm => await linking.AnswerAsync(actor, id, isConfirmed: true, (s, _, token) => together(s, token), cancellationToken),
        ChatActions.LinkRefuse => await linking.AnswerAsync(actor, id, isConfirmed: false, (s, _, token) => together(s, token), cancellationToken),
        ChatActions.SeeIt => ChatReply.Silent,
        ChatActions.NotMe => await signIn.NotMeAsync(actor, id, cancellationToken),
        ChatActions.Extend => await extensions.PressAsync(actor, id, (s, _, token) => together(s, token), cancellationToken),
        ChatActions.EndNow => await emergencies.EndNowAsync(actor, id, (s, _, token) => together(s, token), cancellationToken),
        _ => new Refusal(Codes.InvalidRequest, "I don't know that button. /access help shows what you can type."),
    };

    /// <summary>The form that a press opens; null: it opens none.</summary>
    public async Task<Outcome<ChatForm>?> FormAsync(Actor actor, string action, string id, CancellationToken cancellationToken) => action switch
    {
        ChatActions.Deny => await forms.DenyAsync(actor, id, cancellationToken),
        ChatActions.ApproveLess => await forms.ApproveLessAsync(actor, id, cancellationToken),
        ChatActions.Review => await forms.ReviewAsync(actor, id, cancellationToken),
        ChatActions.Escalate => await forms.EscalateAsync(actor, id, cancellationToken),
        ChatActions.BreakGlass => await forms.BreakGlassAsync(actor, new EmergencyDraft(null, null, null, "", null), cancellationToken),
        ChatActions.RequestAgain => await forms.AgainAsync(actor, id, cancellationToken),
        ChatActions.RequestAccess => await forms.RequestAsync(actor, DraftOf(id), cancellationToken),
        _ => null,
    };

    /// <summary>What <see cref="ChatActions.RequestAccess"/> fills in.</summary>
    public static RequestDraft DraftOf(string id) => id == ChatActions.Nothing ? RequestDraft.Empty : RequestDraft.Empty with { Entitlement = id };

    /// <summary>What a press attempts, for the event of a refusal.</summary>
    internal static string AttemptOf(string action) => "chat." + Cut.To(Clean.Line(action) is { Length: > 0 } name ? name : "press", 40);

    /// <summary>What decides, or opens a way to decide, needs certainty about the account; ending access does not wait for the chat service.</summary>
    internal static Assurance AssuranceFor(string action) => action switch
    {
        ChatActions.Approve or ChatActions.LoginConfirm or ChatActions.LinkConfirm => Assurance.Certain,
        ChatActions.Deny or ChatActions.ApproveLess or ChatActions.RequestAgain or ChatActions.RequestAccess or ChatActions.BreakGlass or ChatActions.Escalate or ChatActions.Review or ChatActions.EndNow or ChatActions.Done or ChatActions.Cancel or ChatActions.NotMe or ChatActions.LoginRefuse or ChatActions.LinkRefuse or ChatActions.SeeIt => Assurance.Known,
        _ => Assurance.Asked,
    };
}

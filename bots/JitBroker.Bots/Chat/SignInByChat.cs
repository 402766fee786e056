using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.People.SignIn;
using JitBroker.Policy;

namespace JitBroker.Bots.Chat;

/// <summary>Signing in a terminal or a browser by a code typed in chat (contract §6): the question, its answer, and <b>Not me</b>.</summary>
public sealed class SignInByChat(ShowSignIn show, AnswerSignIn answer, EndSession end, TimeProvider clock)
{
    public async Task<ChatReply> ShowAsync(Actor actor, string? code, CancellationToken cancellationToken)
    {
        if (code is null)
            return new Refusal(Codes.InvalidValue, "Type the code that jit login or the Collect page shows: /access login CODE.");
        var outcome = await show.HandleAsync(actor, code, cancellationToken);
        return outcome.Refusal is { } refusal ? refusal : Question(outcome.Value!, clock.GetUtcNow());
    }

    public async Task<ChatReply> AnswerAsync(Actor actor, string confirmId, bool isConfirmed, CancellationToken cancellationToken)
    {
        var outcome = await answer.HandleAsync(actor, confirmId, isConfirmed, cancellationToken);
        if (outcome.Refusal is { } refusal)
            return refusal;
        return isConfirmed
            ? ChatMessage.Sentence(ChatText.Of($"Signed in: the {What(outcome.Value!.IsOfBrowser)} at {Say.Strong(outcome.Value.Address)} goes on by itself."))
            : ChatMessage.Sentence("Refused: nobody was signed in. If you did not start this, somebody lured you: tell your security team.");
    }

    public async Task<ChatReply> NotMeAsync(Actor actor, string sessionId, CancellationToken cancellationToken)
    {
        var outcome = await end.HandleAsync(actor, sessionId, notMe: true, together: null, cancellationToken);
        if (outcome.Refusal is { } refusal)
            return refusal;
        var ended = outcome.Value!.LeasesEnded switch
        {
            0 => "It had collected no credential that still lives.",
            1 => "The credential it had collected is being ended.",
            var count => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The {count} credentials it had collected are being ended."),
        };
        return ChatMessage.Sentence($"That session is ended. {ended} Tell your security team.");
    }

    /// <summary>Says all that is known before anybody confirms: what the server saw, what is only claimed, and what the session may do (I3).</summary>
    internal static ChatMessage Question(SignInPrompt prompt, DateTimeOffset now)
    {
        var may = prompt.Scope == SessionScope.Decide
            ? ChatText.Of($"The session may {Say.Strong("approve in your name")}, ask, collect and end, for {Durations.Human(prompt.Scope.Lifetime())}.")
            : ChatText.Of($"The session may ask, collect and end in your name, for {Durations.Human(prompt.Scope.Lifetime())}.");
        return new ChatMessage(
            ChatText.Of($"Sign in the {What(prompt.IsOfBrowser)} at {prompt.Address}?"),
            [
                new ChatPart.Paragraph(ChatText.Of($"Sign in the {What(prompt.IsOfBrowser)} at {Say.Strong(prompt.Address)}? It asked at {Say.Exact(prompt.StartedAt, now)}.")),
                new ChatPart.Verbatim("It says it is", prompt.Host.Length == 0 ? "(nothing)" : prompt.Host),
                new ChatPart.Paragraph(may),
                new ChatPart.Fine(ChatText.Of($"Confirm only what you started yourself, just now. Good until {Say.Time(prompt.ExpiresAt, now)}.")),
                new ChatPart.Actions(
                [
                    new ChatButton(ChatActions.LoginConfirm, "Yes, that is me", prompt.ConfirmId, ButtonStyle.Primary),
                    new ChatButton(ChatActions.LoginRefuse, "No", prompt.ConfirmId, ButtonStyle.Danger),
                ]),
            ]);
    }

    private static string What(bool isBrowser) => isBrowser ? "browser" : "terminal";
}

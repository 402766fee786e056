using JitBroker.People;
using JitBroker.People.Linking;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.Bots.Chat;

/// <summary>Linking a second account by a code (contract §5): the code, the question to the person, and word of what came of it.</summary>
public sealed class LinkByChat(ShowLink show, TypeLink type, AnswerLink answer, TimeProvider clock)
{
    /// <summary><c>link</c>, or the button of the same name.</summary>
    public async Task<ChatReply> ShowAsync(LinkSide side, CancellationToken cancellationToken)
    {
        var outcome = await show.HandleAsync(side, cancellationToken);
        return outcome.Refusal is { } refusal ? refusal : Code(outcome.Value!, clock.GetUtcNow());
    }

    /// <summary><c>link CODE</c>.</summary>
    public async Task<ChatReply> TypeAsync(LinkSide side, string code, CancellationToken cancellationToken)
    {
        var outcome = await type.HandleAsync(side, code, cancellationToken);
        if (outcome.Refusal is { } refusal)
            return refusal;
        var typed = outcome.Value!;
        return typed.AsksHere
            ? Question(typed.Link, clock.GetUtcNow())
            : ChatMessage.Sentence(ChatText.Of($"I asked {Say.Strong(typed.PersonName)}, where I know them, to confirm that this account is theirs. Good until {Say.Time(typed.Link.ExpiresAt, clock.GetUtcNow())}."));
    }

    public async Task<ChatReply> AnswerAsync(Actor actor, string linkId, bool isConfirmed, CommitWith<Link>? together, CancellationToken cancellationToken)
    {
        var outcome = await answer.HandleAsync(actor, linkId, isConfirmed, together, cancellationToken);
        if (outcome.Refusal is { } refusal)
            return refusal;
        return isConfirmed
            ? ChatMessage.Sentence(ChatText.Of($"Linked: {Say.Strong(Named(outcome.Value!))} is you from now on."))
            : ChatMessage.Sentence("Refused: nothing was linked. If you did not begin this, somebody tried to act as you: tell your security team.");
    }

    internal static ChatMessage Code(LinkShown shown, DateTimeOffset now) => new(
        ChatText.Of($"Link another account of yours"),
        [
            new ChatPart.Paragraph(ChatText.Of($"At your other account type {Say.Code("/access link " + shown.Code)}. Good until {Say.Time(shown.ExpiresAt, now)}, once.")),
            new ChatPart.Fine(shown.IsOfPerson
                ? ChatText.Of($"Tell it nobody. Before anything is linked I ask you here whose account it was typed at.")
                : ChatText.Of($"That must be an account that I know. Before anything is linked I ask there.")),
        ]);

    /// <summary>Says all that is known before anybody confirms: both accounts, where the person was when they began, and when (I3).</summary>
    internal static ChatMessage Question(Link link, DateTimeOffset now)
    {
        var from = link.Address is { Length: > 0 } address ? ChatText.Of($" from {Say.Strong(address)}") : ChatText.Empty;
        var parts = new List<ChatPart>
        {
            new ChatPart.Paragraph(ChatText.Of($"Is {Say.Strong(Named(link))} yours? It would ask, decide and collect as {Say.Strong(link.Person!)}, as you do by {Say.Strong(By(link.Via))}{from}.")),
            new ChatPart.Verbatim("It says it is", string.IsNullOrWhiteSpace(link.Label) ? "(nothing)" : link.Label),
        };
        if (!string.IsNullOrWhiteSpace(link.Host))
            parts.Add(new ChatPart.Verbatim("Your session says it is", link.Host));
        parts.Add(new ChatPart.Fine(ChatText.Of($"The code was typed at {Say.Exact(link.TypedAt ?? link.CreatedAt, now)}. Confirm only what you did yourself, just now. Good until {Say.Time(link.ExpiresAt, now)}.")));
        parts.Add(new ChatPart.Actions(
        [
            new ChatButton(ChatActions.LinkConfirm, "Yes, link it to me", link.Id, ButtonStyle.Primary),
            new ChatButton(ChatActions.LinkRefuse, "No", link.Id, ButtonStyle.Danger),
        ]));
        return new ChatMessage(ChatText.Of($"Link {Named(link)} to you?"), parts);
    }

    /// <summary>As it is told when it is rendered: null once it was answered or has expired.</summary>
    internal static ChatMessage? QuestionIfOpen(Link? link, DateTimeOffset now) => link is { State: Link.Typed } && now < link.ExpiresAt ? Question(link, now) : null;

    internal static ChatMessage Linked(LinkedIdentity linked, DateTimeOffset now)
    {
        var how = linked.How == LinkedIdentity.ByProfile ? "because its profile has your confirmed address" : "by a code";
        return new ChatMessage(
            ChatText.Of($"An account was linked to you"),
            [
                new ChatPart.Paragraph(ChatText.Of($"{Say.Strong(Capital(Named(linked.Identity)))} {Say.Strong("was linked to you")} at {Say.Time(linked.LinkedAt, now)}, {how}. It asks, decides and collects as you.")),
                new ChatPart.Fine(ChatText.Of($"Not yours? Have an admin run {Say.Code("jit identities unlink " + linked.Id)} at once.")),
            ]);
    }

    internal static ChatMessage Unlinked(LinkedIdentity unlinked, DateTimeOffset now) => ChatMessage.Sentence(
        ChatText.Of($"{Say.Strong(Capital(Named(unlinked.Identity)))} is not yours here any more: {unlinked.UnlinkedBy} unlinked it at {Say.Time(unlinked.UnlinkedAt ?? now, now)}. Your sessions ended; sign in again."));

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static string Named(Link link) => Named(link.Identity!);

    private static string Named(Identity account) => account.Surface switch
    {
        "slack" => $"the Slack account {account.Id} (workspace {account.Tenant})",
        "teams" => $"the Teams account {account.Id} (tenant {account.Tenant})",
        _ => $"the account {account.Surface}:{account.Tenant}/{account.Id}",
    };

    /// <summary>How the person takes part themselves: <c>slack:T0EX/U0ANA</c>, <c>session:01J…</c>.</summary>
    private static string By(string? via)
    {
        if (via is null || via.StartsWith("session:", StringComparison.Ordinal))
            return "a session of yours";
        var (surface, rest) = via.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon ? (via[..colon], via[(colon + 1)..]) : ("", via);
        return rest.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? Named(new Identity(surface, rest[..slash], rest[(slash + 1)..])) : via;
    }
}

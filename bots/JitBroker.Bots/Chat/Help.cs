using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.Policy;

namespace JitBroker.Bots.Chat;

/// <summary>What one can type.</summary>
public static class Help
{
    private static readonly (string Usage, string Does)[] Lines =
    [
        ("request [ENTITLEMENT] [DURATION] [REASON…]", "ask for access; complete = sent at once, otherwise the form opens"),
        ("mine", "what you have and what you asked for"),
        ("pending", "what waits for you"),
        ("cancel [REQUEST]", "withdraw a request"),
        ("breakglass [ENTITLEMENT] [DURATION] [INCIDENT] [REASON…]", "take access at once in an emergency, if you are on call; others are told and review it"),
        ("extend GRANT DURATION REASON…", "ask for more time"),
        ("done [GRANT]", "end your access now"),
        ("revoke GRANT REASON…", "end somebody else's access now"),
        ("review GRANT VERDICT COMMENT…", "review somebody's emergency access: justified, misuse or policy_gap"),
        ("lift GRANT REASON…", "let somebody take emergency access again though a review blocks it"),
        ("why ENTITLEMENT", "why you may have it or not, and who decides"),
        ("whoami", "who I think you are"),
        ("link [CODE]", "link another account of yours: shows a code, to be typed there"),
        ("login CODE", "sign in the jit command line"),
    ];

    public static ChatMessage All() => new(
        ChatText.Plain("What you can type"),
        [
            new ChatPart.Paragraph(ChatText.Of($"{Say.Strong("Access for a while, with somebody's yes, ended for you.")}")),
            .. Lines.Select(l => new ChatPart.Paragraph(ChatText.Of($"{Say.Command(l.Usage)} {l.Does}"))),
            new ChatPart.Fine(ChatText.Of($"REQUEST and GRANT: an id, the first 6 or more of its characters, or an entitlement of which one is live. Durations: {Say.Code("30m")}, {Say.Code("1h30m")}.")),
        ]);

    /// <summary>What one can do, for one who typed something else.</summary>
    public static ChatMessage For(ChatCommand.Unknown unknown)
    {
        var word = Cut.To(Clean.Line(unknown.Word), 40);
        var sentence = unknown.Nearest is { } near
            ? ChatText.Of($"I don't know \"{word}\". Did you mean {Say.Command(near)}?")
            : ChatText.Of($"I don't know \"{word}\".");
        return new ChatMessage(sentence, [new ChatPart.Paragraph(sentence), .. All().Parts.Skip(1)]);
    }


    /// <summary>Each rule, met or not; and the way to ask when it may be asked for.</summary>
    public static ChatMessage Why(Why why)
    {
        var says = why.Allowed
            ? ChatText.Of($"You may ask for {Say.Strong(why.Title)}.")
            : ChatText.Of($"You may not ask for {Say.Strong(why.Title)} now.");
        var parts = new List<ChatPart> { new ChatPart.Status(why.Allowed ? Tone.Good : Tone.Bad, says) };
        parts.AddRange(why.Rules.Select(r => new ChatPart.Paragraph(ChatText.Of($"{(r.Ok ? "✓" : "✗")} {r.Text}"))));
        if (why.Allowed)
            parts.Add(new ChatPart.Actions([new ChatButton(ChatActions.RequestAccess, "Ask for it…", why.Name, ButtonStyle.Primary)]));
        return new ChatMessage(says, parts);
    }

    public static ChatMessage WhoAmI(PeopleDirectory directory, Actor actor)
    {
        var groups = directory.GroupsOf(actor.Email);
        var roles = directory.RolesOf(actor.Email);
        var askable = Eligibility.Askable(directory, actor.Email).Select(e => e.Name).ToList();
        var shown = askable.Count <= 10 ? string.Join(", ", askable) : $"{string.Join(", ", askable.Take(10))} and more";
        return new ChatMessage(
            ChatText.Of($"You are {actor.Person.Name}"),
            [
                new ChatPart.Paragraph(ChatText.Of($"You are {Say.Strong(actor.Person.Name)}, {actor.Email}.")),
                new ChatPart.Fine(ChatText.Of($"Groups: {(groups.Count == 0 ? "none" : string.Join(", ", groups))} · roles: {(roles.Count == 0 ? "none" : string.Join(", ", roles))} · by {actor.Via ?? "unknown"}")),
                new ChatPart.Fine(ChatText.Of($"You may ask for: {(shown.Length == 0 ? "nothing" : shown)}")),
            ]);
    }
}

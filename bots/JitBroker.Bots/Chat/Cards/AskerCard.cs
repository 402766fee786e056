using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Policy;

namespace JitBroker.Bots.Chat;

/// <summary>The asker's own message about a request, and what it becomes.</summary>
public static class AskerCard
{
    public static ChatMessage Of(RequestStory story)
    {
        var status = StatusLines.Of(story).ToList();
        var parts = new List<ChatPart> { new ChatPart.Paragraph(Headline(story)) };
        parts.AddRange(status);
        parts.AddRange(EmergencyCard.ReviewLines(story));
        if (Hint(story) is { } hint)
            parts.Add(new ChatPart.Fine(hint));
        if (Buttons(story) is { Count: > 0 } buttons)
            parts.Add(new ChatPart.Actions(buttons));
        var stands = status.OfType<ChatPart.Status>().FirstOrDefault()?.Text;
        return new ChatMessage(stands is null ? Headline(story) : ChatText.Of($"{story.Title}: {stands}"), parts);
    }

    /// <summary>What its asker can do about it now.</summary>
    public static IReadOnlyList<ChatButton> Buttons(RequestStory story)
    {
        if (story.Request.IsPending)
            return [new ChatButton(ChatActions.Cancel, "Withdraw", story.Request.Id), .. story.MayEscalate ? [new ChatButton(ChatActions.Escalate, "Escalate to emergency…", story.Request.Id, ButtonStyle.Danger)] : Array.Empty<ChatButton>()];
        if (story.Request.IsExtension)
            return [];
        return story.Grant switch
        {
            null => [Again(story)],
            { State: "active" } grant => [new ChatButton(ChatActions.Collect, "Collect", grant.Id, ButtonStyle.Primary, Link: story.CollectPage), new ChatButton(ChatActions.Done, "Done", grant.Id)],
            { State: "scheduled" } grant => [new ChatButton(ChatActions.Done, "Not needed any more", grant.Id)],
            { State: "ended" } => [Again(story)],
            _ => [],
        };
    }

    /// <summary>As <see cref="Buttons"/>, with more time where that can be asked for: where access is listed, and when it is about to end.</summary>
    public static IReadOnlyList<ChatButton> AccessButtons(RequestStory story) =>
        More(story) is { } more ? [.. Buttons(story).Take(1), more, .. Buttons(story).Skip(1)] : Buttons(story);

    /// <summary>Null when its end cannot be moved any more.</summary>
    internal static ChatButton? More(RequestStory story) =>
        story is { Grant: { IsActive: true } grant, ExtensionsLeft: > 0 }
            ? new ChatButton(ChatActions.Extend, $"Extend {Durations.Human(ChatExtensions.ByOnePress(story.Bench.Today, grant.BreakGlass))}", grant.Id)
            : null;

    private static ChatButton Again(RequestStory story) => new(ChatActions.RequestAgain, "Ask again", story.Request.Id);

    private static ChatText Headline(RequestStory story)
    {
        if (story.Request.IsExtension)
            return ExtensionHeadline(story);
        if (story.IsEmergency)
            return ChatText.Of($"You took {Say.Strong(story.Title)} for {Say.Strong(story.AskedDuration)} as an emergency. Everybody concerned has been told, and somebody else reviews it.");
        var what = ChatText.Of($"{Say.Strong(story.Title)} for {Say.Strong(story.Duration)}{(story.IsNarrowed ? $" (asked for {story.AskedDuration})" : "")}");
        if (!story.Request.IsPending)
            return ChatText.Of($"Your request: {what}");
        var directory = story.Bench.Directory;
        return ChatText.Of($"Asked for {what}. Needs {RuleText.Of(story.Bench.Rule, story.Request.Requester, directory)}.");
    }

    private static ChatText ExtensionHeadline(RequestStory story)
    {
        var more = ChatText.Of($"{Say.Strong(story.AskedDuration + " more")} of {Say.Strong(story.Title)}");
        return story.Request.IsPending
            ? ChatText.Of($"Asked for {more}. Needs {RuleText.Of(story.Bench.Content.Rule, story.Request.Requester, story.Bench.Directory)}.")
            : ChatText.Of($"Your request: {more}");
    }

    private static ChatText? Hint(RequestStory story)
    {
        if (story.Request is { IsExtension: true, IsPending: false })
            return null;
        if (story.Request.IsPending)
            return ChatText.Of($"Lapses {Say.Time(story.Request.LapsesAt, story.Now)} if nobody decides · {Say.Code(story.Request.Id)}");
        return story.Grant switch
        {
            { State: "active" } => ChatText.Of($"Collect opens it in your browser; in a terminal {Say.Code(InTerminal(story))}. End it with Done or {Say.Code("jit done " + story.Request.Entitlement)}{Ends(story)}"),
            { State: "ended" } => Used(story),
            _ => null,
        };
    }

    private static string InTerminal(RequestStory story) => (story.Bench.Content.IssuerKind == "postgres" ? "jit psql " : "jit creds ") + story.Request.Entitlement;

    private static ChatText Ends(RequestStory story) => story.EndsBy is { } ends ? ChatText.Of($" · Ends by: {ends}") : ChatText.Empty;

    private static ChatText Used(RequestStory story) => story.Collections == 0 ? ChatText.Of($"Never collected.") : ChatText.Of($"Collected {Say.Times(story.Collections)}.");
}

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
            return [new ChatButton(ChatActions.Cancel, "Withdraw", story.Request.Id)];
        return story.Grant switch
        {
            null => [Again(story)],
            { State: "active" } grant => [new ChatButton(ChatActions.Collect, "Collect", grant.Id, ButtonStyle.Primary, Link: story.CollectPage), new ChatButton(ChatActions.Done, "Done", grant.Id)],
            { State: "scheduled" } grant => [new ChatButton(ChatActions.Done, "Not needed any more", grant.Id)],
            { State: "ended" } => [Again(story)],
            _ => [],
        };
    }

    private static ChatButton Again(RequestStory story) => new(ChatActions.RequestAgain, "Ask again", story.Request.Id);

    private static ChatText Headline(RequestStory story)
    {
        var what = ChatText.Of($"{Say.Strong(story.Title)} for {Say.Strong(story.Duration)}{(story.IsNarrowed ? $" (asked for {story.AskedDuration})" : "")}");
        if (!story.Request.IsPending)
            return ChatText.Of($"Your request: {what}");
        var directory = story.Bench.Directory;
        return ChatText.Of($"Asked for {what}. Needs {RuleText.Of(story.Bench.Rule, story.Request.Requester, directory)}.");
    }

    private static ChatText? Hint(RequestStory story)
    {
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

    private static ChatText Used(RequestStory story) => story.Collections switch
    {
        0 => ChatText.Of($"Never collected."),
        1 => ChatText.Of($"Collected once."),
        var times => ChatText.Of($"Collected {times} times."),
    };
}

using JitBroker.Catalog;
using JitBroker.Outbox;
using JitBroker.Policy;

namespace JitBroker.Bots.Chat;

/// <summary>What is said in a card's thread while nobody has decided.</summary>
public static class Waiting
{
    /// <summary>Most people that one reminder mentions.</summary>
    private const int Mentioned = 10;

    /// <param name="says">One of <see cref="ThreadNotes"/>.</param>
    /// <param name="accountOf">A person's account where it is said, by e-mail; null when they have none there.</param>
    /// <returns>Null when it waits for nobody any more.</returns>
    public static ChatMessage? Note(RequestStory story, string says, Func<string, string?> accountOf)
    {
        if (!story.Request.IsPending || story.Bench.Awaited is not { Count: > 0 } awaited)
            return null;
        var who = ChatText.Join(", ", awaited.Take(Mentioned).Select(a => ChatText.Of($"{Say.Mention(accountOf(a.Person.Email), a.Person.Name)}")));
        var more = awaited.Count > Mentioned ? ChatText.Of($" and {awaited.Count - Mentioned} more") : ChatText.Empty;
        var asked = ChatText.Of($"{Say.Strong(story.Asker)} asks for {Say.Strong(story.Title)}, lapses {Say.Time(story.Request.LapsesAt, story.Now)}");
        return says switch
        {
            ThreadNotes.Reminder => ChatMessage.Sentence(ChatText.Of($"Still waiting after {Age(story)}: {who}{more} · {asked}")),
            ThreadNotes.Escalated => ChatMessage.Sentence(ChatText.Of($"Nobody has answered in {Age(story)}, so {Groups(story)} may decide it too: {who}{more} · {asked}")),
            ThreadNotes.NextStep => ChatMessage.Sentence(ChatText.Of($"The step before is done. Now it is the turn of {who}{more} · {asked}")),
            _ => null,
        };
    }

    private static string Groups(RequestStory story) =>
        string.Join(" and ", story.Bench.Waiting.Where(c => c.IsEscalated).Select(c => c.EscalateTo!).Distinct(StringComparer.Ordinal)) is { Length: > 0 } groups ? groups : "others";

    private static string Age(RequestStory story)
    {
        var age = story.Now - story.Bench.StageSince;
        return age < TimeSpan.FromMinutes(1) ? "less than a minute" : Durations.Human(TimeSpan.FromMinutes(Math.Floor(age.TotalMinutes)));
    }
}

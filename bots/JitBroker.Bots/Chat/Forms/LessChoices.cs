using JitBroker.Catalog;
using JitBroker.Requests;

namespace JitBroker.Bots.Chat;

/// <summary>What the form "Approve for less" offers: durations below what was asked, never more.</summary>
/// <param name="About">What is being decided, so that nobody decides the wrong one.</param>
/// <param name="Presets">Shortest first; empty when nothing sensible is shorter.</param>
/// <param name="Chosen">The longest that is at most half of what was asked, else the longest there is; null without presets.</param>
public sealed record LessChoices(string RequestId, ChatText About, string Asked, IReadOnlyList<FormOption> Presets, FormOption? Chosen)
{
    private static readonly TimeSpan[] Usual =
    [
        TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(2),
        TimeSpan.FromHours(4), TimeSpan.FromHours(8), TimeSpan.FromHours(12), TimeSpan.FromHours(24), TimeSpan.FromDays(3),
    ];

    public static LessChoices Of(RequestStory story)
    {
        var asked = story.Request.Duration;
        var shortest = story.Bench.Today?.Duration.Min ?? TimeSpan.Zero;
        var presets = Usual.Where(p => p < asked && p >= shortest).ToList();
        if (presets.Count == 0 && WholeSeconds(asked / 2) is var half && half > TimeSpan.Zero && half < asked)
            presets.Add(half);
        var options = presets.ConvertAll(p => new FormOption(Durations.Iso(p), Durations.Human(p)));
        var chosen = presets.FindLastIndex(p => p <= asked / 2);
        return new LessChoices(
            story.Request.Id,
            ChatText.Of($"{Say.Strong(story.Asker)} asks for {Say.Strong(story.Title)} for {Say.Strong(story.AskedDuration)}. You can approve it for less, never for more."),
            story.AskedDuration,
            options,
            options.Count == 0 ? null : options[chosen < 0 ? options.Count - 1 : chosen]);
    }

    private static TimeSpan WholeSeconds(TimeSpan duration) => TimeSpan.FromSeconds(Math.Floor(duration.TotalSeconds));
}

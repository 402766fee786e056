using JitBroker.Policy;
using JitBroker.Reviews;

namespace JitBroker.Bots.Chat;

/// <summary>The loud message about an access that was taken without asking, through its end and its review.</summary>
public static class EmergencyCard
{
    public static ChatMessage Of(RequestStory story)
    {
        var status = StatusLines.Of(story).ToList();
        var parts = new List<ChatPart>
        {
            new ChatPart.Status(Tone.Alarm, ChatText.Of($"{Say.Strong("EMERGENCY ACCESS")} · {Headline(story)}")),
            new ChatPart.Verbatim("Why", story.Request.Reason),
            new ChatPart.Fine(Facts(story)),
        };
        parts.AddRange(status);
        parts.AddRange(ReviewLines(story));
        if (Buttons(story) is { Count: > 0 } buttons)
            parts.Add(new ChatPart.Actions(buttons));
        var stands = status.OfType<ChatPart.Status>().FirstOrDefault();
        return new ChatMessage(ChatText.Of($"EMERGENCY ACCESS: {Headline(story)}{(stands is null ? ChatText.Empty : ChatText.Of($": {stands.Text}"))}"), parts);
    }

    /// <summary>What one concerned by it can press.</summary>
    public static IReadOnlyList<ChatButton> Buttons(RequestStory story)
    {
        var buttons = new List<ChatButton>();
        if (story.Grant is not { } grant)
            return buttons;
        if (grant.IsActive)
        {
            var sure = new ChatConfirm("End it now?", ChatText.Of($"{story.Asker} loses {Say.Strong(story.Title)} at once, in the middle of whatever they do."), "End it", "Not yet");
            buttons.Add(new ChatButton(ChatActions.EndNow, "End it now", grant.Id, ButtonStyle.Danger, sure));
        }

        if (story.Details.Review is { IsDone: false })
            buttons.Add(new ChatButton(ChatActions.Review, "Review…", grant.Id));
        return buttons;
    }

    internal static ChatText Headline(RequestStory story) =>
        ChatText.Of($"{Say.Strong(story.Asker)} took {Say.Strong(story.Title)} for {Say.Strong(story.AskedDuration)}");

    /// <summary>How its review stands, and who lifted what it blocked.</summary>
    internal static IEnumerable<ChatPart> ReviewLines(RequestStory story)
    {
        if (story.Details.Review is not { } review)
            yield break;
        yield return review.StateAt(story.Now) switch
        {
            ReviewState.Overdue => new ChatPart.Status(Tone.Alarm, ChatText.Of($"{Say.Strong("REVIEW OVERDUE")} since {Say.Time(review.DueAt, story.Now)} ({review.ReviewGroup})")),
            ReviewState.Done => new ChatPart.Status(
                review.Verdict == Verdicts.Misuse ? Tone.Alarm : Tone.Over,
                ChatText.Of($"Reviewed by {Say.Strong(story.NameOf(review.Reviewer!))} {Say.Time(review.ReviewedAt!.Value, story.Now)}: {Say.Strong(ChatEmergencies.Said(review.Verdict!))}")),
            ReviewState.Due => new ChatPart.Fine(ChatText.Of($"Review due by {Say.Time(review.DueAt, story.Now)} ({review.ReviewGroup})")),
        };
        if (review.IsDone)
            yield return new ChatPart.Verbatim($"{story.NameOf(review.Reviewer!)} says", review.Comment!);
        if (review.LiftedAt is { } lifted)
            yield return new ChatPart.Verbatim($"{story.NameOf(review.LiftedBy!)} lifted what it blocked ({Say.Unstyled(Say.Time(lifted, story.Now))})", review.LiftReason!);
    }

    private static ChatText Facts(RequestStory story)
    {
        var skipped = RuleText.Deciders(story.Bench.Content.Rule, story.Request.Requester, story.Bench.Directory);
        return ChatText.Join(
            " · ",
            [
                ChatText.Of($"Skipped: {(skipped.Length == 0 ? "nobody would have been asked" : skipped)}"),
                story.Details.Review is { } review ? ChatText.Of($"on call: yes ({review.OnCallIn})") : ChatText.Empty,
                story.Details.Review?.Incident is { } incident ? ChatText.Of($"incident {Say.Strong(incident)}") : ChatText.Empty,
                story.EndsBy is { } ends ? ChatText.Of($"Ends by: {ends}") : ChatText.Empty,
            ]);
    }
}

using System.Text.Json.Nodes;
using JitBroker.Reviews;

namespace JitBroker.Bots.Chat;

/// <summary>A message about the review of an emergency: that it is due, overdue, done, or that what it blocked was lifted.</summary>
public static class ReviewNotice
{
    /// <param name="data">What the review was when somebody decided to tell it: a reminder of what is done meanwhile says nothing.</param>
    public static ChatMessage? Of(RequestStory story, string data)
    {
        if (story is not { Grant: { } grant, Details.Review: { } review })
            return null;
        var told = JsonNode.Parse(data);
        if ((string?)told?["review"] != review.State)
            return null;
        var isLift = (bool?)told?["lifted"] is true && review.LiftedAt is not null;
        var says = isLift ? Lifted(story, review) : Stands(story, review);
        var parts = new List<ChatPart> { says, new ChatPart.Verbatim("Why it was taken", story.Request.Reason) };
        if (review.IsDone)
            parts.Add(new ChatPart.Verbatim($"{story.NameOf(review.Reviewer!)} says", review.Comment!));
        if (isLift)
            parts.Add(new ChatPart.Verbatim("Why it was lifted", review.LiftReason!));
        if (!review.IsDone)
            parts.Add(new ChatPart.Actions([new ChatButton(ChatActions.Review, "Review…", grant.Id)]));
        else if (review.BlocksAt(story.Now))
            parts.Add(new ChatPart.Fine(ChatText.Of($"{story.Asker} gets no other emergency access until somebody else on call lifts that: they type {Say.Command("lift " + grant.Id + " REASON")}")));
        return new ChatMessage(says.Text, parts);
    }

    private static ChatPart.Status Stands(RequestStory story, Review review) => review.StateAt(story.Now) switch
    {
        ReviewState.Due => new(Tone.Waiting, ChatText.Of($"Review due by {Say.Time(review.DueAt, story.Now)} ({review.ReviewGroup}): {EmergencyCard.Headline(story)}")),
        ReviewState.Overdue => new(Tone.Alarm, ChatText.Of($"{Say.Strong("REVIEW OVERDUE")} since {Say.Time(review.DueAt, story.Now)} ({review.ReviewGroup}): {EmergencyCard.Headline(story)}")),
        ReviewState.Done => new(
            review.Verdict == Verdicts.Misuse ? Tone.Alarm : Tone.Over,
            ChatText.Of($"Reviewed by {Say.Strong(story.NameOf(review.Reviewer!))}: {Say.Strong(ChatEmergencies.Said(review.Verdict!))}. {EmergencyCard.Headline(story)}")),
    };

    private static ChatPart.Status Lifted(RequestStory story, Review review) =>
        new(Tone.Alarm, ChatText.Of($"{Say.Strong(story.NameOf(review.LiftedBy!))} lifted what blocked {Say.Strong(story.Asker)}: they may take emergency access again"));
}

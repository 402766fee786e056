using JitBroker.Outbox;
using JitBroker.Policy;

namespace JitBroker.Bots.Chat;

/// <summary>
/// The message that approvers decide on, and what it becomes: one message per audience through the request's whole life. Its buttons stay while somebody
/// may still decide and vanish in every copy when it settles.
/// </summary>
public static class ApprovalCard
{
    /// <param name="recipient">Who reads this copy (<see cref="Recipients"/>): it says why they were asked.</param>
    public static ChatMessage Of(RequestStory story, string recipient)
    {
        var request = story.Request;
        var parts = new List<ChatPart> { new ChatPart.Paragraph(Headline(story)) };
        if (Clean.Line(request.Reason).Length > 0)
            parts.Add(new ChatPart.Verbatim("Why", request.Reason));
        if (request.IsPending)
            parts.Add(new ChatPart.Fine(Because(story, Recipients.PersonOf(recipient))));
        if (Facts(story) is { IsEmpty: false } facts)
            parts.Add(new ChatPart.Fine(facts));
        var status = StatusLines.Of(story).ToList();
        parts.AddRange(status);
        if (request.IsPending)
            parts.Add(new ChatPart.Actions(Buttons(story)));
        return new ChatMessage(Summary(story, status), parts);
    }

    /// <summary>What one who may decide can press, for one request.</summary>
    public static IReadOnlyList<ChatButton> Buttons(RequestStory story) =>
    [
        new ChatButton(ChatActions.Approve, "Approve", story.Request.Id, ButtonStyle.Primary, story.IsHighRisk ? Confirm(story) : null),
        new ChatButton(ChatActions.ApproveLess, "Approve for less…", story.Request.Id),
        new ChatButton(ChatActions.Deny, "Deny…", story.Request.Id, ButtonStyle.Danger),
    ];

    internal static ChatText Headline(RequestStory story)
    {
        if (story.Request.IsExtension)
            return ChatText.Of($"{Say.Strong(story.Asker)} asks for {Say.Strong(story.AskedDuration + " more")} of {Say.Strong(story.Title)}{(story.Grant is { IsActive: true } grant ? ChatText.Of($", which ends {Say.Time(grant.EndsAt, story.Now)}") : ChatText.Empty)}");
        var start = story.Request.StartsAt is { } at ? ChatText.Of($" from {Say.Time(at, story.Now)}") : ChatText.Empty;
        return ChatText.Of($"{Say.Strong(story.Asker)} asks for {Say.Strong(story.Title)} · {Say.Strong(story.AskedDuration)}{start}");
    }

    internal static ChatText Because(RequestStory story, string? reader)
    {
        var awaited = story.Bench.Awaited;
        var mine = awaited.FirstOrDefault(a => a.Person.Email == reader);
        var groups = mine is null ? [] : mine.Groups;
        var who = groups.Count > 0
            ? ChatText.Of($"Asked you because you are in {string.Join(" and ", groups)}")
            : ChatText.Of($"Asked: {RuleText.Deciders(story.Bench.Content.Rule, story.Request.Requester, story.Bench.Directory)}");
        return ChatText.Of($"{who} · needs {story.Missing} {(story.Approvals.Count > 0 ? "more" : story.Missing == 1 ? "approval" : "approvals")} · lapses {Say.Time(story.Request.LapsesAt, story.Now)}");
    }

    private static ChatText Facts(RequestStory story) => ChatText.Join(
        " · ",
        [
            story.EndsBy is { } ends ? ChatText.Of($"Ends by: {ends}") : ChatText.Empty,
            story.IsHighRisk ? ChatText.Of($"{Say.Strong("High risk")}") : ChatText.Empty,
            story is { IsFirstTime: true, Request: { IsPending: true, IsExtension: false } } ? ChatText.Of($"First time {story.Asker} asks for this") : ChatText.Empty,
        ]);

    private static ChatConfirm Confirm(RequestStory story) => new(
        "Approve this?",
        ChatText.Of($"{story.Asker} gets {Say.Strong(story.Title)} for {story.Duration}. This is marked as high risk."),
        "Approve",
        "Not yet");

    private static ChatText Summary(RequestStory story, List<ChatPart> status)
    {
        var asked = story.Request.IsExtension
            ? ChatText.Of($"{story.Asker} asks for {story.AskedDuration} more of {story.Title}")
            : ChatText.Of($"{story.Asker} asks for {story.Title}, {story.AskedDuration}");
        return status.OfType<ChatPart.Status>().FirstOrDefault() is { } stands ? ChatText.Of($"{asked}: {stands.Text}") : asked;
    }
}

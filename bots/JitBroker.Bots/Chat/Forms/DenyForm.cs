using JitBroker.Requests;

namespace JitBroker.Bots.Chat;

/// <summary>A no needs a reason: the form that asks for it.</summary>
public static class DenyForm
{
    public const string Name = "deny";
    public const string Reason = "reason";

    public static ChatForm Of(RequestStory story) => new(
        Name,
        "Deny this request",
        story.Request.Id,
        "Deny",
        [
            // So that nobody denies the wrong one: the form may stand in the place of the card.
            new FormPart.Text(ApprovalCard.Headline(story)),
            .. Clean.Line(story.Request.Reason).Length > 0 ? [new FormPart.Verbatim("Why", story.Request.Reason)] : Array.Empty<FormPart>(),
            new FormPart.Field(Reason, "Why not?", new FieldInput.Words(DecideRequest.CommentLength, null, "What should they do instead?", IsLong: true)) { Hint = "The asker reads it, and everybody who sees the card." },
        ]);
}

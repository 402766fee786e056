using JitBroker.Requests;

namespace JitBroker.Bots.Chat;

/// <summary>A no needs a reason: the form that asks for it.</summary>
public static class DenyForm
{
    public const string Name = "deny";
    public const string Reason = "reason";

    public static ChatForm Of(string requestId) => new(
        Name,
        "Deny this request",
        requestId,
        "Deny",
        [
            new FormPart.Field(Reason, "Why?", new FieldInput.Words(DecideRequest.CommentLength, null, "What should they do instead?", IsLong: true)) { Hint = "The asker reads it, and everybody who sees the card." },
        ]);
}

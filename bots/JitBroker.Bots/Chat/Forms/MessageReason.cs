namespace JitBroker.Bots.Chat;

/// <summary>A reason made of a message that somebody wants access for: what it says, cut, and its link. Data like any other reason.</summary>
public static class MessageReason
{
    private const int Excerpt = 300;

    /// <param name="said">What the message says, as a reader saw it.</param>
    /// <param name="link">Where it stands; null: not known.</param>
    public static RequestDraft DraftOf(string said, string? link) =>
        RequestDraft.Empty with { Reason = string.Join(' ', new[] { Cut.To(Clean.Line(said), Excerpt), Clean.Line(link) }.Where(part => part.Length > 0)) };
}

using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Slack;

/// <summary>A reason made of a message that somebody wants access for: what it says, cut, and its link. Data like any other reason.</summary>
internal static class MessageReason
{
    private const int Excerpt = 300;

    public static async Task<RequestDraft> DraftAsync(SlackCalls calls, SlackDelivery delivery, CancellationToken cancellationToken)
    {
        var said = Of(delivery);
        var link = delivery is { ChannelId: { } channel, MessageTs: { } ts } ? await calls.LinkAsync(channel, ts, cancellationToken) : null;
        return RequestDraft.Empty with { Reason = string.Join(' ', new[] { said, link }.Where(part => part is { Length: > 0 })) };
    }

    /// <summary>What the message says, as a reader saw it, on one line.</summary>
    internal static string Of(SlackDelivery delivery) =>
        Clean.Line(SlackText.Plain(delivery.Payload.Text("message", "text"))) is { Length: > 0 } line ? Cut.To(line, Excerpt) : "";
}

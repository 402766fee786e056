using System.Net.WebSockets;

namespace JitBroker.Bots.Slack;

/// <summary>What came over a socket.</summary>
internal enum SocketRead
{
    /// <summary>One whole text message, however many frames it came in.</summary>
    Text,

    /// <summary>A binary or an oversized message, read to its end and thrown away.</summary>
    Skipped,

    /// <summary>The other side closed.</summary>
    Closed,
}

/// <summary>Puts messages together from frames, within a limit.</summary>
internal static class SocketFrames
{
    /// <summary>A payload as large as HTTP may carry, and its envelope.</summary>
    public const int Largest = SlackEndpoint.LargestBody + (16 * 1024);

    /// <summary>More than that in one message is no mistake any more: the socket is given up.</summary>
    private const int MostSkipped = 16 * SlackEndpoint.LargestBody;

    /// <exception cref="WebSocketException">The connection broke, or the other side does not keep to the protocol.</exception>
    public static async Task<(SocketRead Kind, ReadOnlyMemory<byte> Text)> ReadAsync(WebSocket socket, byte[] buffer, CancellationToken cancellationToken)
    {
        using var message = new MemoryStream();
        var skipped = 0L;
        while (true)
        {
            var frame = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (frame.MessageType == WebSocketMessageType.Close)
                return (SocketRead.Closed, default);
            if (skipped == 0 && frame.MessageType == WebSocketMessageType.Text && message.Length + frame.Count <= Largest)
                message.Write(buffer, 0, frame.Count);
            else
                skipped += frame.Count + 1;
            if (skipped > MostSkipped)
                throw new WebSocketException(WebSocketError.Faulted, "One message is larger than any that Slack sends.");
            if (frame.EndOfMessage)
                return skipped > 0 ? (SocketRead.Skipped, default) : (SocketRead.Text, message.ToArray());
        }
    }
}

using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace JitBroker.Playground.Sockets;

/// <summary>One socket that the app has open: envelopes out, acknowledgements in.</summary>
internal sealed class SocketConnection(int number, WebSocket socket, DateTimeOffset openedAt) : IDisposable
{
    private const int LargestAnswer = 1 << 20;

    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonObject>> _waiting = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _envelopes;

    public int Number => number;
    public DateTimeOffset OpenedAt => openedAt;
    public int Envelopes => _envelopes;

    /// <summary>It was told to go, and gets no more envelopes while there is another.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>Ends when the connection does.</summary>
    public Task Gone => _gone.Task;

    /// <summary>Reads acknowledgements until the app closes, the connection breaks or <paramref name="ct"/> says stop. Text that is none is left alone.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await ReadAsync(buffer, ct) is { } text)
                if (Wire.Parse(text) is JsonObject answer && Wire.Text(answer["envelope_id"]) is { } id && _waiting.TryRemove(id, out var waiting))
                    waiting.TrySetResult(answer);
            await CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // broken, or the playground stops: either way this socket is over
            socket.Abort();
        }
        finally
        {
            _gone.TrySetResult();
        }
    }

    /// <summary>Sends an envelope and waits for its acknowledgement; null when the socket goes before that.</summary>
    public async Task<JsonObject?> AskAsync(string envelopeId, string envelope, CancellationToken ct)
    {
        var waiting = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[envelopeId] = waiting;
        try
        {
            Interlocked.Increment(ref _envelopes);
            if (!await SendAsync(envelope, ct)) return null;
            return await Task.WhenAny(waiting.Task, _gone.Task).WaitAsync(ct) == waiting.Task ? await waiting.Task : null;
        }
        finally
        {
            _waiting.TryRemove(envelopeId, out _);
        }
    }

    /// <summary>False when the socket is gone.</summary>
    public async Task<bool> SendAsync(string text, CancellationToken ct)
    {
        await _sending.WaitAsync(ct);
        try
        {
            if (socket.State != WebSocketState.Open) return false;
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            return true;
        }
        catch (Exception e) when (e is WebSocketException or IOException)
        {
            return false;
        }
        finally
        {
            _sending.Release();
        }
    }

    public async Task CloseAsync(WebSocketCloseStatus status, string why, CancellationToken ct)
    {
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived) await socket.CloseOutputAsync(status, why, ct);
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException)
        {
            socket.Abort();
        }
    }

    /// <summary>As a network that breaks: without a word.</summary>
    public void Abort() => socket.Abort();

    public void Dispose()
    {
        _gone.TrySetResult();
        socket.Dispose();
        _sending.Dispose();
    }

    /// <summary>One text message; null when the app closed. Binary messages are left alone.</summary>
    private async Task<string?> ReadAsync(byte[] buffer, CancellationToken ct)
    {
        using var message = new MemoryStream();
        while (true)
        {
            var frame = await socket.ReceiveAsync(buffer.AsMemory(), ct);
            if (frame.MessageType == WebSocketMessageType.Close) return null;
            message.Write(buffer, 0, frame.Count);
            if (message.Length > LargestAnswer) throw new WebSocketException(WebSocketError.Faulted, "An acknowledgement is larger than Slack takes.");
            if (frame.EndOfMessage) return frame.MessageType == WebSocketMessageType.Text ? Encoding.UTF8.GetString(message.GetBuffer(), 0, (int)message.Length) : "";
        }
    }
}

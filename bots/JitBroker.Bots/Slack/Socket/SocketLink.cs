using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Slack;

/// <summary>Why a socket shall be left, in Slack's words, or in ours.</summary>
internal static class SocketNotices
{
    /// <summary>It goes in about ten seconds.</summary>
    public const string Warning = "warning";

    /// <summary>Slack wants us to connect anew.</summary>
    public const string Refresh = "refresh_requested";

    /// <summary>Socket mode was switched off for the app.</summary>
    public const string Disabled = "link_disabled";

    /// <summary>More than ten per app.</summary>
    public const string TooMany = "too_many_websockets";

    /// <summary>Ours: the connection is gone.</summary>
    public const string Gone = "gone";

    /// <summary>Ours: it belongs to another app than <c>Slack:AppId</c> names.</summary>
    public const string OtherApp = "other_app";
}

/// <summary>
/// One open socket: says hello, hands envelopes to the desk, acknowledges what was stored, and says when it shall be left. It goes on working after a notice,
/// until it is retired, so that its successor can be opened first.
/// </summary>
internal sealed partial class SocketLink : IAsyncDisposable
{
    private const int AtOnce = 64;
    private const string Acknowledgement = "acknowledgement over a socket";
    private static readonly TimeSpan Finishing = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Closing = TimeSpan.FromSeconds(2);

    private readonly WebSocket _socket;
    private readonly SocketDesk _desk;
    private readonly string _appId;
    private readonly CrashPoints _points;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly SemaphoreSlim _places = new(AtOnce, AtOnce);
    private readonly CancellationTokenSource _working = new();
    private readonly TaskCompletionSource _hello = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _notice = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    /// <summary>Begins to read at once; await <see cref="Hello"/> before it counts as open.</summary>
    public SocketLink(WebSocket socket, SocketDesk desk, string appId, CrashPoints points, TimeProvider clock, ILogger log)
    {
        (_socket, _desk, _appId, _points, _clock, _log) = (socket, desk, appId, points, clock, log);
        _reading = ReadAsync();
    }

    /// <summary>Ends when Slack has said hello; fails when the socket goes before that.</summary>
    public Task Hello => _hello.Task;

    /// <summary>One of <see cref="SocketNotices"/>, or a reason of Slack's that we do not know; never fails.</summary>
    public Task<string> Notice => _notice.Task;

    /// <summary>Finishes what was received, closes, and lets go. Whatever was not acknowledged by then comes again over another socket.</summary>
    public async ValueTask DisposeAsync()
    {
        await FinishAsync(Finishing);
        if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            await CloseAsync();
        await _working.CancelAsync();
        _socket.Abort();
        await _reading;
        await FinishAsync(Timeout.InfiniteTimeSpan);
        _socket.Dispose();
        _working.Dispose();
        _sending.Dispose();
        _places.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (true)
            {
                var (kind, text) = await SocketFrames.ReadAsync(_socket, buffer, _working.Token);
                if (kind == SocketRead.Closed)
                    break;
                if (kind == SocketRead.Skipped)
                    LogSkipped(_log, SocketFrames.Largest);
                else
                    await HeardAsync(ChatJson.Read(text.Span));
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            LogBroke(_log, e.GetType().Name);
        }
        finally
        {
            _hello.TrySetException(new WebSocketException(WebSocketError.ConnectionClosedPrematurely, "The socket went before Slack said hello."));
            _ = _hello.Task.Exception;
            _notice.TrySetResult(SocketNotices.Gone);
        }
    }

    private async Task HeardAsync(JsonObject? message)
    {
        switch (message.Text("type"))
        {
            case "hello" when _appId.Length > 0 && message.Text("connection_info", "app_id") is { } other && other != _appId:
                _notice.TrySetResult(SocketNotices.OtherApp);
                _hello.TrySetResult();
                break;
            case "hello":
                _hello.TrySetResult();
                break;
            case "disconnect":
                var reason = message.Text("reason") ?? SocketNotices.Refresh;
                LogTold(_log, Chat.Cut.To(Chat.Clean.Line(reason), 60));
                _notice.TrySetResult(reason);
                break;
            case not null when message.Text("envelope_id") is not null:
                await _places.WaitAsync(_working.Token);
                _ = WorkAsync(message!);
                break;
            default:
                // Text frames that are no envelopes are none of ours.
                break;
        }
    }

    private async Task WorkAsync(JsonObject envelope)
    {
        try
        {
            if (await _desk.TakeAsync(envelope, _working.Token) is not { } acknowledgement)
                return;
            _points.Reach("before", Acknowledgement);
            await SendAsync(acknowledgement);
            _points.Reach("after", Acknowledgement);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // The socket went meanwhile: it comes again over another one, and is known by its id there.
            LogUnacknowledged(_log, e.GetType().Name);
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task SendAsync(string text)
    {
        await _sending.WaitAsync(_working.Token);
        try
        {
            await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, _working.Token);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Waits until nothing is worked on, at most that long.</summary>
    private async Task FinishAsync(TimeSpan patience)
    {
        using var enough = new CancellationTokenSource(patience, _clock);
        var held = 0;
        try
        {
            for (; held < AtOnce; held++)
                await _places.WaitAsync(enough.Token);
        }
        catch (OperationCanceledException)
        {
            LogImpatient(_log, AtOnce - held);
        }

        if (held > 0)
            _places.Release(held);
    }

    private async Task CloseAsync()
    {
        using var enough = new CancellationTokenSource(Closing, _clock);
        try
        {
            await _sending.WaitAsync(enough.Token);
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "bye", enough.Token);
            await _reading.WaitAsync(enough.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            LogBroke(_log, e.GetType().Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Slack sent a message over a socket that is binary or larger than {Largest} bytes; it was left unread")]
    private static partial void LogSkipped(ILogger log, int largest);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A socket ended ({Why})")]
    private static partial void LogBroke(ILogger log, string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "Slack asks to leave a socket: {Reason}")]
    private static partial void LogTold(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "A delivery could not be acknowledged because its socket went ({Why}); Slack sends it again")]
    private static partial void LogUnacknowledged(ILogger log, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} deliveries were still worked on when their socket was closed; Slack sends them again")]
    private static partial void LogImpatient(ILogger log, int count);
}

using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using JitBroker.Bots.Chat;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Slack;

/// <summary>
/// Socket mode (chat-wire A9): keeps a few sockets to Slack open. Each one that is to be left stays until its successor has said hello, so no moment is without
/// one; what goes wrong is tried again with growing, jittered pauses. Slack sends each delivery over any one of the sockets of all replicas.
/// </summary>
internal sealed partial class SlackSockets(
    SlackOptions options, SlackClient client, ChatHttp http, SocketDesk desk, SlackStanding standing, CrashPoints points, TimeProvider clock, ILogger<SlackSockets> log) : BackgroundService
{
    /// <summary>How long Slack may take from the first byte to its hello.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // Slack pings every few seconds, which .NET answers unseen; our own pings find out that nobody is there.
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PongWithin = TimeSpan.FromSeconds(20);

    /// <summary>A socket that lived this long was a good one.</summary>
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan UntilSomebodyActs = TimeSpan.FromMinutes(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.Sockets).Select(slot => KeepAsync(slot, stoppingToken)));

    /// <summary>One socket after another, for as long as the host runs.</summary>
    private async Task KeepAsync(int slot, CancellationToken stop)
    {
        SocketLink? current = null;
        var left = new List<Task>();
        var failures = 0;
        try
        {
            while (true)
            {
                var (link, pause) = await OpenAsync(slot, stop);
                if (link is null)
                {
                    await PauseAsync(pause, ++failures, stop);
                    continue;
                }

                if (current is not null)
                    left.Add(current.DisposeAsync().AsTask());
                left.RemoveAll(t => t.IsCompletedSuccessfully);
                current = link;
                var opened = clock.GetTimestamp();
                var notice = await link.Notice.WaitAsync(stop);
                failures = clock.GetElapsedTime(opened) >= Steady ? 0 : failures + 1;
                await LeaveAsync(slot, notice, failures, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            LogStopped(log, slot);
        }
        finally
        {
            if (current is not null)
                left.Add(current.DisposeAsync().AsTask());
            await Task.WhenAll(left);
            standing.Closed(slot, "this broker stops");
        }
    }

    /// <summary>What to do between a notice and the next socket.</summary>
    private async Task LeaveAsync(int slot, string notice, int failures, CancellationToken stop)
    {
        switch (notice)
        {
            case SocketNotices.Warning or SocketNotices.Refresh:
                standing.Leaving(slot);
                if (failures > 1)
                    await PauseAsync(null, failures, stop);
                break;
            case SocketNotices.Disabled:
                standing.Closed(slot, "socket mode is switched off for the app");
                LogDisabled(log);
                await PauseAsync(UntilSomebodyActs, failures, stop);
                break;
            case SocketNotices.OtherApp:
                standing.Closed(slot, "the app-level token belongs to another app than Slack:AppId names");
                LogOtherApp(log);
                await PauseAsync(UntilSomebodyActs, failures, stop);
                break;
            case SocketNotices.TooMany:
                standing.Closed(slot, "the app has more than ten sockets open");
                LogTooMany(log);
                await PauseAsync(LongestPause, failures, stop);
                break;
            default:
                standing.Closed(slot, "the connection was lost");
                await PauseAsync(failures > 1 ? null : TimeSpan.FromMilliseconds(500), failures, stop);
                break;
        }
    }

    /// <summary>Asks for an address, connects, and waits for the hello.</summary>
    /// <returns>The open socket, or how long to wait at least before the next attempt (null: as the failures say).</returns>
    private async Task<(SocketLink? Link, TimeSpan? Pause)> OpenAsync(int slot, CancellationToken stop)
    {
        var reply = await client.OpenSocketAsync(stop);
        if (reply is not SlackReply.Ok ok)
            return (null, Trouble(slot, reply));
        if (!Uri.TryCreate(ok.Body.Text("url"), UriKind.Absolute, out var url) || !options.IsAllowedSocketUrl(url))
        {
            // The ticket in it is a bearer secret, so only the host is told.
            standing.Closed(slot, "Slack named a socket address that is not Slack's");
            LogForeign(log, url?.Host ?? "");
            return (null, null);
        }

        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        var socket = NewSocket();
        SocketLink? link = null;
        try
        {
            await socket.ConnectAsync(url, http.Client, either.Token);
            link = new SocketLink(socket, desk, options.AppId, points, clock, log);
            await link.Hello.WaitAsync(either.Token);
            standing.Opened(slot);
            LogOpened(log, slot);
            return (link, null);
        }
        catch (Exception e) when (e is WebSocketException or HttpRequestException or IOException or InvalidOperationException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            await GiveUpAsync(link, socket);
            standing.Closed(slot, $"a socket could not be opened ({e.GetType().Name})");
            LogNotOpened(log, e.GetType().Name);
            return (null, null);
        }
        catch (OperationCanceledException)
        {
            await GiveUpAsync(link, socket);
            throw;
        }
    }

    private static async Task GiveUpAsync(SocketLink? link, ClientWebSocket socket)
    {
        socket.Abort();
        if (link is not null)
            await link.DisposeAsync();
        else
            socket.Dispose();
    }

    private TimeSpan? Trouble(int slot, SlackReply reply)
    {
        switch (reply)
        {
            case SlackReply.RateLimited limited:
                standing.Closed(slot, "Slack asks to wait before another socket is opened");
                return limited.After;
            case SlackReply.Refused refused:
                standing.Closed(slot, $"Slack refuses a socket: {refused.Error}");
                LogRefused(log, refused.Error, refused.Details);
                return UntilSomebodyActs;
            default:
                standing.Closed(slot, "Slack does not answer");
                return null;
        }
    }

    private static ClientWebSocket NewSocket()
    {
        var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = PingEvery;
        socket.Options.KeepAliveTimeout = PongWithin;
        return socket;
    }

    [SuppressMessage("Security", "CA5394", Justification = "Jitter needs no secrecy.")]
    private Task PauseAsync(TimeSpan? atLeast, int failures, CancellationToken stop)
    {
        var growing = TimeSpan.FromSeconds(Math.Min(5.0 * failures, LongestPause.TotalSeconds));
        var pause = atLeast ?? growing;
        return Task.Delay(pause + (pause * Random.Shared.NextDouble() / 2), clock, stop);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Socket {Slot} to Slack is open")]
    private static partial void LogOpened(ILogger log, int slot);

    [LoggerMessage(Level = LogLevel.Information, Message = "Socket {Slot} to Slack is closed, since the broker stops")]
    private static partial void LogStopped(ILogger log, int slot);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A socket to Slack could not be opened ({Why}); it is tried again")]
    private static partial void LogNotOpened(ILogger log, string why);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Slack refuses to open a socket: {Error} {Details}. Nothing can be heard from Slack. Set Slack:AppToken to an app-level token (xapp-…) with connections:write, and switch Socket Mode on for the app")]
    private static partial void LogRefused(ILogger log, string error, string details);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Slack named {Host} for a socket, which is not Slack's; it was not connected to")]
    private static partial void LogForeign(ILogger log, string host);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Socket mode was switched off for the app: nothing can be heard from Slack. Switch it on, or set Slack:Mode to http")]
    private static partial void LogDisabled(ILogger log);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The socket belongs to another app than Slack:AppId names: it was left. Correct Slack:AppToken or Slack:AppId")]
    private static partial void LogOtherApp(ILogger log);

    [LoggerMessage(Level = LogLevel.Error, Message = "The app has more than ten sockets open: run fewer replicas, or find out who else holds its app-level token")]
    private static partial void LogTooMany(ILogger log);
}

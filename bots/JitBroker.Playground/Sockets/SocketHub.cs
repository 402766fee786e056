using System.Globalization;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using JitBroker.Playground.State;

namespace JitBroker.Playground.Sockets;

/// <summary>
/// Socket mode as Slack serves it: an address with a ticket that is good for one connection within half a minute, a hello, at most ten sockets per app, and each
/// envelope over one of them in turn.
/// </summary>
internal sealed class SocketHub(Workspace workspace, Func<Uri> origin) : IAsyncDisposable
{
    public const int MostOpen = 10;
    internal static readonly TimeSpan TicketLifetime = TimeSpan.FromSeconds(30);

    /// <summary>How long a socket that was told to go is left open.</summary>
    internal static readonly TimeSpan Notice = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _tickets = new(StringComparer.Ordinal);
    private readonly List<SocketConnection> _open = [];
    private readonly CancellationTokenSource _stop = new();
    private int _count;
    private int _turn;

    /// <summary>Socket Mode's switch in the app's settings.</summary>
    public bool IsEnabled { get; set; } = true;

    /// <summary>Whether the app has ever connected: then a moment without a socket is a failed connection, and no missing app.</summary>
    public bool WasUsed { get; private set; }

    public bool IsConnected => Open().Count > 0;

    /// <summary>The address of <c>apps.connections.open</c>.</summary>
    public string NewAddress()
    {
        var ticket = RandomNumberGenerator.GetHexString(32, lowercase: true);
        lock (_gate) _tickets[ticket] = workspace.Clock.GetUtcNow() + TicketLifetime;
        var http = origin();
        return string.Create(CultureInfo.InvariantCulture, $"{(http.Scheme == "https" ? "wss" : "ws")}://{http.Authority}/link/?ticket={ticket}&app_id={workspace.Options.AppId}");
    }

    /// <summary><c>GET /link/</c>: the app connects. 403 without a fresh ticket.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest || !Redeem(http.Request.Query["ticket"].ToString()))
        {
            http.Response.StatusCode = http.WebSockets.IsWebSocketRequest ? StatusCodes.Status403Forbidden : StatusCodes.Status426UpgradeRequired;
            return;
        }
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        using var connection = Add(socket);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, http.RequestAborted);
        try
        {
            if (connection.IsLeaving) await connection.SendAsync(Disconnect("too_many_websockets"), stop.Token);
            else await connection.SendAsync(Hello(), stop.Token);
            workspace.Changed();
            if (connection.IsLeaving) await connection.CloseAsync(WebSocketCloseStatus.PolicyViolation, "too many", stop.Token);
            await connection.RunAsync(stop.Token);
        }
        finally
        {
            lock (_gate) _open.Remove(connection);
            workspace.Changed();
        }
    }

    /// <summary>The next in turn; one that was told to go only when there is no other.</summary>
    public SocketConnection? Next()
    {
        lock (_gate)
        {
            var staying = _open.FindAll(c => !c.IsLeaving);
            var able = staying.Count > 0 ? staying : _open;
            return able.Count == 0 ? null : able[_turn++ % able.Count];
        }
    }

    public IReadOnlyList<SocketConnection> Open()
    {
        lock (_gate) return [.. _open];
    }

    /// <summary>Tells sockets to go, with Slack's words, and closes them ten seconds later.</summary>
    /// <param name="number">Which; null: all of them.</param>
    public async Task<int> TellAsync(string reason, int? number, CancellationToken ct)
    {
        var told = Open().Where(c => number is null || c.Number == number).ToList();
        foreach (var connection in told)
        {
            connection.IsLeaving = true;
            await connection.SendAsync(Disconnect(reason), ct);
            _ = CloseLaterAsync(connection);
        }
        workspace.Changed();
        return told.Count;
    }

    public JsonArray Describe() => new([.. Open().Select(c => new JsonObject
    {
        ["number"] = c.Number, ["opened_at"] = c.OpenedAt.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture), ["leaving"] = c.IsLeaving, ["envelopes"] = c.Envelopes,
    })]);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(Open().Select(c => c.Gone));
    }

    private bool Redeem(string ticket)
    {
        lock (_gate) return _tickets.Remove(ticket, out var until) && workspace.Clock.GetUtcNow() < until;
    }

    private SocketConnection Add(WebSocket socket)
    {
        lock (_gate)
        {
            WasUsed = true;
            var connection = new SocketConnection(++_count, socket, workspace.Clock.GetUtcNow()) { IsLeaving = _open.Count >= MostOpen };
            if (!connection.IsLeaving) _open.Add(connection);
            return connection;
        }
    }

    private async Task CloseLaterAsync(SocketConnection connection)
    {
        try
        {
            await Task.Delay(Notice, workspace.Clock, _stop.Token);
            await connection.CloseAsync(WebSocketCloseStatus.NormalClosure, "goodbye", _stop.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // the playground stops, or the socket went by itself: nothing is left to close
            connection.Abort();
        }
    }

    private string Hello() => new JsonObject
    {
        ["type"] = "hello",
        ["num_connections"] = Open().Count,
        ["debug_info"] = new JsonObject
        {
            ["host"] = "applink-playground", ["started"] = workspace.Clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture),
            ["build_number"] = 1, ["approximate_connection_time"] = 18060,
        },
        ["connection_info"] = new JsonObject { ["app_id"] = workspace.Options.AppId },
    }.ToJsonString(Wire.Json);

    private static string Disconnect(string reason) =>
        new JsonObject { ["type"] = "disconnect", ["reason"] = reason, ["debug_info"] = new JsonObject { ["host"] = "applink-playground" } }.ToJsonString(Wire.Json);
}

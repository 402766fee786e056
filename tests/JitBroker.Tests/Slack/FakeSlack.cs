using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace JitBroker.Tests.Slack;

/// <summary>The other end of a socket, in the hands of a test: it can say what Slack never would.</summary>
internal sealed class FakeSlack : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly Channel<FakeSocket> _sockets = Channel.CreateUnbounded<FakeSocket>();
    private readonly CancellationTokenSource _stop = new();

    private FakeSlack(WebApplication web) => _web = web;

    /// <summary>The address that <c>apps.connections.open</c> names; null: its own.</summary>
    public string? Address { get; set; }

    /// <summary>Where <c>/link/</c> sends on to, instead of answering.</summary>
    public string? RedirectsTo { get; set; }

    public string AppId { get; set; } = "A0JIT";

    public int Opened { get; private set; }

    public int Knocks { get; private set; }

    public Uri ApiUrl => new(new Uri(_web.Urls.First()), "/api/");

    public string OwnAddress => $"ws://{ApiUrl.Authority}/link/?ticket=a-ticket-that-is-secret&app_id={AppId}";

    public static async Task<FakeSlack> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var slack = new FakeSlack(builder.Build());
        slack._web.UseWebSockets();
        slack._web.MapPost("/api/{method}", slack.AnswerAsync);
        slack._web.MapGet("/link/", slack.LinkAsync);
        await slack._web.StartAsync();
        return slack;
    }

    public Task<FakeSocket> NextSocketAsync() => _sockets.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _web.DisposeAsync();
        _stop.Dispose();
    }

    private Task AnswerAsync(HttpContext http)
    {
        var answer = new JsonObject { ["ok"] = true, ["team_id"] = "T0EX" };
        if ((string?)http.Request.RouteValues["method"] == "apps.connections.open")
        {
            Opened++;
            answer["url"] = Address ?? OwnAddress;
        }

        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(answer.ToJsonString());
    }

    private async Task LinkAsync(HttpContext http)
    {
        Knocks++;
        if (RedirectsTo is not null)
        {
            http.Response.Redirect(RedirectsTo);
            return;
        }

        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        var fake = new FakeSocket(socket);
        await fake.SendAsync($$$"""{"type":"hello","num_connections":1,"connection_info":{"app_id":"{{{AppId}}}"}}""");
        _sockets.Writer.TryWrite(fake);
        await fake.ReadAsync(_stop.Token);
    }
}

/// <summary>One connection of the broker to a <see cref="FakeSlack"/>.</summary>
internal sealed class FakeSocket(WebSocket socket)
{
    private readonly Channel<string> _heard = Channel.CreateUnbounded<string>();

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, int.MaxValue);

    /// <summary>In frames of so many bytes, which may cut characters in two.</summary>
    public async Task SendAsync(byte[] message, WebSocketMessageType type, int frame)
    {
        for (var at = 0; at < message.Length; at += Math.Min(frame, message.Length - at))
        {
            var size = Math.Min(frame, message.Length - at);
            await socket.SendAsync(message.AsMemory(at, size), type, at + size == message.Length, CancellationToken.None);
        }
    }

    /// <summary>What the broker says next, as JSON.</summary>
    public async Task<JsonObject> HearsAsync() => (JsonObject)JsonNode.Parse(await _heard.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60)))!;

    public bool HasHeardNothing => _heard.Reader.Count == 0;

    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken) is { MessageType: WebSocketMessageType.Text } frame)
                _heard.Writer.TryWrite(Encoding.UTF8.GetString(buffer, 0, frame.Count));
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            _heard.Writer.TryComplete();
        }
    }
}

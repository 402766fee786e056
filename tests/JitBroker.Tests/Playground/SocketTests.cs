using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Playground;

namespace JitBroker.Tests.Playground;

/// <summary>Socket mode as the playground serves it.</summary>
public sealed class SocketTests
{
    [Fact]
    public async Task A_ticket_is_good_for_one_connection_within_half_a_minute()
    {
        await using var bench = await Workbench.StartAsync();
        var address = await AddressAsync(bench);
        using var first = await ConnectAsync(address);
        Assert.Equal("hello", (string?)(await HearAsync(first))["type"]);
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(address));
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(address.Replace("ticket=", "ticket=0", StringComparison.Ordinal)));
        var late = await AddressAsync(bench);
        bench.Clock.Advance(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(late));
    }

    [Fact]
    public async Task An_eleventh_socket_is_told_that_there_are_too_many()
    {
        await using var bench = await Workbench.StartAsync(o => o with { RateLimits = new PlaygroundRateLimits { Enabled = false } });
        var open = new List<WebSocket>();
        for (var i = 0; i < 10; i++)
        {
            open.Add(await ConnectAsync(await AddressAsync(bench)));
            Assert.Equal(i + 1, (int)(await HearAsync(open[i]))["num_connections"]!);
        }

        using var eleventh = await ConnectAsync(await AddressAsync(bench));
        Assert.Equal("too_many_websockets", (string?)(await HearAsync(eleventh))["reason"]);
        Assert.Equal(10, ((JsonArray)(await bench.DoAsync("sockets", new { }))["sockets"]!).Count);
        open.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task Opening_is_limited_as_Slack_limits_it()
    {
        await using var bench = await Workbench.StartAsync();
        for (var i = 0; i < 10; i++)
            await AddressAsync(bench);
        var (limited, _) = await OpenAsync(bench);
        Assert.Equal(429, (int)limited.StatusCode);
        Assert.Equal(60, limited.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
    }

    [Fact]
    public async Task An_event_that_is_not_acknowledged_in_time_comes_again_with_its_number_and_reason()
    {
        await using var bench = await Workbench.StartAsync();
        using var socket = await ConnectAsync(await AddressAsync(bench));
        await HearAsync(socket);
        var doing = bench.DoAsync("event", new { @event = new { type = "tokens_revoked" } });
        var first = await HearAsync(socket);
        await Workbench.EventuallyAsync(() => Task.FromResult(bench.Clock.HasTimerIn(TimeSpan.FromSeconds(3))));
        bench.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("operation_timeout", (string?)(await doing)["error"]);
        var again = await HearAsync(socket);
        Assert.Equal((0, 1, "http_timeout"), ((int)first["retry_attempt"]!, (int)again["retry_attempt"]!, (string)again["retry_reason"]!));
        Assert.Equal((string?)first["payload"]!["event_id"], (string?)again["payload"]!["event_id"]);
        Assert.NotEqual((string?)first["envelope_id"], (string?)again["envelope_id"]);
        Assert.False((bool)first["accepts_response_payload"]!);
    }

    [Fact]
    public async Task What_was_not_acknowledged_when_its_socket_went_goes_over_another()
    {
        await using var bench = await Workbench.StartAsync();
        using var first = await ConnectAsync(await AddressAsync(bench));
        using var second = await ConnectAsync(await AddressAsync(bench));
        await HearAsync(first);
        await HearAsync(second);
        var saying = bench.SayAsync("/access mine");
        var lost = await HearAsync(first);
        first.Abort();
        var again = await HearAsync(second);
        Assert.True(JsonNode.DeepEquals(lost["payload"], again["payload"]));
        await second.SendAsync(Encoding.UTF8.GetBytes($$$"""{"envelope_id":"{{{again["envelope_id"]}}}","payload":{"text":"yours"}}"""), WebSocketMessageType.Text, true, CancellationToken.None);
        Assert.True((bool)(await saying)["ok"]!);
        Assert.Equal("yours", (string?)(await bench.MessagesAsync())[^1]!["text"]);
        Assert.Empty(bench.App.Arrivals);
    }

    private static async Task<string> AddressAsync(Workbench bench)
    {
        var (_, answer) = await OpenAsync(bench);
        return (string?)answer["url"] ?? throw new InvalidOperationException(answer.ToJsonString());
    }

    private static async Task<(HttpResponseMessage Response, JsonObject Answer)> OpenAsync(Workbench bench)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(bench.Host.ApiUrl, "apps.connections.open"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bench.Host.Options.AppToken);
        var response = await bench.Http.SendAsync(request);
        return (response, (JsonObject)JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    private static async Task<WebSocket> ConnectAsync(string address)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri(address), CancellationToken.None);
        return socket;
    }

    private static async Task<JsonObject> HearAsync(WebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var frame = await socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
        return (JsonObject)JsonNode.Parse(Encoding.UTF8.GetString(buffer, 0, frame.Count))!;
    }
}

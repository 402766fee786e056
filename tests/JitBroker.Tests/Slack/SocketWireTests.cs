using System.Net.WebSockets;
using System.Text.Json.Nodes;
using System.Text;
using JitBroker.Bots.Slack;
using JitBroker.Tests.Chat;

namespace JitBroker.Tests.Slack;

/// <summary>What a socket carries, byte by byte, and where one may lead (attacks E4, I4).</summary>
public sealed class SocketWireTests
{
    [Fact]
    public async Task A_message_in_many_frames_is_one_message()
    {
        await using var slack = await FakeSlack.StartAsync();
        await using var bench = await StartAsync(slack);
        var socket = await slack.NextSocketAsync();
        await socket.SendAsync(Encoding.UTF8.GetBytes(Envelope("e-1", "slash_commands", Command("t.1", "request logs:read 1h INC-1 dépôt 倉庫 🛠"))), WebSocketMessageType.Text, frame: 1);
        Assert.Equal("e-1", (string?)(await socket.HearsAsync())["envelope_id"]);
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select reason from requests")).Contains("INC-1 dépôt 倉庫 🛠"));
    }

    [Fact]
    public async Task What_is_no_envelope_of_ours_harms_nothing()
    {
        await using var slack = await FakeSlack.StartAsync();
        await using var bench = await StartAsync(slack);
        var socket = await slack.NextSocketAsync();
        await socket.SendAsync("not json");
        await socket.SendAsync("""{"type":"ping"}""");
        await socket.SendAsync("""{"type":"slash_commands","envelope_id":"","payload":{}}""");
        await socket.SendAsync([1, 2, 3], WebSocketMessageType.Binary, 2);
        await socket.SendAsync(Encoding.UTF8.GetBytes(Envelope("e-big", "slash_commands", Command("t.big", new string('x', 2 << 20)))), WebSocketMessageType.Text, 1 << 16);
        await socket.SendAsync(Envelope("e-new", "something_new", new JsonObject { ["type"] = "x" }));
        Assert.Equal("e-new", (string?)(await socket.HearsAsync())["envelope_id"]);
        await socket.SendAsync(Envelope("e-none", "interactive", null));
        Assert.Equal("e-none", (string?)(await socket.HearsAsync())["envelope_id"]);
        Assert.Empty(await bench.QueryAsync<string>("select id from inbox"));
        await socket.SendAsync(Envelope("e-good", "slash_commands", Command("t.2", "whoami")));
        Assert.Equal("e-good", (string?)(await socket.HearsAsync())["envelope_id"]);
        Assert.Equal("t.2", Assert.Single(await bench.QueryAsync<string>("select id from inbox")));
        Assert.Equal(1, slack.Knocks);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_answer_travels_in_the_acknowledgement_only_where_it_is_taken(bool accepts)
    {
        await using var slack = await FakeSlack.StartAsync();
        await using var bench = await StartAsync(slack);
        var socket = await slack.NextSocketAsync();
        var submission = new JsonObject
        {
            ["type"] = "view_submission", ["api_app_id"] = "A0JIT", ["trigger_id"] = "t.3", ["team"] = new JsonObject { ["id"] = "T0EX" }, ["user"] = new JsonObject { ["id"] = "U0ANA", ["team_id"] = "T0EX" },
            ["view"] = new JsonObject { ["callback_id"] = "request", ["state"] = new JsonObject { ["values"] = new JsonObject() } },
        };
        await socket.SendAsync(Envelope("e-3", "interactive", submission, accepts));
        var acknowledgement = await socket.HearsAsync();
        Assert.Equal("e-3", (string?)acknowledgement["envelope_id"]);
        Assert.Equal(accepts ? "errors" : null, (string?)acknowledgement["payload"]?["response_action"]);
    }

    [Fact]
    public async Task What_could_not_be_answered_is_not_acknowledged()
    {
        await using var slack = await FakeSlack.StartAsync();
        await using var bench = await StartAsync(slack);
        var socket = await slack.NextSocketAsync();

        // Its first copy is still being worked on, by somebody who never ends.
        await bench.QueryAsync<string>("insert into inbox (id, surface, kind, body, state, received_at, next_attempt_at, attempts) values ('t.4', 'slack', 'view_submission', '{}', 'received', '2026-11-22T10:00:00.000000Z', '2026-11-22T11:00:00.000000Z', 0) returning id");
        await socket.SendAsync(Envelope("e-4", "interactive", new JsonObject { ["type"] = "view_submission", ["trigger_id"] = "t.4", ["api_app_id"] = "A0JIT" }));
        await socket.SendAsync(Envelope("e-5", "slash_commands", Command("t.5", "whoami")));
        Assert.Equal("e-5", (string?)(await socket.HearsAsync())["envelope_id"]);
        for (var i = 0; i < 50; i++)
            bench.Clock.Advance(TimeSpan.FromMilliseconds(100));
        await socket.SendAsync(Envelope("e-6", "slash_commands", Command("t.6", "whoami")));
        Assert.Equal("e-6", (string?)(await socket.HearsAsync())["envelope_id"]);
        Assert.True(socket.HasHeardNothing);
    }

    [Fact]
    public async Task Another_apps_envelope_is_not_taken_and_another_apps_socket_is_left()
    {
        await using var slack = await FakeSlack.StartAsync();
        await using var bench = await StartAsync(slack, o => o with { AppId = "A0JIT" });
        var socket = await slack.NextSocketAsync();
        var foreign = Command("t.7", "whoami");
        foreign["api_app_id"] = "A0OTHER";
        await socket.SendAsync(Envelope("e-7", "slash_commands", foreign));
        await socket.SendAsync(Envelope("e-8", "slash_commands", Command("t.8", "whoami")));
        Assert.Equal("e-8", (string?)(await socket.HearsAsync())["envelope_id"]);
        Assert.Equal("t.8", Assert.Single(await bench.QueryAsync<string>("select id from inbox")));

        slack.AppId = "A0OTHER";
        await socket.SendAsync("""{"type":"disconnect","reason":"refresh_requested"}""");
        await Eventually.TrueAsync(() => Task.FromResult(bench.Get<SlackStanding>().Describe().Contains("another app than Slack:AppId names", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("wss://evil.example/link/?ticket=t")]
    [InlineData("ws://localhost:{port}/link/?ticket=t")]
    [InlineData("http://127.0.0.1:{port}/link/?ticket=t")]
    [InlineData("not an address")]
    public async Task An_address_that_is_not_Slacks_is_not_connected_to(string address)
    {
        await using var slack = await FakeSlack.StartAsync();
        slack.Address = address.Replace("{port}", slack.ApiUrl.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        await using var bench = await StartAsync(slack, opens: false);
        await Eventually.TrueAsync(() => Task.FromResult(bench.Get<SlackStanding>().Describe().Contains("not Slack's", StringComparison.Ordinal)));
        Assert.Equal(0, slack.Knocks);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = await FakeSlack.StartAsync();
        await using var slack = await FakeSlack.StartAsync();
        slack.RedirectsTo = elsewhere.OwnAddress.Replace("ws://", "http://", StringComparison.Ordinal);
        await using var bench = await StartAsync(slack, opens: false);
        await Eventually.TrueAsync(() => Task.FromResult(bench.Get<SlackStanding>().Describe().Contains("could not be opened", StringComparison.Ordinal)));
        Assert.Equal((1, 0), (slack.Knocks, elsewhere.Knocks));
    }

    [Fact]
    public async Task Attempts_to_connect_grow_rarer()
    {
        await using var slack = await FakeSlack.StartAsync();
        slack.Address = "wss://evil.example/link/?ticket=t";
        await using var bench = await StartAsync(slack, opens: false);
        await Eventually.TrueAsync(() => Task.FromResult(slack.Opened == 1));
        for (var i = 0; i < 600; i++)
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.InRange(slack.Opened, 1, 25);
    }

    [Theory]
    [InlineData("https://slack.com/api/", false, "wss://wss-primary.slack.com/link/?ticket=t", true)]
    [InlineData("https://slack.com/api/", false, "wss://slack.com/link/", true)]
    [InlineData("https://slack.com/api/", false, "ws://wss-primary.slack.com/link/", false)]
    [InlineData("https://slack.com/api/", false, "wss://slack.com.evil.example/link/", false)]
    [InlineData("https://slack.com/api/", false, "wss://evilslack.com/link/", false)]
    [InlineData("https://slack.com/api/", false, "wss://slack.com:8443/link/", false)]
    [InlineData("https://slack.com/api/", false, "wss://user@slack.com/link/", false)]
    [InlineData("https://slack.com/api/", true, "ws://127.0.0.1:9/link/", false)]
    [InlineData("http://127.0.0.1:9/api/", true, "ws://127.0.0.1:9/link/", true)]
    [InlineData("http://127.0.0.1:9/api/", true, "ws://127.0.0.1:10/link/", false)]
    [InlineData("http://127.0.0.1:9/api/", false, "ws://127.0.0.1:9/link/", false)]
    [InlineData("http://slack.example/api/", true, "ws://slack.example/link/", false)]
    [InlineData("https://slack.example/api/", true, "wss://slack.example/link/", true)]
    [InlineData("https://slack.example/api/", true, "ws://slack.example/link/", false)]
    public void A_socket_leads_to_Slack_or_to_the_origin_of_the_test_endpoint(string api, bool tests, string url, bool isAllowed) =>
        Assert.Equal(isAllowed, new SlackOptions { ApiUrl = new Uri(api), AllowTestEndpoints = tests }.IsAllowedSocketUrl(new Uri(url)));

    private static Task<SlackBench> StartAsync(FakeSlack slack, Func<SlackOptions, SlackOptions>? settings = null, bool opens = true) => SlackBench.StartAsync(
        wiring: Wiring.Socket,
        opens: opens,
        settings: o => (settings?.Invoke(o) ?? o) with { ApiUrl = slack.ApiUrl, Sockets = 1 });

    private static JsonObject Command(string trigger, string text) => new()
    {
        ["command"] = "/access", ["text"] = text, ["team_id"] = "T0EX", ["user_id"] = "U0ANA", ["channel_id"] = "C0ACCESS", ["trigger_id"] = trigger, ["api_app_id"] = "A0JIT",
    };

    private static string Envelope(string id, string type, JsonObject? payload, bool accepts = true) =>
        new JsonObject { ["envelope_id"] = id, ["type"] = type, ["accepts_response_payload"] = accepts, ["payload"] = payload }.ToJsonString();
}

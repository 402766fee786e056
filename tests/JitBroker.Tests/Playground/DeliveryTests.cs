using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Playground.Delivery;

namespace JitBroker.Tests.Playground;

/// <summary>What reaches the app is what Slack would send, and failing apps fare as at Slack.</summary>
public sealed class DeliveryTests
{
    [Fact]
    public void The_signature_matches_the_published_vector()
    {
        const string body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
            + "&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
            + "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        Assert.Equal("v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
            SlackSignature.Of("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", Encoding.UTF8.GetBytes(body)));
    }

    [Fact]
    public async Task A_command_arrives_signed_with_every_field()
    {
        await using var bench = await Workbench.StartAsync();
        Assert.True((bool)(await bench.SayAsync("/access request orders-db:read 1h INC-42"))["ok"]!);
        var arrived = bench.App.Last;
        Assert.Equal("/slack/commands", arrived.Path);
        Assert.Equal("application/x-www-form-urlencoded", arrived.ContentType);
        AssertSigned(bench, arrived);
        var form = arrived.Form;
        Assert.Equal(("T0EX", "example", "C0ACCESS", "access-requests"), (form["team_id"], form["team_domain"], form["channel_id"], form["channel_name"]));
        Assert.Equal(("U0ANA", "ana", "/access", "request orders-db:read 1h INC-42"), (form["user_id"], form["user_name"], form["command"], form["text"]));
        Assert.Equal(("A0JIT", "false"), (form["api_app_id"], form["is_enterprise_install"]));
        Assert.StartsWith(bench.Host.Url.ToString(), form["response_url"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_press_arrives_with_message_container_and_state()
    {
        await using var bench = await Workbench.StartAsync();
        var ts = await PostCardAsync(bench);
        var pressed = await bench.DoAsync("act", new { person = "bea", conversation = "C0ACCESS", ts, action_id = "approve" });
        Assert.True((bool)pressed["ok"]!);
        AssertSigned(bench, bench.App.Last);
        var payload = bench.App.Last.Json;
        Assert.Equal("/slack/interactions", bench.App.Last.Path);
        Assert.Equal(("block_actions", "U0BEA", "T0EX"), ((string)payload["type"]!, (string)payload["user"]!["id"]!, (string)payload["user"]!["team_id"]!));
        Assert.Equal(("message", ts, "C0ACCESS", false), ((string)payload["container"]!["type"]!, (string)payload["container"]!["message_ts"]!, (string)payload["container"]!["channel_id"]!, (bool)payload["container"]!["is_ephemeral"]!));
        Assert.Equal(ts, (string)payload["message"]!["ts"]!);
        Assert.Equal(("button", "decide", "approve", "r1"), ((string)payload["actions"]![0]!["type"]!, (string)payload["actions"]![0]!["block_id"]!, (string)payload["actions"]![0]!["action_id"]!, (string)payload["actions"]![0]!["value"]!));
    }

    [Fact]
    public async Task A_tampered_press_carries_what_the_client_forged()
    {
        await using var bench = await Workbench.StartAsync();
        var ts = await PostCardAsync(bench);
        await bench.DoAsync("act", new { person = "bea", conversation = "C0ACCESS", ts, action_id = "approve", @override = new { value = "another" } });
        Assert.Equal("another", (string)bench.App.Last.Json["actions"]![0]!["value"]!);
    }

    [Fact]
    public async Task A_person_of_another_organisation_presses_with_their_own_team()
    {
        await using var bench = await Workbench.StartAsync();
        await bench.DoAsync("person", new { id = "U0ZED", handle = "zed", team_id = "T0ACME", join = new[] { "C0ACCESS" } });
        await bench.DoAsync("act", new { person = "zed", conversation = "C0ACCESS", ts = await PostCardAsync(bench), action_id = "approve" });
        Assert.Equal("T0ACME", (string)bench.App.Last.Json["user"]!["team_id"]!);
    }

    [Fact]
    public async Task A_press_on_an_ephemeral_message_has_no_message()
    {
        await using var bench = await Workbench.StartAsync();
        var posted = await bench.CallAsync("chat.postEphemeral", ("channel", "C0ACCESS"), ("user", "U0ANA"), ("text", "x"), ("blocks", Card));
        await bench.DoAsync("act", new { person = "ana", conversation = "C0ACCESS", ts = (string)posted["message_ts"]!, action_id = "approve" });
        Assert.Null(bench.App.Last.Json["message"]);
        Assert.True((bool)bench.App.Last.Json["container"]!["is_ephemeral"]!);
    }

    [Fact]
    public async Task An_app_that_sleeps_for_three_seconds_fails_the_command_and_the_caller_is_told()
    {
        await using var bench = await Workbench.StartAsync();
        var never = new TaskCompletionSource();
        bench.App.Answer = async _ => { await never.Task; return (200, null); };
        var saying = bench.SayAsync("/access mine");
        await Workbench.EventuallyAsync(() => Task.FromResult(!bench.App.Arrivals.IsEmpty && bench.Clock.HasTimerIn(TimeSpan.FromSeconds(3))));
        bench.Clock.Advance(TimeSpan.FromMilliseconds(2999));
        Assert.False(saying.IsCompleted);
        bench.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("operation_timeout", (string)(await saying)["error"]!);
        Assert.Equal("/access failed because the app did not respond (operation_timeout).", (string)(await bench.MessagesAsync())[^1]!["text"]!);
        Assert.Empty(await bench.MessagesAsync("bea"));
        never.SetResult();
    }

    [Fact]
    public async Task An_app_that_answers_500_fails_the_press_once_without_a_retry()
    {
        await using var bench = await Workbench.StartAsync();
        var ts = await PostCardAsync(bench);
        bench.App.Answers(500);
        var pressed = await bench.DoAsync("act", new { person = "bea", conversation = "C0ACCESS", ts, action_id = "approve" });
        Assert.Equal(("http_error", 500), ((string)pressed["error"]!, (int)pressed["status"]!));
        bench.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Single(bench.App.Arrivals);
    }

    [Fact]
    public async Task An_event_is_tried_three_times_more_with_Slacks_headers()
    {
        await using var bench = await Workbench.StartAsync();
        bench.App.Answers(500);
        await bench.DoAsync("home", new { person = "ana", tab = "home" });
        await Workbench.EventuallyAsync(() => Task.FromResult(bench.App.Arrivals.Count == 2 && bench.Clock.HasTimerIn(TimeSpan.FromMinutes(1))));
        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        await Workbench.EventuallyAsync(() => Task.FromResult(bench.App.Arrivals.Count == 3 && bench.Clock.HasTimerIn(TimeSpan.FromMinutes(5))));
        bench.Clock.Advance(TimeSpan.FromMinutes(5));
        await Workbench.EventuallyAsync(() => Task.FromResult(bench.App.Arrivals.Count == 4));
        var arrivals = bench.App.Arrivals.ToArray();
        Assert.False(arrivals[0].Headers.ContainsKey("X-Slack-Retry-Num"));
        Assert.Equal(["1", "2", "3"], arrivals[1..].Select(a => a.Headers["X-Slack-Retry-Num"]));
        Assert.All(arrivals[1..], a => Assert.Equal("http_error", a.Headers["X-Slack-Retry-Reason"]));
        Assert.Single(arrivals.Select(a => (string)a.Json["event_id"]!).Distinct());
        Assert.All(arrivals, a => AssertSigned(bench, a));
    }

    [Fact]
    public async Task A_recorded_delivery_is_sent_again_byte_for_byte_an_hour_later()
    {
        await using var bench = await Workbench.StartAsync();
        var said = await bench.SayAsync("/access mine");
        bench.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(200, (int)(await bench.DoAsync("redeliver", new { id = (string)said["delivery"]! }))["status"]!);
        var (first, again) = (bench.App.Arrivals.First(), bench.App.Last);
        Assert.Equal(first.Body, again.Body);
        Assert.Equal(first.Headers["X-Slack-Signature"], again.Headers["X-Slack-Signature"]);
        Assert.Equal(first.Headers["X-Slack-Request-Timestamp"], again.Headers["X-Slack-Request-Timestamp"]);
    }

    [Fact]
    public async Task The_handshake_holds_only_when_the_challenge_comes_back()
    {
        await using var bench = await Workbench.StartAsync();
        bench.App.Answer = arrived => Task.FromResult<(int, string?)>((200, new JsonObject { ["challenge"] = (string)arrived.Json["challenge"]! }.ToJsonString()));
        Assert.True((bool)(await bench.DoAsync("verify-url", new { }))["ok"]!);
        bench.App.Answers("""{"challenge":"guess"}""");
        Assert.False((bool)(await bench.DoAsync("verify-url", new { }))["ok"]!);
    }

    internal const string Card = """[{"type":"section","text":{"type":"mrkdwn","text":"*Ana* asks"}},{"type":"actions","block_id":"decide","elements":[{"type":"button","action_id":"approve","text":{"type":"plain_text","text":"Approve"},"value":"r1"}]}]""";

    internal static async Task<string> PostCardAsync(Workbench bench) => (string)(await bench.CallAsync("chat.postMessage", ("channel", "C0ACCESS"), ("text", "Ana asks"), ("blocks", Card)))["ts"]!;

    private static void AssertSigned(Workbench bench, Arrived arrived)
    {
        var timestamp = arrived.Headers["X-Slack-Request-Timestamp"];
        Assert.InRange(bench.Clock.GetUtcNow().ToUnixTimeSeconds() - long.Parse(timestamp, CultureInfo.InvariantCulture), 0, 600);
        Assert.Equal(SlackSignature.Of(bench.Host.Options.SigningSecret, timestamp, arrived.Body), arrived.Headers["X-Slack-Signature"]);
    }
}

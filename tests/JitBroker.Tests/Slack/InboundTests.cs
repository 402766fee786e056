using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;
using JitBroker.Bots.Slack;
using JitBroker.Scheduling;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Slack;

/// <summary>Attack I4 and the inbox: what comes in, once.</summary>
public sealed class InboundTests
{
    private const string Command = "command=%2Faccess&text=request+logs%3Aread+1h+INC-1&team_id=T0EX&user_id=U0ANA&channel_id=C0ACCESS&trigger_id=t.1&api_app_id=A0JIT&token=legacy-token";

    [Theory]
    [InlineData("/slack/commands")]
    [InlineData("/slack/interactions")]
    [InlineData("/slack/events")]
    public async Task Each_path_takes_every_kind_and_only_what_is_signed(string path)
    {
        await using var bench = await SlackBench.StartAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(bench, path, Command, sign: false)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(bench, path, Command, secret: "wrong")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(bench, path, Command, shift: -400)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(bench, path, Command, shift: 86_400)).Status);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PostAsync(bench, path, Command + new string('x', 1 << 20))).Status);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await PostAsync(bench, path, Command, type: "text/plain")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(bench, path, "{\"type\":", type: "application/json")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(bench, path, "{\"type\":\"a\",\"type\":\"b\"}", type: "application/json")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(bench, path, "payload=%7B%7D&payload=%7B%7D")).Status);
        foreach (var half in (string[])["""{"type":"\ud800"}""", """{"type":"block_actions","actions":[{"value":"\udc00"}]}""", """{"type":"url_verification","\ud800":1}"""])
            Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(bench, path, half, type: "application/json")).Status);
        using var got = await bench.Http.GetAsync(new Uri(bench.Door, path + "?" + Command));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, got.StatusCode);
        Assert.Empty(await bench.QueryAsync<string>("select id from inbox"));

        Assert.Equal(HttpStatusCode.OK, (await PostAsync(bench, path, Command, type: "application/x-www-form-urlencoded; charset=utf-8")).Status);
        await bench.UntilCardAsync("asks for");
    }

    [Fact]
    public async Task The_certificate_check_is_answered_unsigned_and_nothing_else_in_it_is_looked_at()
    {
        await using var bench = await SlackBench.StartAsync();
        Assert.Equal((HttpStatusCode.OK, ""), await PostAsync(bench, "/slack/events", "ssl_check=1&" + Command, sign: false));
        Assert.Empty(await bench.QueryAsync<string>("select id from inbox"));
    }

    [Fact]
    public async Task The_handshake_is_answered_when_it_is_signed()
    {
        await using var bench = await SlackBench.StartAsync();
        const string body = """{"type":"url_verification","token":"t","challenge":"3eZbrw1a"}""";
        Assert.Equal((HttpStatusCode.OK, """{"challenge":"3eZbrw1a"}"""), await PostAsync(bench, "/slack/events", body, type: "application/json"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(bench, "/slack/events", body, type: "application/json", sign: false)).Status);
    }

    [Fact]
    public async Task Another_apps_delivery_is_refused_when_our_id_is_known()
    {
        await using var bench = await SlackBench.StartAsync(settings: o => o with { AppId = "A0OTHER" });
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(bench, "/slack/commands", Command)).Status);
        Assert.Empty(await bench.QueryAsync<string>("select id from inbox"));
    }

    [Fact]
    public async Task A_replay_has_no_second_effect_and_no_second_answer()
    {
        await using var bench = await SlackBench.StartAsync();
        await bench.AskAsync();
        await bench.UntilWhisperAsync("ana", "Needs 1 of 3");
        var delivery = await bench.LastDeliveryAsync("slash_commands");
        var before = (await bench.SeesAsync("ana")).Count;
        for (var i = 0; i < 5; i++)
            Assert.Equal(200, (int)(await bench.DoAsync("redeliver", new { id = (string)delivery["id"]! }))["status"]!);
        Assert.Single(await bench.QueryAsync<string>("select id from requests"));
        Assert.Equal(before, (await bench.SeesAsync("ana")).Count);
        Assert.Equal("done", Assert.Single(await bench.QueryAsync<string>("select state from inbox")));
    }

    [Fact]
    public async Task A_submission_that_comes_twice_gets_the_first_answer_and_one_request()
    {
        await using var bench = await SlackBench.StartAsync();
        await bench.SayAsync("ana", "/access request logs:read 1h");
        await bench.UntilAsync(async () => SlackBench.Text(await bench.ModalAsync("ana")).Contains("data-owners", StringComparison.Ordinal));
        await bench.SubmitAsync("ana", new { duration = new { value = (string?)null } }, force: true);
        await bench.SubmitAsync("ana", new { duration = new { value = "PT2H" }, reason = new { value = "INC-1" } });
        var delivery = await bench.LastDeliveryAsync("view_submission");
        Assert.Equal("", (string)delivery["answer"]!);
        Assert.Equal("", (string)(await bench.DoAsync("redeliver", new { id = (string)delivery["id"]! }))["body"]!);
        Assert.Single(await bench.QueryAsync<string>("select id from requests"));

        // The same again as a fresh submission is told what stands in the way; its twin gets the very same words.
        var again = Submission("t.again", (JsonObject)delivery);
        var first = await bench.DoAsync("deliver", new { kind = "interaction", body = again });
        var second = await bench.DoAsync("deliver", new { kind = "interaction", body = again });
        Assert.Contains("You have asked for logs:read already", (string?)first["body"], StringComparison.Ordinal);
        Assert.Equal((string?)first["body"], (string?)second["body"]);
    }

    [Fact]
    public async Task No_token_and_no_response_url_is_stored()
    {
        await using var bench = await SlackBench.StartAsync();
        await bench.AskAsync();
        await bench.PressAsync("bea", (await bench.CardAsync())!, "approve");
        await bench.UntilCardAsync("ready for Ana");
        var bodies = string.Join('\n', await bench.QueryAsync<string>("select body from inbox"));
        Assert.Contains("logs:read", bodies, StringComparison.Ordinal);
        Assert.DoesNotContain("response_url", bodies, StringComparison.Ordinal);
        Assert.DoesNotContain("/hooks/", bodies, StringComparison.Ordinal);
        Assert.DoesNotContain("legacy-token", bodies, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_process_took_before_it_died_is_taken_over_and_done_once()
    {
        await using var bench = await SlackBench.StartAsync(works: false);
        await bench.SayAsync("ana", "/access request logs:read 1h INC-1");
        Assert.Equal("received", Assert.Single(await bench.QueryAsync<string>("select state from inbox")));
        await bench.Get<WorkInbox>().RunAsync(CancellationToken.None);
        Assert.Empty(await bench.QueryAsync<string>("select id from requests"));

        bench.Clock.Advance(Replica.ClaimFor + TimeSpan.FromSeconds(1));
        await bench.Get<WorkInbox>().RunAsync(CancellationToken.None);
        await bench.Get<WorkInbox>().RunAsync(CancellationToken.None);
        await bench.UntilCardAsync("asks for");
        Assert.Single(await bench.QueryAsync<string>("select id from requests"));
        Assert.Equal("done", Assert.Single(await bench.QueryAsync<string>("select state from inbox")));
    }

    [Fact]
    public async Task A_command_that_was_typed_again_before_it_was_taken_over_is_worked_on_once()
    {
        await using var bench = await SlackBench.StartAsync(works: false);
        await bench.SayAsync("ana", "/access request logs:read 1h INC-1");
        bench.Clock.Advance(Replica.ClaimFor + TimeSpan.FromSeconds(1));
        await bench.SayAsync("cy", "/access request logs:read 1h INC-1");
        await bench.SayAsync("ana", "/access request logs:read 1h INC-1");

        await bench.Get<WorkInbox>().RunAsync(CancellationToken.None);
        Assert.Empty(await bench.QueryAsync<string>("select id from requests"));
        Assert.Equal(["done", "received", "received"], await bench.QueryAsync<string>("select state from inbox order by received_at, state"));

        bench.Clock.Advance(Replica.ClaimFor + TimeSpan.FromSeconds(1));
        await bench.Get<WorkInbox>().RunAsync(CancellationToken.None);
        Assert.Equal(["ana@example.com", "cy@example.com"], await bench.QueryAsync<string>("select requester from requests order by requester"));
        Assert.Equal(["done", "done", "done"], await bench.QueryAsync<string>("select state from inbox"));
    }

    [Fact]
    public async Task Nobody_of_a_workspace_that_is_not_ours_gets_anything_but_a_refusal()
    {
        await using var bench = await SlackBench.StartAsync();
        await PostAsync(bench, "/slack/commands", Command.Replace("T0EX", "T0EVIL", StringComparison.Ordinal));
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select data from events where type = 'refused'")).Any(d => d.Contains("T0EVIL", StringComparison.Ordinal)));
        Assert.Empty(await bench.QueryAsync<string>("select id from requests"));
    }

    [Fact]
    public async Task An_hour_late_delivery_of_an_event_is_acknowledged_once()
    {
        await using var bench = await SlackBench.StartAsync();
        const string body = """{"type":"event_callback","event_id":"Ev1","team_id":"T0EX","api_app_id":"A0JIT","token":"t","event":{"type":"tokens_revoked"}}""";
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(bench, "/slack/events", body, type: "application/json")).Status);
        bench.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(bench, "/slack/events", body, type: "application/json")).Status);
        Assert.Equal("Ev1", Assert.Single(await bench.QueryAsync<string>("select id from inbox")));
    }

    private static string Submission(string trigger, JsonObject delivery)
    {
        var body = Uri.UnescapeDataString(((string)delivery["body"]!)["payload=".Length..].Replace('+', ' '));
        var payload = (JsonObject)JsonNode.Parse(body)!;
        payload["trigger_id"] = trigger;
        return "payload=" + Uri.EscapeDataString(payload.ToJsonString());
    }

    private static async Task<(HttpStatusCode Status, string Body)> PostAsync(
        SlackBench bench, string path, string body, bool sign = true, string? secret = null, int shift = 0, string type = "application/x-www-form-urlencoded")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(bench.Door, path)) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        var timestamp = (bench.Clock.GetUtcNow().ToUnixTimeSeconds() + shift).ToString(CultureInfo.InvariantCulture);
        if (sign)
        {
            request.Headers.Add(SlackSignature.TimestampHeader, timestamp);
            request.Headers.Add(SlackSignature.SignatureHeader, SlackSignature.Sign(secret ?? bench.Slack.Options.SigningSecret, timestamp, Encoding.UTF8.GetBytes(body)));
        }

        using var response = await bench.Http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}

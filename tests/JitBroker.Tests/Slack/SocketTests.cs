using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using JitBroker.Bots.Slack;
using JitBroker.Tests.Chat;
using JitBroker.Tests.Issuing;

namespace JitBroker.Tests.Slack;

/// <summary>Socket mode against the playground: no delivery is lost or done twice, whatever becomes of the sockets.</summary>
public sealed class SocketTests
{
    [Fact]
    public async Task Two_sockets_are_held_and_deliveries_go_over_both()
    {
        await using var bench = await StartAsync();
        for (var i = 0; i < 4; i++)
            Assert.True((bool)(await bench.SayAsync("ana", "/access whoami"))["ok"]!);
        Assert.All(await SocketsAsync(bench), s => Assert.Equal(2, (int)s["envelopes"]!));
        Assert.Equal("socket: 2 of 2 open.", bench.Get<SlackStanding>().Describe());
    }

    [Fact]
    public async Task What_is_acknowledged_is_stored()
    {
        await using var bench = await SlackBench.StartAsync(works: false, wiring: Wiring.Socket);
        Assert.True((bool)(await bench.SayAsync("ana", "/access request logs:read 1h INC-1"))["ok"]!);
        Assert.Equal("received", Assert.Single(await bench.QueryAsync<string>("select state from inbox")));
    }

    [Fact]
    public async Task The_same_delivery_over_a_socket_and_over_HTTP_is_one()
    {
        await using var bench = await StartAsync();
        var card = await bench.AskAsync();
        await AgainBothWaysAsync(bench, "slash_commands");
        await bench.PressAsync("bea", card, "approve");
        await bench.UntilCardAsync("ready for Ana");
        await AgainBothWaysAsync(bench, "block_actions");
        Assert.Single(await bench.QueryAsync<string>("select id from requests"));
        Assert.Single(await bench.QueryAsync<string>("select id from decisions"));
        Assert.Equal(2, (await bench.QueryAsync<string>("select id from inbox")).Count);
    }

    [Fact]
    public async Task A_submission_gets_its_first_answer_by_either_way()
    {
        await using var bench = await StartAsync();
        await bench.SayAsync("ana", "/access request logs:read 1h");
        await bench.UntilAsync(async () => SlackBench.Text(await bench.ModalAsync("ana")).Contains("data-owners", StringComparison.Ordinal));
        await bench.SubmitAsync("ana", new { reason = new { value = " " } }, force: true);
        var first = await bench.LastDeliveryAsync("view_submission");
        Assert.Contains("\"errors\"", (string)first["answer"]!, StringComparison.Ordinal);
        var answers = await AgainBothWaysAsync(bench, "view_submission");
        Assert.All(answers, a => Assert.True(JsonNode.DeepEquals(JsonNode.Parse((string)first["answer"]!), JsonNode.Parse(a)), a));
    }

    [Theory]
    [InlineData("warning")]
    [InlineData("refresh_requested")]
    public async Task A_socket_that_is_to_be_left_has_its_successor_before_it_goes(string reason)
    {
        await using var bench = await StartAsync();
        var before = (await SocketsAsync(bench)).Select(s => (int)s["number"]!).ToList();
        var saying = Enumerable.Range(0, 10).Select(i => bench.SayAsync("ana", "/access request logs:read 1h INC-" + i.ToString(CultureInfo.InvariantCulture))).ToList();
        await bench.DoAsync("sockets", new { disconnect = reason });
        saying.AddRange(Enumerable.Range(0, 10).Select(_ => bench.SayAsync("ana", "/access mine")));
        Assert.All(await Task.WhenAll(saying), s => Assert.True((bool)s["ok"]!, s.ToJsonString()));
        await Eventually.TrueAsync(async () => (await SocketsAsync(bench)).Count(s => !before.Contains((int)s["number"]!)) == 2);
        await Eventually.TrueAsync(async () => (await SocketsAsync(bench)).Count == 2);
        Assert.Equal("socket: 2 of 2 open.", bench.Get<SlackStanding>().Describe());
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select id from inbox where state = 'received'")).Count == 0);
        Assert.Single(await bench.QueryAsync<string>("select id from requests"));
        Assert.Equal(20, (await bench.QueryAsync<string>("select id from inbox")).Count);
    }

    [Fact]
    public async Task Sockets_that_break_are_opened_anew_and_the_event_meanwhile_comes_again()
    {
        await using var bench = await StartAsync(events: false);
        var before = (await SocketsAsync(bench)).Max(s => (int)s["number"]!);
        await bench.DoAsync("sockets", new { abort = true });
        await Eventually.TrueAsync(async () => (await SocketsAsync(bench)).Count == 0);
        Assert.False((bool)(await bench.DoAsync("event", new { @event = new { type = "tokens_revoked" } }))["ok"]!);
        await Eventually.TrueAsync(async () =>
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            return (await SocketsAsync(bench)).Count(s => (int)s["number"]! > before) == 2;
        });
        await bench.UntilRowAsync("select id from inbox where kind = 'event_callback'");
        Assert.Single(await bench.QueryAsync<string>("select id from inbox"));
    }

    [Fact]
    public async Task Switched_off_and_on_again_it_comes_back_by_itself()
    {
        await using var bench = await StartAsync();
        await bench.DoAsync("sockets", new { disconnect = "link_disabled" });
        await Eventually.TrueAsync(() => Task.FromResult(bench.Get<SlackStanding>().OpenSockets == 0));
        Assert.Contains("switched off for the app", bench.Get<SlackStanding>().Describe(), StringComparison.Ordinal);
        await bench.DoAsync("sockets", new { enabled = true });
        await Eventually.TrueAsync(() =>
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(30));
            return Task.FromResult(bench.Get<SlackStanding>().OpenSockets == 2);
        });
        Assert.True((bool)(await bench.SayAsync("ana", "/access whoami"))["ok"]!);
    }

    [Fact]
    public async Task Without_signing_secrets_no_request_is_taken_in_socket_mode()
    {
        await using var bench = await SlackBench.StartAsync(wiring: Wiring.Socket, settings: o => o with { SigningSecrets = () => [] });
        var answer = await bench.DoAsync("deliver", new { via = "http", kind = "command", body = "command=%2Faccess&text=whoami&team_id=T0EX&user_id=U0ANA&trigger_id=t.1" });
        Assert.Equal(401, (int)answer["status"]!);
        Assert.Empty(await bench.QueryAsync<string>("select id from inbox"));
        await bench.AskAsync();
    }

    [Fact]
    public async Task A_token_that_Slack_refuses_is_told_and_its_successor_is_used()
    {
        using var log = new CapturedLog();
        var token = "xapp-wrong";
        var right = "";
        await using var bench = await SlackBench.StartAsync(
            wiring: Wiring.Socket,
            opens: false,
            log: log,
            workspace: o =>
            {
                right = o.AppToken;
                return o;
            },
            settings: o => o with { AppToken = () => token });
        await Eventually.TrueAsync(() => Task.FromResult(bench.Get<SlackStanding>().Describe().Contains("Slack refuses a socket: invalid_auth", StringComparison.Ordinal)));
        token = right;
        await Eventually.TrueAsync(() =>
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(30));
            return Task.FromResult(bench.Get<SlackStanding>().OpenSockets == 2);
        });
        Assert.Contains("Set Slack:AppToken", log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("xapp-", log.Text.Replace("(xapp-…)", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_everything_logged_neither_token_nor_ticket_is_in_the_log()
    {
        using var log = new CapturedLog();
        await using (var bench = await SlackBench.StartAsync(wiring: Wiring.Socket, log: log))
        {
            await bench.AskAsync();
            await bench.DoAsync("sockets", new { abort = true });
            await Eventually.TrueAsync(() =>
            {
                bench.Clock.Advance(TimeSpan.FromSeconds(1));
                return Task.FromResult(log.Text.Contains("the connection was lost", StringComparison.Ordinal) || log.Text.Contains("A socket ended", StringComparison.Ordinal));
            });
            Assert.DoesNotContain(bench.Slack.Options.AppToken, log.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(bench.Slack.Options.BotToken, log.Text, StringComparison.Ordinal);
        }

        Assert.Contains("Socket 0 to Slack is open", log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("ticket=", log.Text, StringComparison.Ordinal);
    }

    private static async Task<SlackBench> StartAsync(bool events = true)
    {
        var bench = await SlackBench.StartAsync(wiring: Wiring.Socket);
        if (!events)
            (bench.Slack.EventsUrl, bench.Slack.CommandsUrl, bench.Slack.InteractionsUrl) = (null, null, null);
        return bench;
    }

    private static async Task<IReadOnlyList<JsonObject>> SocketsAsync(SlackBench bench) => [.. ((JsonArray)(await bench.DoAsync("sockets", new { }))["sockets"]!).OfType<JsonObject>()];

    /// <summary>Sends the last delivery of a type again, over a socket and over HTTP.</summary>
    private static async Task<IReadOnlyList<string>> AgainBothWaysAsync(SlackBench bench, string type)
    {
        var id = (string)(await bench.LastDeliveryAsync(type))["id"]!;
        var answers = new List<string>();
        foreach (var via in (string[])["socket", "http", "socket"])
        {
            var answer = await bench.DoAsync("redeliver", new { id, via });
            Assert.Equal((int)HttpStatusCode.OK, (int)answer["status"]!);
            answers.Add((string)answer["body"]!);
        }

        return answers;
    }
}

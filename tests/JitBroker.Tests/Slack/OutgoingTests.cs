using System.Text.Json.Nodes;
using JitBroker.Playground;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Slack;

/// <summary>Attack E6 and chat-wire A14: Slack is away, slow, wrong or lies.</summary>
public sealed class OutgoingTests
{
    private static readonly string Ana = SlackBench.Direct("ana");

    [Fact]
    public async Task A_rate_limit_is_waited_out_and_nothing_is_lost_or_doubled()
    {
        await using var bench = await SlackBench.StartAsync();
        await bench.FaultAsync(new { method = "chat.postMessage", times = 2, status = 429, retry_after = 20 });
        await bench.SayAsync("ana", "/access request logs:read 1h INC-1");
        await bench.UntilAsync(async () => (await bench.CallsAsync("chat.postMessage")).Count == 2);
        Assert.Null(await bench.CardAsync());
        bench.Clock.Advance(TimeSpan.FromSeconds(25));
        await bench.UntilCardAsync("asks for");
        await bench.UntilAsync(async () => await bench.CardAsync("ana", Ana) is not null);
        Assert.Single(await bench.SeesAsync("bea"));
        Assert.Equal(0, (await bench.QueryAsync<long>("select max(attempts) - 1 from deliveries where template = 'approval_card'"))[0]);
    }

    [Fact]
    public async Task A_private_answer_that_finds_no_way_is_tried_again()
    {
        await using var bench = await SlackBench.StartAsync();
        foreach (var method in (string[])["response_url", "chat.postEphemeral", "conversations.open"])
            await bench.FaultAsync(new { method, status = 500 });
        await bench.SayAsync("ana", "/access whoami");
        await bench.UntilAsync(async () =>
        {
            bench.Clock.Advance(TimeSpan.FromMilliseconds(100));
            return SlackBench.Text(await bench.WhisperAsync("ana")).Contains("You are *Ana*", StringComparison.Ordinal);
        });
        Assert.Single(await bench.CallsAsync("conversations.open"));
    }

    [Fact]
    public async Task An_edit_that_fails_is_tried_again_until_the_card_is_true()
    {
        await using var bench = await SlackBench.StartAsync();
        var card = await bench.AskAsync();
        await bench.FaultAsync(new { method = "chat.update", times = 2, status = 500 });
        await bench.PressAsync("bea", card, "approve");
        await bench.UntilAsync(async () => (await bench.CallsAsync("chat.update")).Count >= 2);
        bench.Clock.Advance(TimeSpan.FromSeconds(10));
        await bench.UntilCardAsync("ready for Ana");
    }

    [Fact]
    public async Task A_card_that_somebody_deleted_is_posted_anew_while_it_matters()
    {
        await using var bench = await SlackBench.StartAsync();
        var card = await bench.AskAsync(entitlement: TestCatalog.Two);
        await bench.FaultAsync(new { method = "chat.update", status = 200, error = "message_not_found" });
        await bench.PressAsync("bea", card, "approve");
        await bench.UntilAsync(async () => (await bench.SeesAsync("bea")).Count(m => SlackBench.Text(m).Contains("1 of 2 approved", StringComparison.Ordinal)) == 1);
    }

    [Theory]
    [InlineData("C0GEN", "not_in_channel")]
    [InlineData("C0SHARE", "shared with another organisation")]
    [InlineData("C0NONE", "channel_not_found")]
    public async Task A_channel_that_takes_no_cards_is_replaced_by_direct_messages_and_operations_are_told(string channel, string why)
    {
        await using var bench = await SlackBench.StartAsync(settings: o => o with { Channel = channel });
        await bench.SayAsync("ana", "/access request logs:read 1h INC-1");
        await bench.UntilAsync(async () => SlackBench.HasButton(await bench.CardAsync("bea", SlackBench.Direct("bea")), "approve"));
        await bench.UntilAsync(async () => SlackBench.HasButton(await bench.CardAsync("eli", SlackBench.Direct("eli")), "approve"));
        await bench.UntilCardAsync(why, "dan", SlackBench.Operations);
        Assert.Contains("because you are in data-owners", SlackBench.Text(await bench.CardAsync("bea", SlackBench.Direct("bea"))), StringComparison.Ordinal);
        await bench.PressAsync("bea", (await bench.CardAsync("bea", SlackBench.Direct("bea")))!, "approve", SlackBench.Direct("bea"));
        await bench.UntilCardAsync("ready for Ana", "eli", SlackBench.Direct("eli"));
    }

    [Fact]
    public async Task Without_a_channel_each_approver_gets_a_direct_message()
    {
        await using var bench = await SlackBench.StartAsync(settings: o => o with { Channel = "" });
        await bench.SayAsync("ana", "/access request logs:read 1h INC-1");
        foreach (var approver in (string[])["bea", "dan", "eli"])
            await bench.UntilAsync(async () => SlackBench.HasButton(await bench.CardAsync(approver, SlackBench.Direct(approver)), "approve"));
    }

    [Fact]
    public async Task Blocks_that_Slack_does_not_take_are_said_in_plain_text()
    {
        await using var bench = await SlackBench.StartAsync();
        await bench.FaultAsync(new { method = "chat.postMessage", status = 200, error = "invalid_blocks" });
        await bench.SayAsync("ana", "/access request logs:read 1h INC-1");
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select id from copies")).Count == 2);
        var plain = (await bench.CallsAsync("chat.postMessage")).Where(c => (string?)c["arguments"]!["blocks"] == "[]" || c["arguments"]!["blocks"] is JsonArray { Count: 0 });
        Assert.Single(plain);
    }

    [Fact]
    public async Task An_acknowledgement_does_not_wait_for_Slack()
    {
        await using var bench = await SlackBench.StartAsync();
        await bench.FaultAsync(new { method = "*", times = 1000, status = 200, delay_ms = 60_000 });
        foreach (var typed in (string[])["/access request", "/access request logs:read 1h INC-1", "/access whoami", "/access mine"])
            Assert.True((bool)(await bench.SayAsync("ana", typed))["ok"]!, typed);
        await bench.UntilRowAsync("select id from requests");
        await bench.FaultAsync(new { clear = true });
    }

    [Fact]
    public async Task While_the_token_is_refused_everything_waits_and_nothing_dies()
    {
        await using var bench = await SlackBench.StartAsync(workspace: o => o with { Scopes = ["commands", "im:write", "users:read", "channels:read", "groups:read"] });
        await bench.SayAsync("ana", "/access request logs:read 1h INC-1");
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select last_error from deliveries where last_error is not null")).Contains("missing_scope"));
        Assert.All(await bench.QueryAsync<string>("select state from deliveries"), s => Assert.Equal("pending", s));
    }

    [Fact]
    public async Task An_answer_does_not_go_through_a_response_url_that_is_not_Slacks()
    {
        await using var bench = await SlackBench.StartAsync(settings: o => o with { ApiUrl = new Uri(o.ApiUrl, "http://localhost:" + o.ApiUrl.Port + "/api/") });
        await bench.SayAsync("ana", "/access whoami");
        await bench.UntilWhisperAsync("ana", "You are *Ana*");
        Assert.Empty(await bench.CallsAsync("response_url"));
        Assert.Single(await bench.CallsAsync("chat.postEphemeral"));
    }

    [Fact]
    public async Task After_the_broker_forgot_the_response_url_the_answer_goes_into_the_channel_or_a_direct_message()
    {
        await using var bench = await SlackBench.StartAsync();
        await bench.FaultAsync(new { method = "response_url", status = 500 });
        await bench.DoAsync("deliver", new { kind = "command", body = "command=%2Faccess&text=whoami&team_id=T0EX&user_id=U0ANA&channel_id=C0ACCESS&trigger_id=t.1&api_app_id=A0JIT" });
        await bench.UntilWhisperAsync("ana", "You are *Ana*");
        await bench.DoAsync("deliver", new { kind = "command", body = "command=%2Faccess&text=whoami&team_id=T0EX&user_id=U0ANA&channel_id=C0NONE&trigger_id=t.2&api_app_id=A0JIT" });
        await bench.UntilCardAsync("You are *Ana*", "ana", Ana);
    }

    [Fact]
    public async Task A_message_without_a_link_still_is_a_reason()
    {
        await using var bench = await SlackBench.StartAsync();
        await bench.SayAsync("cy", "INC-42 slow");
        await bench.FaultAsync(new { method = "chat.getPermalink", error = "internal_error" });
        await bench.DoAsync("shortcut", new { person = "ana", callback_id = "jit_request_for", conversation = SlackBench.Channel, ts = (string)(await bench.SeesAsync("ana")).Last(m => !(bool)m["from_app"]!)["ts"]! });
        await bench.UntilAsync(async () => SlackBench.Entered(await bench.ModalAsync("ana"), "reason") == "INC-42 slow");
    }
}

using System.Text.Json.Nodes;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Slack;

/// <summary>Deciding by buttons.</summary>
public abstract class DecideSuite(Wiring wiring) : ChatSuite(wiring)
{
    [Fact]
    public async Task An_approval_makes_the_grant_and_every_copy_says_so_without_buttons()
    {
        await using var bench = await StartAsync();
        var card = await bench.AskAsync();
        Assert.True((bool)(await bench.PressAsync("bea", card, "approve"))["ok"]!);
        await bench.UntilCardAsync("ready for Ana");
        card = (await bench.CardAsync())!;
        Assert.Contains("Approved by Bea", SlackBench.Text(card), StringComparison.Ordinal);
        Assert.False(SlackBench.HasButton(card, "approve") || SlackBench.HasButton(card, "deny"));
        await bench.UntilCardAsync("Approved by Bea", "ana", SlackBench.Direct("ana"));
        Assert.True(SlackBench.HasButton(await bench.CardAsync("ana", SlackBench.Direct("ana")), "collect"));
        Assert.Equal("active", Assert.Single(await bench.QueryAsync<string>("select state from grants")));
        Assert.Equal("slack:T0EX/U0BEA", Assert.Single(await bench.QueryAsync<string>("select identity from decisions")));
    }

    [Fact]
    public async Task Approve_by_the_requester_is_refused_privately_and_audited()
    {
        await using var bench = await StartAsync();
        var card = await bench.AskAsync();
        await bench.PressAsync("ana", card, "approve");
        await bench.UntilWhisperAsync("ana", "You can't decide your own request.");
        Assert.Equal("pending", Assert.Single(await bench.QueryAsync<string>("select state from requests")));
        Assert.Contains("own_request", Assert.Single(await bench.QueryAsync<string>("select data from events where type = 'refused'")), StringComparison.Ordinal);
        Assert.True(SlackBench.HasButton(await bench.CardAsync(), "approve"));
    }

    [Fact]
    public async Task Somebody_who_has_no_say_is_told_who_has()
    {
        await using var bench = await StartAsync();
        await bench.PressAsync("cy", await bench.AskAsync(), "approve");
        await bench.UntilWhisperAsync("cy", "You are not among those who decide this: data-owners (Bea, Dan, Eli)");
    }

    [Fact]
    public async Task A_denial_asks_for_its_reason_and_the_asker_reads_it()
    {
        await using var bench = await StartAsync();
        var card = await bench.AskAsync();
        await bench.PressAsync("dan", card, "deny");
        await bench.UntilAsync(async () => await bench.ModalAsync("dan") is not null);
        Assert.Equal("deny", (string?)(await bench.ModalAsync("dan"))!["callback_id"]);
        var accepted = await bench.SubmitAsync("dan", new { reason = new { value = "use the replica" } });
        Assert.True((bool)accepted["ok"]!, accepted.ToJsonString());
        await bench.UntilCardAsync("Denied by *Dan*");
        Assert.Contains("Dan says: use the replica", SlackBench.Text(await bench.CardAsync()), StringComparison.Ordinal);
        await bench.UntilCardAsync("use the replica", "ana", SlackBench.Direct("ana"));
        Assert.False(SlackBench.HasButton(await bench.CardAsync(), "approve"));
    }

    [Fact]
    public async Task A_blank_denial_comes_back_at_its_field()
    {
        await using var bench = await StartAsync();
        await bench.PressAsync("dan", await bench.AskAsync(), "deny");
        await bench.UntilAsync(async () => await bench.ModalAsync("dan") is not null);
        var refused = await bench.SubmitAsync("dan", new { reason = new { value = "   " } });
        Assert.Contains("Say why you deny it", (string?)refused["errors"]!["reason"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_denial_whose_metadata_names_another_request_is_judged_by_that_one()
    {
        await using var bench = await StartAsync();
        var own = await bench.AskAsync("ana");
        var id = (await bench.QueryAsync<string>("select id from requests"))[0];
        await bench.PressAsync("ana", own, "deny");
        await bench.UntilWhisperAsync("ana", "You can't decide your own request.");
        Assert.Null(await bench.ModalAsync("ana"));
        var body = new JsonObject
        {
            ["type"] = "view_submission", ["api_app_id"] = "A0JIT", ["trigger_id"] = "forged.1", ["team"] = new JsonObject { ["id"] = "T0EX" },
            ["user"] = new JsonObject { ["id"] = "U0ANA", ["team_id"] = "T0EX" },
            ["view"] = new JsonObject
            {
                ["callback_id"] = "deny", ["private_metadata"] = id,
                ["state"] = JsonNode.Parse("""{"values":{"reason":{"value":{"type":"plain_text_input","value":"mine"}}}}"""),
            },
        };
        var answer = await bench.DoAsync("deliver", new { kind = "interaction", body = "payload=" + Uri.EscapeDataString(body.ToJsonString()) });
        Assert.Contains("own request", (string?)answer["body"], StringComparison.Ordinal);
        Assert.Equal("pending", Assert.Single(await bench.QueryAsync<string>("select state from requests")));
    }

    [Fact]
    public async Task A_quorum_of_two_shows_its_progress_and_keeps_its_buttons_until_it_is_full()
    {
        await using var bench = await StartAsync();
        var card = await bench.AskAsync(entitlement: TestCatalog.Two);
        await bench.PressAsync("bea", card, "approve");
        await bench.UntilCardAsync("1 of 2 approved (Bea");
        Assert.True(SlackBench.HasButton(await bench.CardAsync(), "approve"));
        await bench.PressAsync("bea", (await bench.CardAsync())!, "approve");
        await bench.UntilWhisperAsync("bea", "You decided this already: approved");
        await bench.PressAsync("eli", (await bench.CardAsync())!, "approve");
        await bench.UntilCardAsync("ready for Ana");
    }

    [Fact]
    public async Task A_press_after_the_end_is_told_who_won()
    {
        await using var bench = await StartAsync();
        var card = await bench.AskAsync();
        await bench.PressAsync("bea", card, "approve");
        await bench.UntilCardAsync("ready for Ana");
        await bench.PressAsync("dan", card, "approve", value: null);
        // The card has no buttons any more, so a stale client is forged.
        await bench.DoAsync("deliver", new { kind = "interaction", body = Press("U0DAN", "approve", (string)card["ts"]!, (await bench.QueryAsync<string>("select id from requests"))[0]) });
        await bench.UntilAsync(async () => SlackBench.Text(await bench.WhisperAsync("dan")).Contains("Bea approved this at", StringComparison.Ordinal));
        Assert.Single(await bench.QueryAsync<string>("select id from grants"));
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("is_bot")]
    [InlineData("is_restricted")]
    [InlineData("is_ultra_restricted")]
    public async Task Accounts_that_are_bots_guests_or_deactivated_decide_nothing(string flag)
    {
        await using var bench = await StartAsync();
        var card = await bench.AskAsync();
        await bench.DoAsync("person", new JsonObject { ["id"] = "U0BEA", [flag] = true });
        await bench.PressAsync("U0BEA", card, "approve");
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select data from events where type = 'refused'")).Any(d => d.Contains("Your account is", StringComparison.Ordinal)));
        Assert.Equal("pending", Assert.Single(await bench.QueryAsync<string>("select state from requests")));
    }

    [Fact]
    public async Task Somebody_of_another_workspace_decides_nothing()
    {
        await using var bench = await StartAsync();
        var card = await bench.AskAsync();
        await bench.DoAsync("person", new { id = "U0BEA", team_id = "T0OTHER" });
        await bench.PressAsync("U0BEA", card, "approve");
        await bench.UntilWhisperAsync("bea", "another workspace");
        Assert.Equal("pending", Assert.Single(await bench.QueryAsync<string>("select state from requests")));
    }

    [Fact]
    public async Task While_Slack_does_not_say_who_somebody_is_nothing_is_decided()
    {
        await using var bench = await StartAsync();
        var card = await bench.AskAsync();
        await bench.FaultAsync(new { method = "users.info", status = 500 });
        await bench.PressAsync("bea", card, "approve");
        await bench.UntilWhisperAsync("bea", "I could not check your account");
        await bench.PressAsync("bea", card, "approve");
        await bench.UntilCardAsync("ready for Ana");
    }

    internal static string Press(string user, string action, string ts, string value, string channel = SlackBench.Channel, string trigger = "forged.press")
    {
        var body = new JsonObject
        {
            ["type"] = "block_actions", ["api_app_id"] = "A0JIT", ["trigger_id"] = trigger + user, ["team"] = new JsonObject { ["id"] = "T0EX" },
            ["user"] = new JsonObject { ["id"] = user, ["team_id"] = "T0EX" },
            ["container"] = new JsonObject { ["type"] = "message", ["message_ts"] = ts, ["channel_id"] = channel, ["is_ephemeral"] = false },
            ["channel"] = new JsonObject { ["id"] = channel },
            ["actions"] = new JsonArray(new JsonObject { ["type"] = "button", ["action_id"] = action, ["block_id"] = "b", ["value"] = value }),
        };
        return "payload=" + Uri.EscapeDataString(body.ToJsonString());
    }
}

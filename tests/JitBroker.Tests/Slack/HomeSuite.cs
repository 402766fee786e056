using System.Text.Json.Nodes;
using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Issuing;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.Playground;
using JitBroker.Tests.Chat;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Slack;

/// <summary>The Home tab: what it shows, that it is kept true, and for whom.</summary>
public abstract class HomeSuite(Wiring wiring)
{
    private Task<SlackBench> StartAsync(CatalogSnapshot? catalog = null, Func<PlaygroundOptions, PlaygroundOptions>? workspace = null) => SlackBench.StartAsync(catalog, workspace, wiring: wiring);

    [Fact]
    public async Task An_empty_Home_says_what_to_do_next_and_its_button_opens_the_form()
    {
        await using var bench = await StartAsync();
        var home = SlackBench.Text(await bench.OpenHomeAsync("ana"));
        Assert.Contains("Nothing waits for you", home, StringComparison.Ordinal);
        Assert.Contains("You hold no access", home, StringComparison.Ordinal);
        await bench.PressHomeAsync("ana", "request_access");
        await bench.UntilAsync(async () => SlackBench.Text(await bench.ModalAsync("ana")).Contains("What do you need?", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_follows_a_request_through_its_life_on_every_Home_it_concerns()
    {
        await using var bench = await StartAsync();
        await bench.OpenHomeAsync("ana");
        await bench.OpenHomeAsync("bea");
        await bench.AskAsync();
        await bench.UntilHomeAsync("bea", "Waiting on me (1)");
        await bench.UntilHomeAsync("ana", "My requests (1)");
        bench.Clock.Advance(TimeSpan.FromMinutes(25));
        await bench.OpenHomeAsync("bea");
        await bench.UntilHomeAsync("bea", "Waiting for 25 min");

        await bench.PressHomeAsync("bea", "approve");
        await bench.UntilCardAsync("ready for Ana");
        await bench.UntilHomeAsync("bea", "Nothing waits for you");
        await bench.UntilHomeAsync("ana", "My access (1)");
        Assert.True(SlackBench.HasButton(await bench.HomeAsync("ana"), "collect"));

        await bench.PressHomeAsync("ana", "done");
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select state from grants"))[0] == "ended");
        await bench.UntilHomeAsync("ana", "*Logs* for *1 h* · granted");
        await bench.PressHomeAsync("ana", "request_again");
        await bench.UntilAsync(async () => SlackBench.Entered(await bench.ModalAsync("ana"), "reason") == "INC-42 slow checkout");
    }

    [Fact]
    public async Task Who_never_opened_it_is_never_sent_one_and_an_old_one_is_left_alone()
    {
        await using var bench = await StartAsync();
        await bench.OpenHomeAsync("bea");
        bench.Clock.Advance(Announcer.HomeKeptFor + TimeSpan.FromMinutes(1));
        var published = (await bench.CallsAsync("views.publish")).Count;
        await bench.PressAsync("dan", await bench.AskAsync(), "approve");
        await bench.UntilCardAsync("ready for Ana");
        bench.Clock.Advance(TimeSpan.FromSeconds(2));
        await bench.RingAsync();
        Assert.Equal(published, (await bench.CallsAsync("views.publish")).Count);
        Assert.Null(await bench.HomeAsync("ana"));
        Assert.Null(await bench.HomeAsync("dan"));
    }

    [Fact]
    public async Task Many_moves_make_one_edit()
    {
        await using var bench = await StartAsync();
        await bench.OpenHomeAsync("bea");
        await bench.RingAsync();
        foreach (var name in new[] { TestCatalog.Logs, TestCatalog.Two })
            await bench.SayAsync("ana", $"/access request {name} 1h INC-42");
        await bench.SayAsync("cy", $"/access request {TestCatalog.Logs} 1h INC-43");
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select id from requests")).Count == 3);
        Assert.Single(await bench.QueryAsync<string>("select id from deliveries where template = 'home' and state = 'pending'"));
        await bench.UntilHomeAsync("bea", "Waiting on me (3)");
        Assert.Empty(await bench.QueryAsync<string>("select id from deliveries where template = 'home' and state = 'pending'"));
    }

    [Fact]
    public async Task What_waits_is_shown_oldest_first_and_a_long_list_says_how_long()
    {
        await using var bench = await StartAsync(TestCatalog.Of(e => e));
        foreach (var who in new[] { "ana", "cy" })
        {
            await bench.SayAsync(who, $"/access request {TestCatalog.Logs} 1h INC-42 of {who}");
            await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select requester from requests")).Contains(who + "@example.com"));
            bench.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        var home = SlackBench.Text(await bench.OpenHomeAsync("bea"));
        Assert.True(home.IndexOf("INC-42 of ana", StringComparison.Ordinal) < home.IndexOf("INC-42 of cy", StringComparison.Ordinal), home);
    }

    [Fact]
    public async Task A_refusal_is_told_over_the_Home_and_the_Home_is_put_right()
    {
        await using var bench = await StartAsync();
        await bench.AskAsync();
        await bench.OpenHomeAsync("bea");
        await bench.UntilHomeAsync("bea", "Waiting on me (1)");
        await bench.PressAsync("dan", (await bench.CardAsync("dan"))!, "approve");
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select state from requests"))[0] == "approved");
        await bench.PressHomeAsync("bea", "approve");
        await bench.UntilAsync(async () => SlackBench.Text(await bench.ModalAsync("bea")).Contains("Dan approved this", StringComparison.Ordinal));
        await bench.UntilHomeAsync("bea", "Nothing waits for you");
    }

    [Fact]
    public async Task A_Home_shows_nobody_elses_and_a_forged_press_on_it_does_nothing()
    {
        await using var bench = await StartAsync();
        await bench.AskAsync();
        var id = (await bench.QueryAsync<string>("select id from requests"))[0];
        Assert.DoesNotContain("Ana", SlackBench.Text(await bench.OpenHomeAsync("cy")), StringComparison.Ordinal);
        var body = new JsonObject
        {
            ["type"] = "block_actions", ["api_app_id"] = "A0JIT", ["trigger_id"] = "forged.home", ["team"] = new JsonObject { ["id"] = "T0EX" },
            ["user"] = new JsonObject { ["id"] = "U0ANA", ["team_id"] = "T0EX" }, ["view"] = new JsonObject { ["type"] = "home", ["id"] = "V1" },
            ["container"] = new JsonObject { ["type"] = "view", ["view_id"] = "V1" },
            ["actions"] = new JsonArray(new JsonObject { ["type"] = "button", ["action_id"] = "approve", ["block_id"] = "b", ["value"] = id }),
        };
        await bench.DoAsync("deliver", new { kind = "interaction", body = "payload=" + Uri.EscapeDataString(body.ToJsonString()) });
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select data from events where type = 'refused'")).Any(d => d.Contains("own_request", StringComparison.Ordinal)));
        Assert.Equal("pending", Assert.Single(await bench.QueryAsync<string>("select state from requests")));
    }

    [Fact]
    public async Task Somebody_unknown_is_told_on_their_Home_and_the_messages_tab_is_no_Home()
    {
        await using var bench = await StartAsync(workspace: o => o with { People = [.. o.People, new PlaygroundPerson("U0ZOE", "zoe", "Zoe")] });
        await bench.DoAsync("home", new { person = "zoe", tab = "home" });
        await bench.UntilAsync(async () => SlackBench.Text(await bench.HomeAsync("zoe")).Contains("I don't know who you are yet", StringComparison.Ordinal));
        Assert.Empty(await bench.QueryAsync<string>("select id from copies where template = 'home'"));
        await bench.DoAsync("home", new { person = "ana", tab = "messages" });
        await bench.RingAsync();
        Assert.Null(await bench.HomeAsync("ana"));
    }

    [Fact]
    public async Task While_Slack_takes_no_Home_it_is_tried_again_and_shows_the_newest_state_then()
    {
        await using var bench = await StartAsync();
        await bench.OpenHomeAsync("bea");
        await bench.FaultAsync(new { method = "views.publish", status = 500, times = 2 });
        await bench.AskAsync();
        for (var i = 0; i < 5; i++)
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(20));
            await bench.RingAsync();
        }

        await bench.UntilHomeAsync("bea", "Waiting on me (1)");
    }

    [Fact]
    public async Task An_account_that_is_somebody_elses_by_now_is_shown_nothing()
    {
        await using var bench = await StartAsync();
        await bench.OpenHomeAsync("ana");
        await bench.QueryAsync<string>("update copies set message = 'U0CY' where template = 'home' returning id");
        await bench.AskAsync();
        await bench.UntilHomeAsync("cy", "taken out of the catalog");
        Assert.DoesNotContain("INC-42", SlackBench.Text(await bench.HomeAsync("cy")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Access_that_cannot_be_ended_stands_out()
    {
        await using var bench = await StartAsync();
        await bench.OpenHomeAsync("ana");
        await bench.PressAsync("bea", await bench.AskAsync(), "approve");
        await bench.UntilCardAsync("ready for Ana");
        var grant = (await bench.QueryAsync<string>("select id from grants"))[0];
        Assert.NotNull((await bench.Get<MintLease>().HandleAsync(TestBroker.As("ana"), grant, CancellationToken.None)).Value);
        await bench.UntilHomeAsync("ana", "Collected once");
        bench.Issuer.BeforeEnd = (_, _) => Task.FromResult<EndOutcome?>(new EndOutcome.Failed("logs does not answer"));
        bench.Clock.Advance(TimeSpan.FromMinutes(61));
        await bench.Get<EndDueGrants>().RunAsync(CancellationToken.None);
        await bench.Get<RevokeDueLeases>().RunAsync(CancellationToken.None);
        await bench.Get<RevokeDueLeases>().IdleAsync(CancellationToken.None);
        await bench.UntilHomeAsync("ana", "*ENDING SINCE*");
    }
}

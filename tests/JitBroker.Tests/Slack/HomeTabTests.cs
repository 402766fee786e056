using JitBroker.Outbox;
using JitBroker.Playground;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Slack;

/// <summary>The Home tab as a copy: opened, kept true by edits, and for whom. What stands in it is told by every surface's Home.</summary>
public sealed class HomeTabTests
{
    [Fact]
    public async Task Who_never_opened_it_is_never_sent_one_and_an_old_one_is_left_alone()
    {
        await using var bench = await SlackBench.StartAsync();
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
        await using var bench = await SlackBench.StartAsync();
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
    public async Task Somebody_unknown_is_told_on_their_Home_and_the_messages_tab_is_no_Home()
    {
        await using var bench = await SlackBench.StartAsync(workspace: o => o with { People = [.. o.People, new PlaygroundPerson("U0ZOE", "zoe", "Zoe")] });
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
        await using var bench = await SlackBench.StartAsync();
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
        await using var bench = await SlackBench.StartAsync();
        await bench.OpenHomeAsync("ana");
        await bench.QueryAsync<string>("update copies set message = 'U0CY' where template = 'home' returning id");
        await bench.AskAsync();
        await bench.UntilHomeAsync("cy", "taken out of the catalog");
        Assert.DoesNotContain("INC-42", SlackBench.Text(await bench.HomeAsync("cy")), StringComparison.Ordinal);
    }
}

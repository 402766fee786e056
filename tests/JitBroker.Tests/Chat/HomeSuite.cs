using JitBroker.Grants;
using JitBroker.Issuing;
using JitBroker.Leases;
using JitBroker.Requests;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Chat;

/// <summary>Everything of a person's in one place: the Home tab in Slack, the answer to <c>mine</c> in Teams.</summary>
public abstract class HomeSuite(Wiring wiring) : ChatSuite(wiring)
{
    [Fact]
    public async Task An_empty_Home_says_what_to_do_next_and_its_button_opens_the_form()
    {
        await using var bench = await StartAsync();
        var home = await bench.OpenHomeAsync("ana");
        Assert.Contains("Nothing waits for you", home.Text, StringComparison.Ordinal);
        Assert.Contains("You hold no access", home.Text, StringComparison.Ordinal);
        await bench.PressHomeAsync("ana", "request_access");
        await bench.UntilFormAsync("ana", "What do you need?");
        Assert.Empty(await bench.QueryAsync<string>("select id from events"));
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
        Assert.True((await bench.UntilHomeAsync("ana", "My access (1)")).Has("collect"));
        Assert.Equal(bench.AccountOf("bea"), Assert.Single(await bench.QueryAsync<string>("select identity from decisions")));

        await bench.PressHomeAsync("ana", "done");
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select state from grants"))[0] == "ended");
        await bench.UntilHomeAsync("ana", "Logs for 1 h · granted");
        await bench.PressHomeAsync("ana", "request_again");
        await bench.UntilAsync(async () => (await bench.FormAsync("ana"))?["reason"] == "INC-42 slow checkout");
    }

    [Fact]
    public async Task What_waits_is_shown_oldest_first()
    {
        await using var bench = await StartAsync();
        foreach (var who in new[] { "ana", "cy" })
        {
            await bench.SayAsync(who, $"request {TestCatalog.Logs} 1h INC-42 of {who}");
            await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select requester from requests")).Contains(who + "@example.com"));
            bench.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        var home = (await bench.OpenHomeAsync("bea")).Text;
        Assert.True(home.IndexOf("INC-42 of ana", StringComparison.Ordinal) is var first and >= 0 && first < home.IndexOf("INC-42 of cy", StringComparison.Ordinal), home);
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
        await bench.UntilToldAsync("bea", "Dan approved this");
        await bench.UntilHomeAsync("bea", "Nothing waits for you");
        Assert.Single(await bench.QueryAsync<string>("select id from decisions"));
        Assert.Contains("already_settled", Assert.Single(await bench.QueryAsync<string>("select data from events where type = 'refused'")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Home_shows_nobody_elses_and_a_forged_press_on_it_does_nothing()
    {
        await using var bench = await StartAsync();
        await bench.AskAsync();
        var id = (await bench.QueryAsync<string>("select id from requests"))[0];
        Assert.DoesNotContain("Ana", (await bench.OpenHomeAsync("cy")).Text, StringComparison.Ordinal);
        await bench.ForgeHomePressAsync("ana", "approve", id);
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select data from events where type = 'refused'")).Any(d => d.Contains("own_request", StringComparison.Ordinal)));
        Assert.Equal("pending", Assert.Single(await bench.QueryAsync<string>("select state from requests")));
    }

    [Fact]
    public async Task Access_that_cannot_be_ended_stands_out()
    {
        await using var bench = await StartAsync();
        await bench.OpenHomeAsync("ana");
        var grant = await bench.GrantedAsync();
        Assert.NotNull((await bench.Get<MintLease>().HandleAsync(TestBroker.As("ana"), grant, CancellationToken.None)).Value);
        await bench.UntilHomeAsync("ana", "Collected once");
        bench.Issuer.BeforeEnd = (_, _) => Task.FromResult<EndOutcome?>(new EndOutcome.Failed("logs does not answer"));
        bench.Clock.Advance(TimeSpan.FromMinutes(61));
        await bench.Get<EndDueGrants>().RunAsync(CancellationToken.None);
        await bench.Get<RevokeDueLeases>().RunAsync(CancellationToken.None);
        await bench.Get<RevokeDueLeases>().IdleAsync(CancellationToken.None);
        await bench.UntilHomeAsync("ana", "ENDING SINCE");
    }

    [Fact]
    public async Task Reviews_wait_in_pending_and_on_the_Home_and_emergencies_can_be_taken_there()
    {
        await using var bench = await StartAsync(EmergencyCatalog.Of(), ["fay", "gus"], loud: true);
        Assert.Contains("Emergency access", (await bench.OpenHomeAsync("cy")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Emergency access", (await bench.OpenHomeAsync("ana")).Text, StringComparison.Ordinal);
        await bench.OpenHomeAsync("gus");
        await bench.Get<TakeBreakGlass>().HandleAsync(TestBroker.As("cy"), new EmergencyOrder(TestCatalog.Logs, null, "INC-77", "checkout down"), null, CancellationToken.None);

        await bench.UntilHomeAsync("gus", "Cy took Logs");
        await bench.SayAsync("eli", "pending");
        await bench.UntilToldAsync("eli", "Emergencies to review");
        await bench.OpenHomeAsync("cy");
        await bench.PressHomeAsync("cy", "break_glass");
        await bench.UntilFormAsync("cy", "This starts now, without approval");
    }
}

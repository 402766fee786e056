using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Chat;

/// <summary>Deciding by buttons.</summary>
public abstract class DecideSuite(Wiring wiring) : ChatSuite(wiring)
{
    [Fact]
    public async Task An_approval_makes_the_grant_and_every_copy_says_so_without_buttons()
    {
        await using var bench = await StartAsync();
        await bench.PressAsync("bea", await bench.AskAsync(), "approve");
        var card = await bench.UntilCardAsync("ready for Ana");
        Assert.Contains("Approved by Bea", card.Text, StringComparison.Ordinal);
        Assert.False(card.Has("approve") || card.Has("deny"));
        await bench.UntilCardAsync("Approved by Bea", "ana", Place.Direct);
        await bench.UntilButtonAsync("ana", "collect");
        Assert.Equal("active", Assert.Single(await bench.QueryAsync<string>("select state from grants")));
        Assert.Equal(bench.AccountOf("bea"), Assert.Single(await bench.QueryAsync<string>("select identity from decisions")));
        Assert.Equal(bench.Surface, Assert.Single(await bench.QueryAsync<string>("select surface from decisions")));
    }

    [Fact]
    public async Task Approve_by_the_requester_is_refused_privately_and_audited()
    {
        await using var bench = await StartAsync();
        await bench.PressAsync("ana", await bench.AskAsync(), "approve");
        await bench.UntilToldAsync("ana", "You can't decide your own request.");
        Assert.Equal("pending", Assert.Single(await bench.QueryAsync<string>("select state from requests")));
        Assert.Contains("own_request", Assert.Single(await bench.QueryAsync<string>("select data from events where type = 'refused'")), StringComparison.Ordinal);
        await bench.UntilButtonAsync("bea", "approve", Place.Requests);
    }

    [Fact]
    public async Task Somebody_who_has_no_say_is_told_who_has()
    {
        await using var bench = await StartAsync();
        await bench.PressAsync("cy", await bench.AskAsync(), "approve");
        await bench.UntilToldAsync("cy", "You are not among those who decide this: data-owners (Bea, Dan, Eli)");
    }

    [Fact]
    public async Task A_denial_asks_for_its_reason_and_the_asker_reads_it()
    {
        await using var bench = await StartAsync();
        await bench.PressAsync("dan", await bench.AskAsync(), "deny");
        Assert.Equal("deny", (await bench.UntilFormAsync("dan")).Name);
        var accepted = await bench.SubmitAsync("dan", ("reason", "use the replica"));
        Assert.True(accepted.IsAccepted, accepted.Says);
        var card = await bench.UntilCardAsync("Denied by Dan");
        Assert.Contains("Dan says: use the replica", card.Text, StringComparison.Ordinal);
        Assert.False(card.Has("approve"));
        await bench.UntilCardAsync("use the replica", "ana", Place.Direct);
    }

    [Fact]
    public async Task A_blank_denial_comes_back_at_its_field()
    {
        await using var bench = await StartAsync();
        await bench.PressAsync("dan", await bench.AskAsync(), "deny");
        await bench.UntilFormAsync("dan");
        Assert.Contains("Say why you deny it", (await bench.SubmitAsync("dan", ("reason", "   "))).Faults["reason"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_denial_that_is_sent_empty_says_which_field_is_missing_and_an_opened_one_says_nothing()
    {
        await using var bench = await StartAsync();
        await bench.PressAsync("dan", await bench.AskAsync(), "deny");
        Assert.DoesNotContain("Say why", (await bench.UntilFormAsync("dan", "Deny this request")).Text, StringComparison.Ordinal);
        Assert.Contains("Say why you deny it", (await bench.SendEmptyAsync("dan")).Faults["reason"], StringComparison.Ordinal);
        Assert.Equal("pending", Assert.Single(await bench.QueryAsync<string>("select state from requests")));
        Assert.Empty(await bench.QueryAsync<string>("select id from decisions"));
        Assert.Contains("reason_required", Assert.Single(await bench.QueryAsync<string>("select data from events where type = 'refused'")), StringComparison.Ordinal);

        Assert.True((await bench.SubmitAsync("dan", ("reason", "use the replica"))).IsAccepted);
        await bench.UntilCardAsync("Denied by Dan");
    }

    [Fact]
    public async Task A_denial_whose_metadata_names_another_request_is_judged_by_that_one()
    {
        await using var bench = await StartAsync();
        var own = await bench.AskAsync("ana");
        var id = (await bench.QueryAsync<string>("select id from requests"))[0];
        await bench.PressAsync("ana", own, "deny");
        await bench.UntilToldAsync("ana", "You can't decide your own request.");
        Assert.Null(await bench.FormAsync("ana"));
        Assert.Contains("own request", (await bench.ForgeFormAsync("ana", "deny", id, ("reason", "mine"))).Says, StringComparison.Ordinal);
        Assert.Equal("pending", Assert.Single(await bench.QueryAsync<string>("select state from requests")));
    }

    [Fact]
    public async Task A_quorum_of_two_shows_its_progress_and_keeps_its_buttons_until_it_is_full()
    {
        await using var bench = await StartAsync();
        await bench.PressAsync("bea", await bench.AskAsync(entitlement: TestCatalog.Two), "approve");
        await bench.UntilCardAsync("1 of 2 approved (Bea");
        await bench.UntilButtonAsync("eli", "approve", Place.Requests);
        await bench.PressAsync("bea", (await bench.CardAsync())!, "approve");
        await bench.UntilToldAsync("bea", "You decided this already: approved");
        await bench.PressAsync("eli", (await bench.CardAsync("eli"))!, "approve");
        await bench.UntilCardAsync("ready for Ana");
    }

    [Fact]
    public async Task A_press_after_the_end_is_told_who_won()
    {
        await using var bench = await StartAsync();
        var card = await bench.AskAsync();
        await bench.PressAsync("bea", card, "approve");
        await bench.UntilCardAsync("ready for Ana");

        // The card has no buttons any more, so a stale client is forged.
        await bench.ForgePressAsync("dan", "approve", (await bench.QueryAsync<string>("select id from requests"))[0], card);
        await bench.UntilToldAsync("dan", "Bea approved this");
        Assert.Single(await bench.QueryAsync<string>("select id from grants"));
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("bot")]
    [InlineData("guest")]
    public async Task Accounts_that_are_bots_guests_or_deactivated_decide_nothing(string what)
    {
        await using var bench = await StartAsync();
        var card = await bench.AskAsync();
        await bench.BecomesAsync("bea", what);
        await bench.PressAsync("bea", card, "approve");
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select data from events where type = 'refused'")).Any(d => d.Contains("Your account is", StringComparison.Ordinal) || d.Contains("another workspace", StringComparison.Ordinal)));
        Assert.Equal("pending", Assert.Single(await bench.QueryAsync<string>("select state from requests")));
    }

    [Fact]
    public async Task Somebody_of_another_workspace_decides_nothing()
    {
        await using var bench = await StartAsync();
        var card = await bench.AskAsync();
        await bench.BecomesAsync("bea", "foreign");
        await bench.PressAsync("bea", card, "approve");
        await bench.UntilToldAsync("bea", "another workspace");
        Assert.Equal("pending", Assert.Single(await bench.QueryAsync<string>("select state from requests")));
    }

    [Fact]
    public async Task While_the_chat_service_does_not_say_who_somebody_is_nothing_is_decided()
    {
        await using var bench = await StartAsync();
        var card = await bench.AskAsync();
        await bench.HideAccountsOnceAsync();
        await bench.PressAsync("bea", card, "approve");
        await bench.UntilToldAsync("bea", "I could not check your account");
        await bench.PressAsync("bea", card, "approve");
        await bench.UntilCardAsync("ready for Ana");
    }
}

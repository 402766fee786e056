namespace JitBroker.Tests.Http;

/// <summary>What a start makes of the state it finds. Attack M7.</summary>
public sealed class RestartTests
{
    private static readonly string[] Changes =
    [
        BrokerFixture.Catalog.Replace("grants: { resource: orders }", "grants: { resource: others }", StringComparison.Ordinal),
        BrokerFixture.Catalog.Replace("members: [ana@example.com, cy@example.com]", "members: [cy@example.com]", StringComparison.Ordinal),
    ];

    [Theory]
    [InlineData(0, "What the entitlement grants was changed in the catalog.")]
    [InlineData(1, "The holder may not have this any more.")]
    public async Task A_grant_that_the_catalog_carries_no_more_is_ended_at_the_start_and_at_the_target(int change, string because)
    {
        var before = await BrokerFixture.NewAsync();
        var ana = await before.AsAsync("ana");
        var id = await before.GrantAsync(ana);
        (await ana.PostAsync($"/v1/grants/{id}/credentials")).Is(201);
        Assert.Single(before.Issuer.Standing);

        await using var after = await before.RestartAsync(Changes[change]);
        var again = new ApiCaller(after.Http, ana.Token);
        var ending = (await again.GetAsync($"/v1/grants/{id}")).Is(200);
        Assert.Equal(("ending", "revoked", because), (ending.Text("state"), ending.Text("end"), ending.Text("endReason")));
        await after.SweepAsync();

        Assert.Empty(after.Issuer.Standing);
        Assert.Equal("ended", (await again.GetAsync($"/v1/grants/{id}")).Text("state"));
    }

    [Fact]
    public async Task A_grant_that_the_catalog_still_carries_goes_on()
    {
        var before = await BrokerFixture.NewAsync();
        var ana = await before.AsAsync("ana");
        var id = await before.GrantAsync(ana);

        await using var after = await before.RestartAsync(BrokerFixture.Catalog);
        Assert.Equal("active", (await new ApiCaller(after.Http, ana.Token).GetAsync($"/v1/grants/{id}")).Text("state"));
    }

    [Fact]
    public async Task A_start_under_a_broken_catalog_serves_the_last_accepted_one_and_says_so()
    {
        var before = await BrokerFixture.NewAsync();
        var ana = await before.AsAsync("ana");
        var id = await before.GrantAsync(ana);

        await using var after = await before.RestartAsync("peple: []");
        Assert.Equal("active", (await new ApiCaller(after.Http, ana.Token).GetAsync($"/v1/grants/{id}")).Text("state"));
        Assert.Contains("the log names it, and so does jit catalog accept without a hash", (await after.Nobody.GetAsync("/readyz")).Is(200).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_under_a_catalog_that_drops_everything_ends_nothing_and_says_so()
    {
        var before = await BrokerFixture.NewAsync();
        var ana = await before.AsAsync("ana");
        var id = await before.GrantAsync(ana);

        await using var after = await before.RestartAsync("");
        Assert.Equal("active", (await new ApiCaller(after.Http, ana.Token).GetAsync($"/v1/grants/{id}")).Text("state"));
        Assert.Contains("jit catalog accept e3b0c44298fc", (await after.Nobody.GetAsync("/readyz")).Is(200).Body, StringComparison.Ordinal);
    }
}

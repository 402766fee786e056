namespace JitBroker.Tests.Http;

/// <summary>What a start makes of the state it finds. Attack M7.</summary>
public sealed class RestartTests
{
    private const string WithoutDoor = """
        people: [ { email: ana@example.com, name: Ana, slack: T0EX/U0ANA } ]
        """;

    private const string AnaOffDuty = """
        people: [ { email: ana@example.com, name: Ana, slack: T0EX/U0ANA } ]
        groups:
          engineering: { members: [cy@example.com] }
          data-owners: { members: [bea@example.com, dan@example.com] }
        issuers: { door: { kind: http } }
        entitlements:
          orders-db:read:
            title: Orders database, read only
            issuer: door
            grants: { resource: orders }
            eligible: [engineering]
            duration: { min: 5m, default: 1h, max: 8h }
            leases: 2
            reason: { required: true, pattern: '(INC|OPS)-\d+', hint: "Name a ticket, e.g. INC-42" }
            approval: [ { group: data-owners, votes: 1 } ]
        """;

    [Theory]
    [InlineData(WithoutDoor, "The entitlement was removed from the catalog.")]
    [InlineData(AnaOffDuty, "The holder may not have this any more.")]
    public async Task A_grant_that_the_catalog_carries_no_more_is_ended_at_the_start_and_at_the_target(string next, string because)
    {
        var before = await BrokerFixture.NewAsync();
        var ana = await before.AsAsync("ana");
        var id = await before.GrantAsync(ana);
        (await ana.PostAsync($"/v1/grants/{id}/credentials")).Is(201);
        Assert.Single(before.Issuer.Standing);

        await using var after = await before.RestartAsync(next);
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
}

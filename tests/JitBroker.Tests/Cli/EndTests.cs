using JitBroker.Client;

namespace JitBroker.Tests.Cli;

public sealed class EndTests
{
    private static void EndsWell(Machine machine, string id = Sample.GrantId) =>
        machine.Broker.On($"POST /v1/grants/{id}/end", Say.Ok(Sample.Grant(id, state: GrantState.Ending) with { End = GrantEnd.Released }, 202));

    [Theory]
    [InlineData]
    [InlineData("orders-db:read")]
    [InlineData("01KAM0GRT")]
    public async Task Done_gives_back_the_grant_that_is_meant(params string[] which)
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.Grants.Add(Sample.Grant());
        EndsWell(machine);

        var ran = await machine.RunAsync(["done", .. which]);

        Assert.Equal((0, "ending  orders-db:read  ending, being verified\n"), (ran.Exit, ran.Out));
        Assert.Equal("{}", machine.Broker.Calls[^1].Body);
        Assert.True(machine.Broker.Calls[^1].Headers.ContainsKey("Idempotency-Key"));
    }

    [Fact]
    public async Task Done_alone_with_several_grants_lists_them_and_ends_none()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.Grants.AddRange([Sample.Grant(), Sample.Grant("01KAM0OTHERAAAAAAAAAAAAAAA", "payments-logs:read")]);

        var ran = await machine.RunAsync("done");

        Assert.Equal(2, ran.Exit);
        Assert.Contains("orders-db:read, payments-logs:read", ran.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Done_alone_with_no_grant_is_not_found()
    {
        await using var machine = await Machine.SignedInAsync();

        var ran = await machine.RunAsync("done");

        Assert.Equal((1, Codes.NotFound), (ran.Exit, ran.Code));
    }

    [Fact]
    public async Task Done_warns_when_a_credential_cannot_be_cut()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.Grants.Add(Sample.Grant());
        machine.Broker.On($"POST /v1/grants/{Sample.GrantId}/end", Say.Ok(Sample.Grant(state: GrantState.Ending) with { AccessMayLastUntil = JumpingClock.Start.AddMinutes(12) }, 202));

        Assert.Contains("stops working in 12m (10:12) at the latest", (await machine.RunAsync("done")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revoke_finds_anybodys_grant_and_sends_the_reason_with_the_stronger_session()
    {
        await using var machine = await Machine.SignedInAsync(canDecide: true);
        machine.Broker.Grants.Add(Sample.Grant() with { Holder = Sample.Cy });
        machine.Broker.On($"POST /v1/grants/{Sample.GrantId}/end", Say.Ok(Sample.Grant(state: GrantState.Ended) with
        {
            End = GrantEnd.Revoked, EndedBy = Sample.Ana, EndReason = "wrong database", VerifiedEndAt = JumpingClock.Start,
        }));

        var ran = await machine.RunAsync("revoke", "01KAM0GRT", "wrong", "database");

        Assert.Equal("ended  orders-db:read  ended (revoked by Ana Diaz): wrong database, verified 10:00\n", ran.Out);
        Assert.Equal("""{"reason":"wrong database"}""", machine.Broker.Calls[^1].Body);
        Assert.Equal(Machine.DecideToken, machine.Broker.Calls[^1].Bearer);
    }

    [Fact]
    public async Task Revoke_without_a_reason_is_a_usage_fault()
    {
        await using var machine = await Machine.SignedInAsync();

        Assert.Equal(2, (await machine.RunAsync("revoke", Sample.GrantId)).Exit);
    }

    [Fact]
    public async Task Extend_asks_for_more()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.Grants.Add(Sample.Grant());
        machine.Broker.On($"POST /v1/grants/{Sample.GrantId}/extensions", Say.Ok(Sample.Request() with { Kind = RequestKind.Extension }, 201));

        Assert.Equal(0, (await machine.RunAsync("extend", "orders-db:read", "30m", "still", "looking")).Exit);
        Assert.Equal("""{"duration":"30m","reason":"still looking"}""", machine.Broker.Calls[^1].Body);
    }
}

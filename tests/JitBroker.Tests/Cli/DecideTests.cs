using JitBroker.Client;

namespace JitBroker.Tests.Cli;

public sealed class DecideTests
{
    private static async Task<Machine> DecidingAsync()
    {
        var machine = await Machine.SignedInAsync(canDecide: true);
        machine.Broker.Requests.Add(Sample.Request() with { Requester = Sample.Cy });
        machine.Broker.AwaitingMe.Add(Sample.RequestId);
        machine.Broker.On($"POST /v1/requests/{Sample.RequestId}/decisions", Say.Ok(Sample.Approved(Sample.Request())));
        return machine;
    }

    [Theory]
    [InlineData("orders-db:read")]
    [InlineData("01KAM0REQ")]
    [InlineData(Sample.RequestId)]
    public async Task Approve_finds_the_request_and_uses_the_session_that_may_decide(string text)
    {
        await using var machine = await DecidingAsync();

        var ran = await machine.RunAsync("approve", text);

        Assert.Equal(0, ran.Exit);
        Assert.Equal($"approved  orders-db:read was approved by Bea 10:00.\nrequest {Sample.RequestId}, grant {Sample.GrantId}\n", ran.Out);
        var call = machine.Broker.CallsOf($"POST /v1/requests/{Sample.RequestId}/decisions").Single();
        Assert.Equal("""{"verdict":"approve"}""", call.Body);
        Assert.Equal(Machine.DecideToken, call.Bearer);
        Assert.True(call.Headers.ContainsKey("Idempotency-Key"));
    }

    [Fact]
    public async Task Approve_for_less_with_a_word()
    {
        await using var machine = await DecidingAsync();

        await machine.RunAsync("approve", "orders-db:read", "--for", "30m", "--comment", "one table only");

        Assert.Equal("""{"verdict":"approve","comment":"one table only","duration":"30m"}""", machine.Broker.Calls[^1].Body);
    }

    [Fact]
    public async Task Deny_sends_its_reason()
    {
        await using var machine = await DecidingAsync();
        machine.Broker.On($"POST /v1/requests/{Sample.RequestId}/decisions", Say.Ok(Sample.Denied(Sample.Request())));

        var ran = await machine.RunAsync("deny", "orders-db:read", "use", "the", "replica");

        Assert.Equal("""{"verdict":"deny","comment":"use the replica"}""", machine.Broker.Calls[^1].Body);
        Assert.StartsWith("denied  orders-db:read was denied by Bea 10:00: use the replica\n", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deny_without_a_reason_is_a_usage_fault()
    {
        await using var machine = await DecidingAsync();

        Assert.Equal(2, (await machine.RunAsync("deny", "orders-db:read")).Exit);
        Assert.Empty(machine.Broker.Calls);
    }

    [Fact]
    public async Task Without_a_session_that_may_decide_it_says_how_to_get_one()
    {
        await using var machine = await Machine.SignedInAsync();

        var ran = await machine.RunAsync("approve", "orders-db:read");

        Assert.Equal((1, Codes.ScopeNeeded), (ran.Exit, ran.Code));
        Assert.Contains("jit login --can-decide", ran.Err, StringComparison.Ordinal);
        Assert.Empty(machine.Broker.Calls);
    }

    [Fact]
    public async Task A_session_that_may_decide_is_not_used_past_its_end()
    {
        await using var machine = await DecidingAsync();
        machine.Clock.Advance(TimeSpan.FromMinutes(15));

        var ran = await machine.RunAsync("approve", "orders-db:read");

        Assert.Equal((1, Codes.ScopeNeeded), (ran.Exit, ran.Code));
    }

    [Fact]
    public async Task Ones_own_request_is_found_so_that_the_broker_can_say_why_not()
    {
        await using var machine = await DecidingAsync();
        machine.Broker.AwaitingMe.Clear();
        machine.Broker.On($"POST /v1/requests/{Sample.RequestId}/decisions", Say.No(Codes.OwnRequest, "You can't decide your own request."));

        var ran = await machine.RunAsync("approve", "orders-db:read");

        Assert.Equal("own_request  You can't decide your own request.\n", ran.Err);
        Assert.Equal(1, ran.Exit);
    }

    [Fact]
    public async Task Who_won_is_told_to_who_came_second()
    {
        await using var machine = await DecidingAsync();
        machine.Broker.On($"POST /v1/requests/{Sample.RequestId}/decisions",
            Say.No(Codes.AlreadySettled, "Your press changed nothing.", problem => problem with { SettledBy = Sample.Bea, State = "approved" }));

        Assert.Equal("already_settled  Your press changed nothing. Settled by Bea: approved.\n", (await machine.RunAsync("approve", "orders-db:read")).Err);
    }
}

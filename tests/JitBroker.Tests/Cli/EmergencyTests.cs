using JitBroker.Client;

namespace JitBroker.Tests.Cli;

public sealed class EmergencyTests
{
    private static readonly GrantResource Taken = Sample.Grant() with
    {
        BreakGlass = true,
        Review = new ReviewResource(ReviewState.Due, Sample.Grant().EndsAt.AddHours(24), null, null, null, "INC-77"),
    };

    [Fact]
    public async Task In_a_script_the_words_take_it()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.On("POST /v1/requests", Say.Ok(Sample.Request() with { Kind = RequestKind.BreakGlass, State = RequestState.Approved }, 201));

        var ran = await machine.RunAsync("breakglass", "orders-db:read", "30m", "INC-77", "checkout", "down");

        Assert.Equal(0, ran.Exit);
        Assert.StartsWith("Taken without approval: orders-db:read for ", ran.Out, StringComparison.Ordinal);
        Assert.Equal("""{"entitlement":"orders-db:read","duration":"30m","reason":"checkout down","breakGlass":true,"incident":"INC-77"}""", machine.Broker.Calls[^1].Body);
    }

    [Fact]
    public async Task At_a_terminal_its_name_is_typed_once_more_after_what_it_means()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Terminal = true;
        machine.Broker.On("POST /v1/requests", Say.Ok(Sample.Request() with { Kind = RequestKind.BreakGlass, State = RequestState.Approved }, 201));

        machine.ReadLine = () => "orders-db:admin";
        var slip = await machine.RunAsync("breakglass", "orders-db:read", "30m", "INC-77", "down");
        Assert.Equal(1, slip.Exit);
        Assert.Contains("without approval", slip.Err, StringComparison.Ordinal);
        Assert.DoesNotContain(machine.Broker.Calls, c => c.Method == "POST");
        machine.ReadLine = () => " orders-db:read ";
        Assert.Equal(0, (await machine.RunAsync("breakglass", "orders-db:read", "30m", "INC-77", "down")).Exit);
    }

    [Fact]
    public async Task A_refusal_is_told_with_its_code_and_too_few_words_are_a_usage_fault()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.On("POST /v1/requests", Say.No(Codes.ReviewOverdue, "The review of your emergency access is overdue."));

        var refused = await machine.RunAsync("breakglass", "orders-db:read", "30m", "INC-77", "down");
        Assert.Equal((1, "review_overdue"), (refused.Exit, refused.Code));
        Assert.Equal(2, (await machine.RunAsync("breakglass", "orders-db:read", "30m", "INC-77")).Exit);
        Assert.Equal(2, (await machine.RunAsync("review", Sample.GrantId, "fine", "x")).Exit);
        Assert.Equal(2, (await machine.RunAsync("review", Sample.GrantId, "misuse")).Exit);
    }

    [Fact]
    public async Task Review_and_lift_need_the_session_that_may_decide()
    {
        await using var machine = await Machine.SignedInAsync();
        Assert.Equal("scope_needed", (await machine.RunAsync("review", Sample.GrantId, "justified", "needed")).Code);
        machine.SignIn(Machine.DecideToken, SessionScope.Decide, TimeSpan.FromMinutes(15));
        machine.Broker.On($"POST /v1/grants/{Sample.GrantId}/review", Say.Ok(Taken with { Review = new ReviewResource(ReviewState.Done, Taken.EndsAt, ReviewVerdict.PolicyGap, new PersonResource("eli@example.com", "Eli"), "give it to them") }));
        machine.Broker.On($"POST /v1/grants/{Sample.GrantId}/review/lift", Say.Ok(Taken));

        var reviewed = await machine.RunAsync("review", Sample.GrantId, "policy_gap", "give", "it", "to", "them", "--whole-incident");
        Assert.Equal(0, reviewed.Exit);
        Assert.Contains("policy gap by Eli: give it to them", reviewed.Out, StringComparison.Ordinal);
        Assert.Equal("""{"verdict":"policy_gap","comment":"give it to them","wholeIncident":true}""", machine.Broker.Calls[^1].Body);
        Assert.Equal(0, (await machine.RunAsync("lift", Sample.GrantId, "needed", "again")).Exit);
        Assert.Equal((Machine.DecideToken, """{"reason":"needed again"}"""), (machine.Broker.Calls[^1].Bearer, machine.Broker.Calls[^1].Body));
    }
}

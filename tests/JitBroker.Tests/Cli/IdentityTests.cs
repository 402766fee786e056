using JitBroker.Client;

namespace JitBroker.Tests.Cli;

public sealed class IdentityTests
{
    private const string Id = "01KAM0LNKAAAAAAAAAAAAAAAAA";

    private static readonly DateTimeOffset At = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    private static readonly LinkedIdentityResource Fay = new()
    {
        Id = Id, Person = new PersonResource("ana@example.com", "Ana"), Surface = "slack", Tenant = "T0EX", Account = "U0FAY", How = "code", LinkedAt = At, Holds = true,
    };

    [Fact]
    public async Task Accounts_are_listed_with_whose_they_are_and_one_is_unlinked_by_its_prefix()
    {
        await using var machine = await Machine.SignedInAsync(canDecide: true);
        machine.Broker.On("GET /v1/identities", Say.Ok(new Page<LinkedIdentityResource>([Fay with { Id = null, Account = "U0ANA", How = "catalog", LinkedAt = null }, Fay], null)));
        machine.Broker.On($"POST /v1/identities/{Id}/unlink", Say.Ok(Fay with { Holds = false }));

        var listed = await machine.RunAsync("identities", "list");
        var unlinked = await machine.RunAsync("identities", "unlink", "01KAM0LNK", "taken", "over");

        Assert.Equal(0, listed.Exit);
        Assert.Contains("slack:T0EX/U0FAY", listed.Out, StringComparison.Ordinal);
        Assert.Contains("catalog", listed.Out, StringComparison.Ordinal);
        Assert.Equal((0, "slack:T0EX/U0FAY is no longer ana@example.com's; their sessions ended.\n"), (unlinked.Exit, unlinked.Out));
        Assert.Equal("""{"reason":"taken over"}""", machine.Broker.Calls[^1].Body);
        Assert.Equal(Machine.DecideToken, machine.Broker.Calls[^1].Bearer);
    }

    [Fact]
    public async Task A_code_is_shown_and_the_account_that_typed_it_is_confirmed_here()
    {
        await using var machine = await Machine.SignedInAsync(canDecide: true);
        var link = new LinkResource { Id = Id, State = "shown", Code = "BCDF-GHJK", Account = null, Label = null, TypedAt = null, ExpiresAt = machine.Clock.GetUtcNow().AddMinutes(5) };
        var typed = link with { State = "typed", Code = null, Account = "slack:T0EX/U0FAY", Label = "Fay", TypedAt = At };
        machine.Broker.On("POST /v1/identities/link", Say.Ok(link, 201));
        machine.Broker.On($"GET /v1/identities/links/{Id}", Say.Ok(typed));
        machine.Broker.On($"POST /v1/identities/links/{Id}", Say.Ok(typed with { State = "linked" }));

        var asked = await machine.RunAsync("link");
        var ran = await machine.RunAsync("link", "--yes");

        Assert.Equal(1, asked.Exit);
        Assert.Contains("slack:T0EX/U0FAY (Fay) typed the code at", asked.Err, StringComparison.Ordinal);
        Assert.Contains("""{"confirm":false}""", machine.Broker.Calls.Select(c => c.Body));
        Assert.Equal((0, "Linked: slack:T0EX/U0FAY is you from now on.\n"), (ran.Exit, ran.Out));
        Assert.Contains("At your other account, type: /access link BCDF-GHJK", ran.Err, StringComparison.Ordinal);
        Assert.Equal("""{"confirm":true}""", machine.Broker.Calls[^1].Body);
    }

    [Fact]
    public async Task Linking_needs_a_session_that_may_decide()
    {
        await using var machine = await Machine.SignedInAsync();

        var ran = await machine.RunAsync("link");

        Assert.Equal((1, Codes.ScopeNeeded), (ran.Exit, ran.Code));
    }
}

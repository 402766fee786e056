using JitBroker.Client;

namespace JitBroker.Tests.Cli;

public sealed class ReconcileTests
{
    private static ReconciliationResource Look(int ended = 0, int over = 0, params ReconciliationFindingResource[] findings) =>
        new("orders-pg", JumpingClock.Start, null, false, null, 3, findings, findings.Length, ended, 20, over, JumpingClock.Start.AddMinutes(5));

    private static readonly ReconciliationFindingResource Standing =
        new("standing", "jit_x", "01KAM0LEASEAAAAAAAAAAAAAAA", "jit_x (login role) stands, although its lease was revoked.", Confirmed: true, EndsAgain: true);

    [Fact]
    public async Task A_target_is_looked_at_and_what_is_ended_again_is_shown()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.On("POST /v1/reconciliations/orders-pg", Say.Ok(Look(1, 0, Standing)));

        var ran = await machine.RunAsync("reconcile", "orders-pg", "--budget", "60");

        Assert.Equal((0, ""), (ran.Exit, ran.Err));
        Assert.Equal("""{"dryRun":false,"budget":60}""", machine.Broker.Calls[^1].Body);
        Assert.Contains("orders-pg  1 stood although they were revoked, and are being ended again", ran.Out, StringComparison.Ordinal);
        Assert.Contains("ends again", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_issuer_every_target_that_can_be_asked_is_looked_at()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.On("GET /v1/reconciliations", Say.Ok(new Page<ReconciliationResource>([Look()], null)));
        machine.Broker.On("POST /v1/reconciliations/orders-pg", Say.Ok(Look(0, 31)));

        var ran = await machine.RunAsync("reconcile", "--dry-run");

        Assert.Equal(0, ran.Exit);
        Assert.Equal("""{"dryRun":true}""", machine.Broker.Calls[^1].Body);
        Assert.Contains("31 leases stand although they were revoked, more than the budget of 20: nothing was ended", ran.Out, StringComparison.Ordinal);
    }
}

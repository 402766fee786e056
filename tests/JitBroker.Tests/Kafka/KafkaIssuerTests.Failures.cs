using JitBroker.Issuing;

namespace JitBroker.Tests.Kafka;

/// <content>A cluster that refuses, does half of what it is asked, or is not there.</content>
public sealed partial class KafkaIssuerTests
{
    [Theory]
    [InlineData(30)]
    [InlineData(51)]
    public async Task What_was_done_beside_what_was_refused_is_ended_and_proves_nothing(int refused)
    {
        await using var bench = await KafkaBench.FakeAsync();
        bench.Brokers[0].ErrorOf = key => key == refused ? 42 : 0;
        var order = bench.Order();
        var plan = bench.Issuer().Plan(order);
        Assert.IsType<MintOutcome.Refused>(await bench.Issuer().MintAsync(order, plan, Token));
        var user = plan.Handle.Data["user"]!.ToString();
        Assert.Equal(refused == 30, bench.Cluster.Logins.ContainsKey((user, "SCRAM-SHA-512")));
        Assert.Equal(refused == 51, !bench.Cluster.Acls.IsEmpty);

        bench.Brokers[0].ErrorOf = _ => 0;
        Assert.Equal(new EndOutcome.Ended(Existed: false), await bench.Issuer().EndAsync(plan.Handle, Token));

        Assert.Empty(bench.Cluster.Acls);
        Assert.False(bench.Cluster.Logins.ContainsKey((user, "SCRAM-SHA-512")));
    }

    [Theory]
    [InlineData(31)]
    [InlineData(51)]
    public async Task An_end_that_is_refused_half_does_its_other_half_and_is_told(int refused)
    {
        await using var bench = await KafkaBench.FakeAsync();
        var (plan, credential) = await bench.MintAsync(bench.Order());
        bench.Brokers[0].ErrorOf = key => key == refused ? 31 : 0;

        var failed = Assert.IsType<EndOutcome.Failed>(await bench.Issuer().EndAsync(plan.Handle, Token));

        Assert.Contains("needs ALTER and DESCRIBE on the cluster", failed.Why, StringComparison.Ordinal);
        Assert.Equal(Obstacle.Denied, failed.Obstacle);
        Assert.False(await KafkaBench.WorksAsync(credential));
        bench.Brokers[0].ErrorOf = _ => 0;
        Assert.IsType<EndOutcome.Ended>(await bench.Issuer().EndAsync(plan.Handle, Token));
        Assert.Empty(bench.Cluster.Acls);
    }

    [Theory]
    [InlineData(30, 54, "Without an authorizer everybody may do everything", Obstacle.Denied)]
    [InlineData(30, 31, "needs ALTER and DESCRIBE on the cluster", Obstacle.Denied)]
    [InlineData(51, 35, "metadata.version 3.5", Obstacle.Denied)]
    [InlineData(51, 93, "UnacceptableCredential (93)", null)]
    [InlineData(30, 42, "InvalidRequest (42)", null)]
    [InlineData(30, 7, "RequestTimedOut (7)", Obstacle.Away)]
    [InlineData(51, 89, "ThrottlingQuotaExceeded (89)", Obstacle.Throttled)]
    [InlineData(30, 999, "an error that this broker does not know (999)", Obstacle.Unfinished)]
    public async Task What_a_cluster_refuses_is_told_with_its_remedy_and_what_stood_in_the_way(int call, int error, string expected, Obstacle? obstacle)
    {
        await using var bench = await KafkaBench.FakeAsync();
        bench.Brokers[0].ErrorOf = key => key == call ? error : 0;
        var order = bench.Order();

        var outcome = await bench.Issuer().MintAsync(order, bench.Issuer().Plan(order), Token);

        Assert.Equal(obstacle, (outcome as MintOutcome.Unavailable)?.Obstacle);
        Assert.Equal(obstacle is null, outcome is MintOutcome.Refused);
        Assert.Contains(expected, outcome.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_cluster_is_down_nothing_is_minted_or_ended_and_both_work_after()
    {
        await using var bench = await KafkaBench.FakeAsync();
        var (plan, credential) = await bench.MintAsync(bench.Order());
        bench.Brokers[0].Sent = (_, _) => null;
        var order = bench.Order();

        Assert.IsType<EndOutcome.Failed>(await bench.Issuer().EndAsync(plan.Handle, Token));
        Assert.IsType<MintOutcome.Unavailable>(await bench.Issuer().MintAsync(order, bench.Issuer().Plan(order), Token));

        bench.Brokers[0].Sent = (_, frame) => frame;
        Assert.IsType<EndOutcome.Ended>(await bench.Issuer().EndAsync(plan.Handle, Token));
        Assert.False(await KafkaBench.WorksAsync(credential));
        await bench.MintAsync(bench.Order());
    }
}

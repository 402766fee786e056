using System.Text.Json.Nodes;
using JitBroker.Issuing;

namespace JitBroker.Tests.Kafka;

/// <content>What an end takes away, and what it leaves alone.</content>
public sealed partial class KafkaIssuerTests
{
    [Fact]
    public async Task An_open_connection_has_no_rights_from_the_end_on()
    {
        await using var bench = await KafkaBench.FakeAsync();
        var (plan, credential) = await bench.MintAsync(bench.Order());
        using var holder = await Holder.LogInAsync(credential);
        Assert.Equal(0, await holder!.FetchAsync(KafkaBench.Topic));

        Assert.Equal(new EndOutcome.Ended(Existed: true), await bench.Issuer().EndAsync(plan.Handle, Token));

        Assert.Equal(Holder.TopicAuthorizationFailed, await holder.FetchAsync(KafkaBench.Topic));
        Assert.Null(await Holder.LogInAsync(credential));
    }

    /// <summary>What is half there may get its other half yet, from a call that is still on its way.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task What_stood_half_or_not_at_all_is_gone_but_not_proven_to_have_been(bool hasRights, bool hasLogin)
    {
        await using var bench = await KafkaBench.FakeAsync();
        var (plan, _) = await bench.MintAsync(bench.Order());
        if (!hasRights)
            bench.Cluster.Acls.Clear();
        var user = plan.Handle.Data["user"]!.ToString();
        if (!hasLogin)
            Assert.True(bench.Cluster.Logins.TryRemove((user, "SCRAM-SHA-512"), out _));

        Assert.Equal(new EndOutcome.Ended(Existed: false), await bench.Issuer().EndAsync(plan.Handle, Token));

        Assert.Empty(bench.Cluster.Acls);
        Assert.DoesNotContain((user, "SCRAM-SHA-512"), bench.Cluster.Logins.Keys);
    }

    [Theory]
    [InlineData("user", "admin")]
    [InlineData("user", "jit-01j8zq-ana")]
    [InlineData("user", "jit-01j8zq00000000000000000000-ana,x")]
    [InlineData("bootstrap", "nowhere")]
    [InlineData("adminPassword", "")]
    public async Task A_handle_that_is_not_ours_touches_nothing(string key, string value)
    {
        await using var bench = await KafkaBench.FakeAsync();
        var (plan, _) = await bench.MintAsync(bench.Order());
        var calls = bench.Brokers[0].Calls.Count;
        var data = (JsonObject)plan.Handle.Data.DeepClone();
        data[key] = value;

        Assert.IsType<EndOutcome.Failed>(await bench.Issuer().EndAsync(plan.Handle with { Data = data }, Token));

        Assert.Equal(calls, bench.Brokers[0].Calls.Count);
    }

    /// <summary>Somebody else's rights and users, however alike their names, are not ours to end.</summary>
    [Fact]
    public async Task An_end_touches_its_own_principal_and_no_other()
    {
        await using var bench = await KafkaBench.FakeAsync();
        var (plan, _) = await bench.MintAsync(bench.Order());
        var user = plan.Handle.Data["user"]!.ToString();
        FakeAcl[] others = [new(2, "orders", 3, "User:" + user + "x", "*", 3, 3), new(2, "orders", 3, "User:jit", "*", 3, 3), new(2, "orders", 3, "User:*", "*", 3, 3)];
        foreach (var acl in others)
            bench.Cluster.Acls[acl] = true;
        bench.Cluster.Upsert(user + "x", "SCRAM-SHA-512", 4096, [1], new byte[64]);

        Assert.Equal(new EndOutcome.Ended(Existed: true), await bench.Issuer().EndAsync(plan.Handle, Token));

        Assert.Equal(others.ToHashSet(), bench.Cluster.Acls.Keys.ToHashSet());
        Assert.Contains((user + "x", "SCRAM-SHA-512"), bench.Cluster.Logins.Keys);
    }

    [Fact]
    public async Task Rights_that_somebody_added_to_a_lease_go_with_it()
    {
        await using var bench = await KafkaBench.FakeAsync();
        var (plan, _) = await bench.MintAsync(bench.Order());
        bench.Cluster.Acls[new FakeAcl(4, "kafka-cluster", 3, "User:" + plan.Handle.Data["user"], "*", 7, 3)] = true;

        Assert.Equal(new EndOutcome.Ended(Existed: true), await bench.Issuer().EndAsync(plan.Handle, Token));

        Assert.Empty(bench.Cluster.Acls);
    }
}

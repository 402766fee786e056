using JitBroker.Issuers.Kafka;
using JitBroker.Issuing;

namespace JitBroker.Tests.Kafka;

/// <summary>What <c>check</c> says of a cluster, and what the reconciler is told stands there.</summary>
public sealed class KafkaTargetTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cluster_that_is_in_order_gives_no_finding()
    {
        await using var bench = await KafkaBench.FakeAsync();

        Assert.Empty(await FindingsAsync(bench));
        Assert.Empty(await FindingsAsync(bench, "jwt"));
        Assert.Empty(bench.Cluster.Acls);
    }

    [Theory]
    [InlineData(29, 54, "no authorizer, so everybody may do everything")]
    [InlineData(29, 31, "may not look at rights")]
    [InlineData(50, 31, "may not look at SCRAM users")]
    [InlineData(31, 31, "may not make and remove rights and users")]
    [InlineData(50, 35, "UnsupportedVersion (35)")]
    public async Task What_the_brokers_user_may_not_do_is_a_problem_with_its_remedy(int call, int error, string expected)
    {
        await using var bench = await KafkaBench.FakeAsync();
        bench.Brokers[0].ErrorOf = key => key == call ? error : 0;

        var findings = await FindingsAsync(bench);

        Assert.Contains(findings, f => f.IsProblem && f.What.Contains(expected, StringComparison.Ordinal) && f.Remedy.Length > 10);
    }

    [Fact]
    public async Task A_mechanism_that_is_off_an_old_cluster_and_an_unknown_topic_are_told()
    {
        await using var bench = await KafkaBench.FakeAsync();
        bench.Cluster.Topics.Clear();
        Assert.Contains(await FindingsAsync(bench), f => !f.IsProblem && f.What.Contains("orders:read: there is no topic orders", StringComparison.Ordinal));
        bench.Cluster.MetadataVersion = 10;
        Assert.Contains(await FindingsAsync(bench), f => f.IsProblem && f.What.Contains("metadata.version", StringComparison.Ordinal));
        bench.Cluster.Mechanisms.Remove("OAUTHBEARER");
        Assert.Contains(await FindingsAsync(bench, "jwt"), f => f.IsProblem && f.What.Contains("has no OAUTHBEARER", StringComparison.Ordinal));
        bench.Cluster.Mechanisms.Clear();
        Assert.Contains(await FindingsAsync(bench), f => f.IsProblem && f.What.Contains("has no SCRAM-SHA-512", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cluster_that_is_away_or_does_not_let_the_broker_in_is_a_finding_and_no_fault()
    {
        await using var bench = await KafkaBench.FakeAsync();
        bench.AdminPassword = "wrong";
        Assert.Contains("user or password are not right", Assert.Single(await FindingsAsync(bench)).What, StringComparison.Ordinal);
        await bench.Brokers[0].DisposeAsync();
        Assert.Contains("cannot be reached", Assert.Single(await FindingsAsync(bench)).What, StringComparison.Ordinal);
        var settings = bench.Settings().Replace("KP", "NOT_SET", StringComparison.Ordinal);
        Assert.Contains("NOT_SET", Assert.Single(await new CheckCluster(bench.Target()).CheckAsync(new TargetToCheck("stream", settings, []), Token)).What, StringComparison.Ordinal);
        Assert.IsType<TargetListing.Failed>(await new ListUsers(bench.Target()).ListAsync(new TargetToCheck("stream", bench.Settings(), []), Token));
    }

    [Fact]
    public async Task Logins_and_rights_under_our_names_are_listed_and_what_only_looks_so_is_told_apart()
    {
        await using var bench = await KafkaBench.FakeAsync();
        var order = bench.Order();
        var (plan, _) = await bench.MintAsync(order);
        var user = plan.Handle.Data["user"]!.ToString();
        bench.Cluster.Upsert("jit-made-by-hand", "SCRAM-SHA-512", 4096, [1], new byte[64]);
        bench.Cluster.Upsert(user.ToUpperInvariant(), "SCRAM-SHA-512", 4096, [1], new byte[64]);
        bench.Cluster.Upsert("jit-01j8zq00000000000000000000-ana", "SCRAM-SHA-512", 9999, [1], new byte[64]);
        bench.Cluster.Upsert("billing", "SCRAM-SHA-512", 4096, [1], new byte[64]);
        bench.Cluster.Acls[new FakeAcl(2, "orders", 3, "User:jit-01j8zq00000000000000000001-bea", "10.0.0.1", 3, 3)] = true;
        bench.Cluster.Acls[new FakeAcl(2, "orders", 3, "User:billing", "*", 3, 3)] = true;

        var listed = Assert.IsType<TargetListing.Listed>(await new ListUsers(bench.Target()).ListAsync(new TargetToCheck("stream", bench.Settings(), []), Token)).Objects;

        HashSet<StandingObject> expected =
        [
            new(user, order.LeaseId, "SCRAM user"), new(user, order.LeaseId, "ACLs of a user"),
            new("jit-made-by-hand", null, "SCRAM user"), new(user.ToUpperInvariant(), null, "SCRAM user"),
            new("jit-01j8zq00000000000000000000-ana", null, "SCRAM user"), new("jit-01j8zq00000000000000000001-bea", null, "ACLs of a user"),
        ];
        Assert.Equal(expected, listed.ToHashSet());
        Assert.Equal(expected.Count, listed.Count);
    }

    private static Task<IReadOnlyList<TargetFinding>> FindingsAsync(KafkaBench bench, string mode = "scram") =>
        new CheckCluster(bench.Target()).CheckAsync(new TargetToCheck("stream", bench.Settings(mode), [new GrantsToCheck("orders:read", KafkaBench.Grants())]), Token);
}

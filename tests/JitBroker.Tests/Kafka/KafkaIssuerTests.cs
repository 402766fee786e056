using JitBroker.Issuers.Kafka;
using JitBroker.Issuing;
using JitBroker.Tests.Issuing;

namespace JitBroker.Tests.Kafka;

/// <summary>What stands at the cluster after a mint and after an end, whatever happens between. Here: after a mint.</summary>
public sealed partial class KafkaIssuerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lease_is_one_principal_with_the_rights_named_and_groups_of_its_own()
    {
        await using var bench = await KafkaBench.FakeAsync();
        var order = bench.Order(grants: KafkaBench.Grants("orders.", "prefixed", "\"read\",\"write\""));

        var (_, credential) = await bench.MintAsync(order);

        var user = $"jit-{order.LeaseId.ToLowerInvariant()}-ana-diaz";
        Assert.Equal(user, credential.Reveal()["username"]!.ToString());
        Assert.Equal("SCRAM-SHA-512", credential.Reveal()["mechanism"]!.ToString());
        FakeAcl[] expected =
        [
            new(2, "orders.", 4, "User:" + user, "*", 3, 3), new(2, "orders.", 4, "User:" + user, "*", 4, 3),
            new(3, "billing-", 4, "User:" + user, "*", 3, 3), new(3, user, 4, "User:" + user, "*", 3, 3),
        ];
        Assert.Equal(expected.ToHashSet(), bench.Cluster.Acls.Keys.ToHashSet());
        Assert.True(bench.Cluster.Logins.ContainsKey((user, "SCRAM-SHA-512")));
    }

    [Fact]
    public async Task Rights_and_login_are_asked_for_at_once()
    {
        await using var bench = await KafkaBench.FakeAsync();
        var login = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bench.Brokers[0].Waits = key =>
        {
            if (key == 51)
                login.TrySetResult();
            return key == 30 ? login.Task : Task.CompletedTask;
        };

        var (_, credential) = await bench.MintAsync(bench.Order());

        Assert.True(await KafkaBench.WorksAsync(credential));
    }

    /// <summary>A server hears from its controller when it does; the credential waits for that.</summary>
    [Theory]
    [InlineData(29)]
    [InlineData(50)]
    public async Task A_credential_is_handed_out_when_a_server_knows_of_rights_and_login(int look)
    {
        await using var bench = await KafkaBench.FakeAsync();
        var looks = 0;
        bench.Brokers[0].IsBehind = key => key == look && Interlocked.Increment(ref looks) < 4;

        await bench.MintAsync(bench.Order());

        Assert.Equal(4, looks);
    }

    [Fact]
    public async Task Either_hash_makes_a_login_that_works()
    {
        await using var bench = await KafkaBench.FakeAsync();

        bench.Cluster.Upsert(FakeCluster.Admin, "SCRAM-SHA-256", 4096, [9], Scram.Salted("SCRAM-SHA-256", FakeCluster.AdminPassword, [9], 4096));
        var (plan, credential) = await bench.MintAsync(bench.Order(settings: bench.Settings(mechanism: "SCRAM-SHA-256")));

        Assert.Equal("SCRAM-SHA-256", credential.Reveal()["mechanism"]!.ToString());
        Assert.True(await KafkaBench.WorksAsync(credential));
        Assert.Equal(new EndOutcome.Ended(Existed: true), await bench.Issuer().EndAsync(plan.Handle, Token));
        Assert.Equal([FakeCluster.Admin], bench.Cluster.Logins.Keys.Select(k => k.User).Distinct());
    }

    [Fact]
    public async Task A_token_says_whose_it_is_and_is_good_for_this_cluster_and_time_only()
    {
        await using var bench = await KafkaBench.FakeAsync();
        var order = bench.Order("jwt");

        var (plan, credential) = await bench.MintAsync(order);

        var claims = RawJwt.Payload(credential.Reveal()["token"]!.ToString());
        Assert.Equal((KafkaBench.PublicUrl, KafkaBench.Audience), (claims["iss"]!.ToString(), claims["aud"]!.ToString()));
        Assert.Equal($"jit-{order.LeaseId.ToLowerInvariant()}-ana-diaz", claims["sub"]!.ToString());
        Assert.Equal(plan.ExpiresAt.ToUnixTimeSeconds(), claims["exp"]!.GetValue<long>());
        Assert.InRange(plan.ExpiresAt, order.EndsAt - TimeSpan.FromSeconds(1), order.EndsAt);
        Assert.Null(credential.Reveal()["password"]);
        Assert.Equal([FakeCluster.Admin], bench.Cluster.Logins.Keys.Select(k => k.User));
        // Kept by the target's own clock even if the rights were to stay.
        Assert.Equal(EndBound.Target, bench.Issuer().RevocabilityOf(order).Bound);
        Assert.Equal(EndBound.Broker, bench.Issuer().RevocabilityOf(bench.Order()).Bound);
    }

    [Fact]
    public void Without_an_audience_of_its_own_an_issuers_tokens_are_for_its_name()
    {
        Assert.True(KafkaSettings.TryRead("stream", """{"bootstrap":["k:1"],"user":"u","password":"p","mode":"jwt"}""", out var settings, out _));

        Assert.Equal("stream", settings.Audience);
    }

    [Theory]
    [InlineData("o'brien\"; drop@example.com", "o-brien-drop")]
    [InlineData("../../etc@example.com", "etc")]
    [InlineData("=,*@example.com", "holder")]
    [InlineData("a.very.long.name.that.goes.on.and.on@example.com", "a-very-long-name-that-go")]
    [InlineData("\u202Egnp.exe@example.com", "gnp-exe")]
    [InlineData("Ünïcode@example.com", "n-code")]
    public async Task A_hostile_holder_becomes_a_plain_name(string holder, string slug)
    {
        await using var bench = await KafkaBench.FakeAsync();
        var order = bench.Order(holder: holder);

        var (plan, credential) = await bench.MintAsync(order);

        Assert.Equal($"jit-{order.LeaseId.ToLowerInvariant()}-{slug}", credential.Reveal()["username"]!.ToString());
        Assert.True(await KafkaBench.WorksAsync(credential));
        Assert.Equal(new EndOutcome.Ended(Existed: true), await bench.Issuer().EndAsync(plan.Handle, Token));
    }

    [Theory]
    [InlineData("""{"topics":[{"name":"*","operations":["read"],"pattern":"literal"}],"groups":[]}""")]
    [InlineData("""{"topics":[{"name":"","operations":["read"],"pattern":"prefixed"}],"groups":[]}""")]
    [InlineData("""{"topics":[{"name":"*","operations":["read"],"pattern":"prefixed"}],"groups":[],"allowWide":"x"}""")]
    [InlineData("""{"topics":[{"name":"orders","operations":["all"],"pattern":"literal"}],"groups":[]}""")]
    [InlineData("""{"topics":[{"name":"orders","operations":["cluster_action"],"pattern":"literal"}],"groups":[],"allowWide":"x"}""")]
    [InlineData("""{"topics":[{"name":"orders","operations":[],"pattern":"literal"}],"groups":[]}""")]
    [InlineData("""{"topics":[{"name":"orders","operations":["read"],"pattern":"match"}],"groups":[]}""")]
    [InlineData("""{"topics":[],"groups":[]}""")]
    [InlineData("""{"topics":"orders"}""")]
    [InlineData("{")]
    public async Task What_is_wider_than_it_looks_or_not_understood_is_refused_and_its_plan_ends_at_once(string grants)
    {
        await using var bench = await KafkaBench.FakeAsync();
        var order = bench.Order(grants: grants);
        var plan = bench.Issuer().Plan(order);

        Assert.IsType<MintOutcome.Refused>(await bench.Issuer().MintAsync(order, plan, Token));
        Assert.Equal(new EndOutcome.Ended(Existed: true), await bench.Issuer().EndAsync(plan.Handle, Token));

        Assert.Empty(bench.Brokers[0].Calls);
    }

    [Fact]
    public async Task Many_mints_and_ends_at_once_leave_nothing()
    {
        await using var bench = await KafkaBench.FakeAsync(brokers: 2);

        await Task.WhenAll(Enumerable.Range(0, 24).Select(async i =>
        {
            var (plan, credential) = await bench.MintAsync(bench.Order(i % 2 == 0 ? "scram" : "jwt"));
            Assert.True(await KafkaBench.WorksAsync(credential));
            Assert.Equal(new EndOutcome.Ended(Existed: true), await bench.Issuer().EndAsync(plan.Handle, Token));
        }));

        Assert.Empty(bench.Cluster.Acls);
        Assert.Equal([FakeCluster.Admin], bench.Cluster.Logins.Keys.Select(k => k.User));
    }
}

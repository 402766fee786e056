using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Issuers.Kafka;
using JitBroker.Issuers.Kafka.Wire;
using JitBroker.Issuing;
using JitBroker.Tests.Issuing;

namespace JitBroker.Tests.Kafka;

/// <summary>What stands at the cluster after a mint and after an end, whatever happens between.</summary>
public sealed class KafkaIssuerTests
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

    [Fact]
    public async Task The_server_is_never_told_a_password()
    {
        await using var bench = await KafkaBench.FakeAsync();

        var (_, credential) = await bench.MintAsync(bench.Order());

        var password = Encoding.UTF8.GetBytes(credential.Reveal()["password"]!.ToString());
        Assert.All(bench.Brokers[0].Requests, request => Assert.Equal(-1, request.AsSpan().IndexOf(password)));
        Assert.All(bench.Brokers[0].Requests, request => Assert.Equal(-1, request.AsSpan().IndexOf(Encoding.UTF8.GetBytes(FakeCluster.AdminPassword))));
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

    /// <summary>The fake says in its text what it was sent, as a careless or hostile server would.</summary>
    [Fact]
    public async Task Nothing_that_a_server_says_of_what_it_was_sent_is_repeated()
    {
        await using var bench = await KafkaBench.FakeAsync();
        bench.AdminPassword = "not the password";
        var order = bench.Order();

        var outcome = await bench.Issuer().MintAsync(order, bench.Issuer().Plan(order), Token);

        Assert.DoesNotContain("n=jit", outcome.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("p=", outcome.ToString(), StringComparison.Ordinal);
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

    [Fact]
    public void No_type_that_carries_a_secret_prints_it()
    {
        var secret = new ScramPassword();

        Assert.Equal("***", secret.ToString());
        Assert.Equal("***", secret.For("u", ScramHash.Sha512).ToString());
        Assert.Equal("***", new WayIn(true, "pem", "SCRAM-SHA-512", "u", "hush").ToString());
        Assert.Equal("***", new ScramClient(ScramHash.Sha512, "u", "hush", "n").ToString());
    }
}

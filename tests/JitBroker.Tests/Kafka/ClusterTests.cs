using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JitBroker.Issuing;

namespace JitBroker.Tests.Kafka;

/// <summary>Several servers, one that is no controller, throttling, TLS, and connections that are kept.</summary>
public sealed class ClusterTests
{
    private const int CreateAcls = 30;
    private const int AlterLogins = 51;
    private const int NotController = 41;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dead_server_is_passed_over()
    {
        await using var bench = await KafkaBench.FakeAsync(brokers: 2);
        await bench.Brokers[0].DisposeAsync();

        var (plan, credential) = await bench.MintAsync(bench.Order());

        Assert.Equal(string.Join(',', bench.Bootstrap), credential.Reveal()["bootstrapServers"]!.ToString());
        Assert.IsType<EndOutcome.Ended>(await bench.Issuer().EndAsync(plan.Handle, Token));
        Assert.Empty(bench.Cluster.Acls);
    }

    [Fact]
    public async Task A_call_that_only_the_controller_takes_finds_it()
    {
        await using var bench = await KafkaBench.FakeAsync(brokers: 3);
        bench.Cluster.Controller = 3;
        foreach (var broker in bench.Brokers.Take(2))
            broker.ErrorOf = key => key is CreateAcls or 31 or 51 ? NotController : 0;

        var (plan, _) = await bench.MintAsync(bench.Order());
        Assert.Equal(new EndOutcome.Ended(Existed: true), await bench.Issuer().EndAsync(plan.Handle, Token));

        Assert.Single(bench.Brokers[2].Calls, CreateAcls);
        Assert.Empty(bench.Cluster.Acls);
    }

    [Fact]
    public async Task A_cluster_that_changes_its_controller_meanwhile_is_tried_again()
    {
        await using var bench = await KafkaBench.FakeAsync();
        var refusals = 2;
        bench.Brokers[0].ErrorOf = key => key == CreateAcls && refusals-- > 0 ? NotController : 0;

        await bench.MintAsync(bench.Order());

        Assert.Equal(3, bench.Brokers[0].Calls.Count(k => k == CreateAcls));
    }

    [Fact]
    public async Task A_cluster_without_a_controller_is_given_up_in_the_end()
    {
        await using var bench = await KafkaBench.FakeAsync();
        bench.Brokers[0].ErrorOf = key => key == CreateAcls ? NotController : 0;
        var order = bench.Order();

        var outcome = Assert.IsType<MintOutcome.Unavailable>(await bench.Issuer().MintAsync(order, bench.Issuer().Plan(order), Token));

        Assert.Contains("refused CreateAcls: NotController (41)", outcome.Why, StringComparison.Ordinal);
        Assert.Equal(5, bench.Brokers[0].Calls.Count(k => k == CreateAcls));
    }

    /// <summary>A lost answer may be that of a call that was done; done twice it could come late, after the end.</summary>
    [Fact]
    public async Task A_call_that_may_have_been_done_is_not_done_again()
    {
        await using var bench = await KafkaBench.FakeAsync(brokers: 2);
        bench.Brokers[0].Sent = (key, frame) => key == CreateAcls ? null : frame;
        var order = bench.Order();

        Assert.IsType<MintOutcome.Unavailable>(await bench.Issuer().MintAsync(order, bench.Issuer().Plan(order), Token));

        Assert.Equal(1, bench.Brokers.Sum(b => b.Calls.Count(k => k == CreateAcls)));
    }

    [Fact]
    public async Task Addresses_that_a_server_tells_are_never_called()
    {
        await using var bench = await KafkaBench.FakeAsync();
        await using var elsewhere = new FakeBroker(bench.Cluster, 2);
        bench.Cluster.Controller = 2;
        var refusals = 1;
        bench.Brokers[0].ErrorOf = key => key == CreateAcls && refusals-- > 0 ? NotController : 0;

        var (plan, _) = await bench.MintAsync(bench.Order());
        Assert.IsType<EndOutcome.Ended>(await bench.Issuer().EndAsync(plan.Handle, Token));

        Assert.Equal(0, elsewhere.Connections);
    }

    [Fact]
    public async Task An_end_is_read_back_at_each_named_server_and_not_verified_while_one_still_lets_the_holder_in()
    {
        await using var bench = await KafkaBench.FakeAsync();
        var behind = new FakeCluster { Tokens = bench.Cluster.Tokens };
        await using var slow = new FakeBroker(behind, 2);
        bench.Bootstrap = [.. bench.Bootstrap, slow.Address];
        var (plan, _) = await bench.MintAsync(bench.Order());
        var user = plan.Handle.Data["user"]!.ToString();
        behind.Acls[new FakeAcl(2, "orders", 3, "User:" + user, "*", 3, 3)] = true;

        var early = Assert.IsType<EndOutcome.Failed>(await bench.Issuer().EndAsync(plan.Handle, Token));
        Assert.Contains("still stand", early.Why, StringComparison.Ordinal);
        behind.Acls.Clear();

        Assert.IsType<EndOutcome.Ended>(await bench.Issuer().EndAsync(plan.Handle, Token));
    }

    [Fact]
    public async Task A_named_server_that_is_silent_though_live_leaves_the_end_unverified()
    {
        await using var bench = await KafkaBench.FakeAsync(brokers: 2);
        var (plan, _) = await bench.MintAsync(bench.Order());
        bench.Brokers[1].Sent = (_, _) => null;
        bench.Brokers[1].HangUp();

        var failed = Assert.IsType<EndOutcome.Failed>(await bench.Issuer().EndAsync(plan.Handle, Token));
        Assert.Contains($"at {bench.Brokers[1].Address}, which the cluster counts among its live brokers", failed.Why, StringComparison.Ordinal);

        await bench.Brokers[1].DisposeAsync();
        Assert.IsType<EndOutcome.Ended>(await bench.Issuer().EndAsync(plan.Handle, Token));
    }

    [Fact]
    public async Task Connections_are_kept_and_a_dead_one_is_noticed_before_it_is_used()
    {
        await using var bench = await KafkaBench.FakeAsync();
        await bench.MintAsync(bench.Order());
        await bench.MintAsync(bench.Order());
        // A mint makes two calls at once.
        Assert.InRange(bench.Brokers[0].Connections, 1, 2);

        bench.Brokers[0].HangUp();
        var kept = bench.Brokers[0].Connections;
        await bench.MintAsync(bench.Order());

        Assert.InRange(bench.Brokers[0].Connections, kept + 1, kept + 2);
    }

    [Fact]
    public async Task A_connection_that_a_server_has_half_closed_is_not_used_and_nothing_is_called_twice()
    {
        await using var bench = await KafkaBench.FakeAsync();
        await bench.MintAsync(bench.Order());
        var kept = bench.Brokers[0].Connections;

        bench.Brokers[0].HalfClose();
        await bench.MintAsync(bench.Order());

        Assert.InRange(bench.Brokers[0].Connections, kept + 1, kept + 2);
        Assert.Equal(2, bench.Brokers[0].Calls.Count(k => k == CreateAcls));
        Assert.Equal(2, bench.Brokers[0].Calls.Count(k => k == AlterLogins));
    }

    [Fact]
    public async Task A_controller_that_moves_while_connections_are_kept_is_found_for_both_halves()
    {
        await using var bench = await KafkaBench.FakeAsync(brokers: 2);
        var (first, _) = await bench.MintAsync(bench.Order());
        bench.Cluster.Controller = 2;
        bench.Brokers[0].ErrorOf = key => key is CreateAcls or 31 or AlterLogins ? NotController : 0;

        var (second, credential) = await bench.MintAsync(bench.Order());

        Assert.Single(bench.Brokers[1].Calls, CreateAcls);
        Assert.Single(bench.Brokers[1].Calls, AlterLogins);
        Assert.True(await KafkaBench.WorksAsync(credential));
        Assert.Equal(new EndOutcome.Ended(Existed: true), await bench.Issuer().EndAsync(first.Handle, Token));
        Assert.Equal(new EndOutcome.Ended(Existed: true), await bench.Issuer().EndAsync(second.Handle, Token));
    }

    [Fact]
    public async Task A_changed_password_is_seen_at_the_next_call()
    {
        await using var bench = await KafkaBench.FakeAsync();
        await bench.MintAsync(bench.Order());
        bench.AdminPassword = "another";
        var order = bench.Order();

        var outcome = Assert.IsType<MintOutcome.Unavailable>(await bench.Issuer().MintAsync(order, bench.Issuer().Plan(order), Token));

        Assert.Contains("user or password are not right there", outcome.Why, StringComparison.Ordinal);
        Assert.DoesNotContain("another", outcome.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_that_is_about_to_end_is_not_used_any_more()
    {
        await using var bench = await KafkaBench.FakeAsync();
        bench.Brokers[0].LifetimeMs = 1;
        await bench.MintAsync(bench.Order());

        Assert.True(bench.Brokers[0].Connections > 1);
    }

    [Fact]
    public async Task A_throttled_broker_is_left_alone_for_as_long_as_it_asks()
    {
        var clock = new ManualClock();
        await using var bench = await KafkaBench.FakeAsync(clock: clock);
        bench.Brokers[0].ThrottleMs = 700;
        var began = clock.GetUtcNow();

        var minting = bench.MintAsync(bench.Order());
        await Eventually.TrueAsync(() =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(50));
            return Task.FromResult(minting.IsCompleted);
        });
        await minting;

        // The two calls that change something are made at once; the look that follows each waits on the connection that its answer came by.
        Assert.True(clock.GetUtcNow() - began >= TimeSpan.FromMilliseconds(700));
    }

    [Fact]
    public async Task A_server_so_old_that_it_knows_only_the_first_ApiVersions_is_asked_in_that_form()
    {
        await using var bench = await KafkaBench.FakeAsync();
        bench.Brokers[0].Knows18Only0 = true;

        await bench.MintAsync(bench.Order());

        Assert.Equal(2 * bench.Brokers[0].Connections, bench.Brokers[0].Calls.Count(k => k == 18));
    }

    [Fact]
    public async Task TLS_is_verified_by_the_named_authority_and_the_servers_name()
    {
        var (authority, certificate) = Certificates("127.0.0.1");
        var (_, ofAnotherName) = Certificates("10.9.8.7");
        await using var bench = await KafkaBench.FakeAsync();
        await using var good = new FakeBroker(bench.Cluster, 2) { Certificate = certificate };
        await using var bad = new FakeBroker(bench.Cluster, 3) { Certificate = ofAnotherName };

        bench.Bootstrap = [good.Address];
        bench.Authority = authority;
        var (_, credential) = await bench.MintAsync(bench.Order(settings: bench.Settings(isTls: true, hasAuthority: true)));
        Assert.Equal("SASL_SSL", credential.Reveal()["securityProtocol"]!.ToString());

        // Not by the machine's own authorities; not for another name; not where no TLS is.
        await RefusedAsync(bench, bench.Settings(isTls: true), "no TLS certificate that is good for its name");
        bench.Bootstrap = [bad.Address];
        await RefusedAsync(bench, bench.Settings(isTls: true, hasAuthority: true), "no TLS certificate that is good for its name");
        bench.Bootstrap = [bench.Brokers[0].Address];
        await RefusedAsync(bench, bench.Settings(isTls: true, hasAuthority: true), "");
        bench.Authority = "no certificate";
        await RefusedAsync(bench, bench.Settings(isTls: true, hasAuthority: true), "PEM is needed");
    }

    [Fact]
    public async Task Nothing_at_all_at_an_address_is_said_as_that()
    {
        await using var bench = await KafkaBench.FakeAsync();
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        bench.Bootstrap = [free.LocalEndpoint.ToString()!];
        free.Stop();

        await RefusedAsync(bench, bench.Settings(), "cannot be reached");
    }

    private static async Task RefusedAsync(KafkaBench bench, string settings, string expected)
    {
        var order = bench.Order(settings: settings);
        var outcome = Assert.IsType<MintOutcome.Unavailable>(await bench.Issuer().MintAsync(order, bench.Issuer().Plan(order), Token));
        Assert.Contains(expected, outcome.Why, StringComparison.Ordinal);
    }

    private static (string Pem, X509Certificate2 Certificate) Certificates(string address)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kafka of the tests", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Parse(address));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        var now = KafkaBench.RealTime().GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return (made.ExportCertificatePem(), X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null));
    }
}

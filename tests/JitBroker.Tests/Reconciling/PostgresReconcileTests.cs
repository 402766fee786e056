using System.Collections.Frozen;
using JitBroker.Catalog;
using JitBroker.Issuers.Postgres;
using JitBroker.Issuing;
using JitBroker.Leases;
using JitBroker.Reconciling;
using JitBroker.Storage;
using JitBroker.Tests.Issuing;
using JitBroker.Tests.Loop;
using Microsoft.Extensions.DependencyInjection;

namespace JitBroker.Tests.Reconciling;

/// <summary>The core with the <c>postgres</c> issuer at a real server, which is other tests' target too: their roles are foreign here, and must live.</summary>
public sealed class PostgresReconcileTests
{
    [Fact]
    public async Task A_role_whose_broker_was_killed_between_mint_and_record_is_gone_after_the_restart()
    {
        var bench = await PostgresBench.GetAsync(Build.Debian);
        var issuer = new NeverAnswers(bench.Issuer());
        await using var dead = await NewAsync(bench, issuer);
        var grant = await dead.GrantAsync();
        // It goes no further than the target: its clock stands for ever.
        _ = dead.CollectAsync("ana", grant.Id);
        var order = await issuer.Minted.Task;
        Assert.Equal("1", await StandingAsync(bench, order));

        await using var restarted = dead.Replica(Later(dead.Clock, TimeSpan.FromSeconds(31)));
        await restarted.SweepAsync();

        Assert.Equal("0", await StandingAsync(bench, order));
        Assert.Equal(("revoked", true), ((await restarted.LeasesAsync(grant.Id))[0].State, (await restarted.LeasesAsync(grant.Id))[0].Verified));
        await restarted.AssertEventsHaveNoHolesAsync();
    }

    [Fact]
    public async Task A_role_that_appears_after_its_verified_end_is_found_and_removed_and_nobody_elses_is()
    {
        var bench = await PostgresBench.GetAsync(Build.Debian);
        var issuer = new NeverAnswers(bench.Issuer()) { Answers = true };
        await using var broker = await NewAsync(bench, issuer);
        var grant = await broker.GrantAsync();
        Assert.NotNull((await broker.CollectAsync("ana", grant.Id)).Value);
        var order = await issuer.Minted.Task;
        await broker.EndAsync("ana", grant.Id);
        await broker.SweepAsync();
        Assert.Equal("0", await StandingAsync(bench, order));
        var similar = bench.NewName("jit_somebody_elses");
        await bench.ExecuteAsync($"create role {similar} login");
        // A mint that was thought dead comes through.
        Assert.IsType<MintOutcome.Minted>(await bench.Issuer().MintAsync(order, issuer.Plan(order), TestContext.Current.CancellationToken));

        var once = await LookAsync(broker);
        Assert.Equal("1", await StandingAsync(bench, order));
        var twice = await LookAsync(broker);
        await broker.SweepAsync();

        Assert.Equal((0, 1), (once.EndedAgain, twice.EndedAgain));
        Assert.Equal("0", await StandingAsync(bench, order));
        Assert.Equal("1", await bench.TextAsync($"select count(*) from pg_roles where rolname = '{similar}'"));
        Assert.Contains(twice.Findings, f => f.Kind == Finding.Foreign && f.Name == similar);
        await broker.AssertEventsHaveNoHolesAsync();
        await bench.ExecuteAsync($"drop role {similar}");
    }

    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task A_role_is_ours_when_name_and_comment_say_the_same_lease(Build build)
    {
        var bench = await PostgresBench.GetAsync(build);
        var minted = await bench.MintAsync();
        var lease = minted.Role["jit_".Length..].ToUpperInvariant();
        var (bare, forged, plain) = (RoleHandle.RoleOf(Ids.New(DateTimeOffset.UnixEpoch)), RoleHandle.RoleOf(Ids.New(DateTimeOffset.UnixEpoch)), bench.NewName("JIT-plain"));
        await bench.ExecuteAsync($"create role {bare}; create role {forged}; comment on role {forged} is 'jitbroker lease={lease} grant=x holder=x'; create role \"{plain}\"");

        var listed = Assert.IsType<TargetListing.Listed>(await bench.Lists().ListAsync(bench.ToCheck(), TestContext.Current.CancellationToken)).Objects.ToDictionary(o => o.Name, o => o.LeaseId, StringComparer.Ordinal);

        Assert.Equal((lease, null, null, null), (listed[minted.Role], listed[bare], listed[forged], listed[plain]));
        Assert.DoesNotContain("jit_heir", listed.Keys);
        Assert.DoesNotContain("jit_broker", listed.Keys);
        await bench.ExecuteAsync($"drop role {bare}; drop role {forged}; drop role \"{plain}\"");
        await minted.EndAndVerifyAsync();
    }

    [Fact]
    public async Task A_server_that_is_not_there_says_nothing()
    {
        var bench = await PostgresBench.GetAsync(Build.Debian);

        var failed = Assert.IsType<TargetListing.Failed>(await bench.Lists(port: 1).ListAsync(bench.ToCheck(), TestContext.Current.CancellationToken));

        Assert.Contains("cannot be reached while listing its roles", failed.Why, StringComparison.Ordinal);
        Assert.IsType<TargetListing.Failed>(await bench.Lists().ListAsync(bench.ToCheck() with { Settings = "{}" }, TestContext.Current.CancellationToken));
        Assert.IsType<TargetListing.Failed>(await bench.Lists().ListAsync(bench.ToCheck() with { Settings = """{"connection":"${env:NOWHERE}"}""" }, TestContext.Current.CancellationToken));
    }

    private static async Task<TestBroker> NewAsync(PostgresBench bench, IIssuer issuer)
    {
        var settings = bench.ToCheck().Settings;
        var grants = bench.ToCheck().Entitlements[0].Grants;
        var catalog = TestCatalog.Of(e => e with { Issuer = "orders-pg", Grants = grants });
        catalog = catalog with { Issuers = new[] { new IssuerDefinition("orders-pg", "postgres", settings) }.ToFrozenDictionary(i => i.Name, StringComparer.Ordinal) };
        var clock = new ManualClock();
        clock.Set(bench.Order().Now);
        return await TestBroker.NewAsync(Engine.Postgres, catalog, clock: clock, more: services => services.AddSingleton(issuer).AddSingleton<IListsTarget>(bench.Lists()));
    }

    private static ManualClock Later(ManualClock clock, TimeSpan by)
    {
        var later = new ManualClock();
        later.Set(clock.GetUtcNow() + by);
        return later;
    }

    private static async Task<LookResult> LookAsync(TestBroker broker)
    {
        broker.Clock.Advance(TimeSpan.FromMinutes(7));
        return (await broker.Get<LookAtTarget>().HandleAsync(broker.Catalog.Issuers["orders-pg"], new LookOrder(null, false, 20), CancellationToken.None))!.Look!;
    }

    private static Task<string> StandingAsync(PostgresBench bench, IssueOrder order) =>
        bench.TextAsync($"select count(*) from pg_roles where rolname = '{RoleHandle.RoleOf(order.LeaseId)}'");

    /// <summary>Mints for real, and then, unless it is to, never says so: as if its process had died there.</summary>
    private sealed class NeverAnswers(PostgresIssuer inner) : IIssuer
    {
        public TaskCompletionSource<IssueOrder> Minted { get; } = new();

        public bool Answers { get; init; }

        public string Kind => inner.Kind;

        public Revocability RevocabilityOf(IssueOrder order) => inner.RevocabilityOf(order);

        public MintPlan Plan(IssueOrder order) => inner.Plan(order);

        public async Task<MintOutcome> MintAsync(IssueOrder order, MintPlan plan, CancellationToken cancellationToken)
        {
            var outcome = await inner.MintAsync(order, plan, cancellationToken);
            Minted.TrySetResult(order);
            return Answers ? outcome : await new TaskCompletionSource<MintOutcome>().Task;
        }

        public Task<EndOutcome> EndAsync(RevocationHandle handle, CancellationToken cancellationToken) => inner.EndAsync(handle, cancellationToken);
    }
}

using System.Collections.Frozen;
using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Issuing;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Reconciling;
using JitBroker.Requests;
using JitBroker.Storage;
using JitBroker.Tests.Loop;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Reconciling;

/// <summary>What stands at a target against the leases. Dan is the operator.</summary>
public sealed class ReconcileTests
{
    private static readonly ChatSurfaces Chat = new([new ChatSurface(Surface.Slack, "C0ACCESS", "C0OPS")]);

    public static TheoryData<Engine> Engines => Databases.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_stands_again_after_its_verified_end_is_an_incident_and_ended_again_when_it_was_seen_twice(Engine engine)
    {
        await using var broker = await NewAsync(engine);
        var (grant, leases) = await RevokedAsync(broker, 1);
        broker.Issuer.Appear(leases[0].Id);

        var once = await LookAsync(broker);
        Assert.Equal((Finding.Standing, false, false), (once.Findings[0].Kind, once.Findings[0].Confirmed, once.Findings[0].EndsAgain));
        await broker.SweepAsync();
        Assert.Single(broker.Issuer.Standing);
        Assert.Empty(await ToldAsync(broker));

        var twice = await LookAsync(broker);
        Assert.Equal((1, true, true), (twice.EndedAgain, twice.Findings[0].Confirmed, twice.Findings[0].EndsAgain));
        var details = (await broker.Get<RequestReader>().FindGrantAsync(grant.Id, CancellationToken.None))!;
        Assert.Equal(("ended", true, "revoking", "It stands again at door."), (details.Grant.State, details.StandsAgain, details.Leases[0].State, details.Leases[0].LastError));

        await broker.SweepAsync();
        Assert.Empty(broker.Issuer.Standing);
        Assert.Equal(("revoked", true), ((await broker.LeasesAsync(grant.Id))[0].State, (await broker.LeasesAsync(grant.Id))[0].Verified));
        Assert.Equal(["lease.reopened", "lease.revoked"], (await broker.EventsAsync(grant.RequestId)).TakeLast(2));
        Assert.Equal(["reconciliation_notice"], await ToldAsync(broker));
        Assert.Equal((0, 0), ((await LookAsync(broker)).Found, (await LookAsync(broker)).EndedAgain));
        Assert.Equal(["reconciliation_notice"], await ToldAsync(broker));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_somebody_else_made_under_a_similar_name_is_told_once_and_never_touched(Engine engine)
    {
        await using var broker = await NewAsync(engine);
        var (_, leases) = await RevokedAsync(broker, 1);
        broker.Issuer.Others.AddRange(
        [
            new StandingObject("jit-admin", null, "user"),
            new StandingObject("jit-" + leases[0].Id.ToLowerInvariant() + "-copy <!channel>", null, "user"),
            new StandingObject("jit-01j8zqn0000000000000000000", "01J8ZQN0000000000000000000", "user"),
            new StandingObject("jit-not-an-id", "not an id", "user"),
        ]);
        var ends = broker.Issuer.Ends;

        for (var i = 0; i < 3; i++)
        {
            var looked = await LookAsync(broker);
            Assert.All(looked.Findings, f => Assert.Equal((Finding.Foreign, false), (f.Kind, f.EndsAgain)));
            Assert.Equal((4, 0), (looked.Found, looked.EndedAgain));
            await broker.SweepAsync();
        }

        Assert.Equal(ends, broker.Issuer.Ends);
        Assert.Equal(["reconciliation_notice"], await ToldAsync(broker));
        Assert.Equal(1, await CountAsync(broker, "select count(*) from events where type = 'reconciliation.looked'"));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_lease_of_another_target_that_shows_up_here_is_left_alone(Engine engine)
    {
        await using var broker = await NewAsync(engine);
        var (_, leases) = await RevokedAsync(broker, 1);
        broker.Catalog = broker.Catalog with { Issuers = new[] { new IssuerDefinition("window", "http", "{\"of\":\"elsewhere\"}") }.ToFrozenDictionary(i => i.Name, StringComparer.Ordinal) };
        broker.Issuer.Appear(leases[0].Id);

        await LookAsync(broker, "window");
        var twice = await LookAsync(broker, "window");

        Assert.Equal((Finding.Foreign, true, 0), (Assert.Single(twice.Findings).Kind, twice.Findings[0].Text.Contains("was minted at door and not here", StringComparison.Ordinal), twice.EndedAgain));
        Assert.Equal("revoked", await broker.Database.ReadAsync(s => s.FirstOrDefaultAsync<string>("select state from leases", null, CancellationToken.None), CancellationToken.None));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Over_its_budget_a_look_ends_nothing_and_an_operator_may_raise_it(Engine engine)
    {
        await using var broker = await NewAsync(engine);
        var (grant, leases) = await RevokedAsync(broker, 21);
        foreach (var lease in leases)
            broker.Issuer.Appear(lease.Id);

        await LookAsync(broker);
        var over = await LookAsync(broker);
        Assert.Equal((21, 20, 0), (over.OverBudget, over.Budget, over.EndedAgain));
        await LookAsync(broker);
        await broker.SweepAsync();
        Assert.Equal(21, broker.Issuer.Standing.Count);
        Assert.Equal(["reconciliation_notice"], await ToldAsync(broker));

        var dry = (await RunAsync(broker, "dan", dryRun: true, 21)).Value!;
        Assert.Equal((true, "dan@example.com", 0), (dry.DryRun, dry.LookedBy, dry.Look!.EndedAgain));
        var raised = (await RunAsync(broker, "dan", dryRun: false, 21)).Value!;
        await broker.SweepAsync();

        Assert.Equal((21, 0), (raised.Look!.EndedAgain, raised.Look.OverBudget));
        Assert.Empty(broker.Issuer.Standing);
        Assert.All(await broker.LeasesAsync(grant.Id), l => Assert.Equal(("revoked", true), (l.State, l.Verified)));
        Assert.Equal(2, await CountAsync(broker, "select count(*) from events where type = 'reconciliation.looked' and actor = 'dan@example.com'"));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_is_being_minted_is_never_taken_for_left_behind(Engine engine)
    {
        await using var broker = await NewAsync(engine);
        var grant = await broker.GrantAsync();
        var (isIn, go) = (new TaskCompletionSource(), new TaskCompletionSource<MintOutcome?>());
        broker.Issuer.BeforeMint = (order, _) =>
        {
            broker.Issuer.Appear(order.LeaseId);
            isIn.TrySetResult();
            return go.Task;
        };
        var collecting = broker.CollectAsync("ana", grant.Id);
        await isIn.Task;

        for (var i = 0; i < 3; i++)
            Assert.Equal((0, 1), ((await LookAsync(broker, advance: false)).Found, (await LookAsync(broker, advance: false)).Live));
        go.SetResult(null);

        Assert.NotNull((await collecting).Value);
        Assert.Equal(0, (await LookAsync(broker)).Found);
        Assert.Single(broker.Issuer.Standing);
        Assert.Equal("active", (await broker.LeasesAsync(grant.Id))[0].State);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Of_a_target_that_is_away_nothing_is_concluded_and_looking_begins_anew(Engine engine)
    {
        await using var broker = await NewAsync(engine);
        var used = await broker.GrantAsync("cy");
        await broker.CollectAsync("cy", used.Id);
        var (_, leases) = await RevokedAsync(broker, 1);
        broker.Issuer.Appear(leases[0].Id);
        Assert.Equal(1, (await LookAsync(broker)).Found);

        broker.Issuer.BeforeList = _ => Task.FromResult<TargetListing?>(new TargetListing.Failed("No route; password=hunter2"));
        var away = await LookAsync(broker);
        Assert.Equal(("No route; password=***", 0, 0), (away.Failed, away.Found, away.EndedAgain));
        broker.Issuer.BeforeList = _ => throw new InvalidOperationException("hunter2");
        Assert.Equal("door could not be listed (InvalidOperationException).", (await LookAsync(broker)).Failed);
        broker.Issuer.BeforeList = _ => Task.FromResult<TargetListing?>(null);

        Assert.Equal(0, (await LookAsync(broker)).EndedAgain);
        Assert.Equal(1, (await LookAsync(broker)).EndedAgain);
        Assert.Equal("active", (await broker.LeasesAsync(used.Id))[0].State);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Of_two_replicas_one_looks(Engine engine)
    {
        await using var broker = await NewAsync(engine);
        await using var other = broker.Replica();

        for (var i = 1; i <= 3; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() => (n % 2 == 0 ? broker : other).Get<ReconcileTargets>().RunAsync(CancellationToken.None))));
            Assert.Equal(i, broker.Issuer.Lists);
            broker.Clock.Advance(TimeSpan.FromMinutes(7));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_look_whose_replica_died_is_taken_over_and_what_it_finds_late_changes_nothing(Engine engine)
    {
        await using var broker = await NewAsync(engine);
        await using var other = broker.Replica();
        var (isIn, go) = (new TaskCompletionSource(), new TaskCompletionSource<TargetListing?>());
        broker.Issuer.BeforeList = _ =>
        {
            isIn.TrySetResult();
            return go.Task;
        };
        var dead = broker.Get<LookAtTarget>().HandleAsync(broker.Catalog.Issuers["door"], new LookOrder(null, false, 20), CancellationToken.None);
        await isIn.Task;
        Assert.Equal(Codes.InProgress, (await RunAsync(other, "dan", dryRun: true, null)).Refusal!.Code);

        broker.Issuer.BeforeList = _ => Task.FromResult<TargetListing?>(null);
        broker.Clock.Set(broker.Clock.GetUtcNow() + TimeSpan.FromMinutes(2));
        Assert.NotNull((await RunAsync(other, "dan", dryRun: true, null)).Value);
        go.SetResult(new TargetListing.Listed([new StandingObject("jit-late", null, "user")]));

        Assert.Null(await dead);
        Assert.Equal(0, (await ReadAsync(broker)).Look!.Found);
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_live_lease_of_which_nothing_stands_is_told_and_left_to_its_holder(Engine engine)
    {
        await using var broker = await NewAsync(engine);
        var grant = await broker.GrantAsync();
        var lease = (await broker.CollectAsync("ana", grant.Id)).Value!.Lease;
        broker.Issuer.Vanish(lease.Id);

        Assert.Equal((Finding.Missing, false), ((await LookAsync(broker)).Findings[0].Kind, (await ReadAsync(broker)).Look!.Findings[0].Confirmed));
        Assert.Empty(await ToldAsync(broker));
        Assert.True((await LookAsync(broker)).Findings[0].Confirmed);

        Assert.Equal(["reconciliation_notice"], await ToldAsync(broker));
        Assert.Equal("active", (await broker.LeasesAsync(grant.Id))[0].State);
        Assert.Equal(0, broker.Issuer.Ends);
        broker.Issuer.BeforeList = _ => Task.FromResult<TargetListing?>(new TargetListing.Listed([], IsWhole: false));
        Assert.Equal(0, (await LookAsync(broker)).Found);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_was_given_up_and_stands_still_is_ended_after_all(Engine engine)
    {
        await using var broker = await NewAsync(engine);
        var grant = await broker.GrantAsync();
        var lease = (await broker.CollectAsync("ana", grant.Id)).Value!.Lease;
        broker.Issuer.BeforeEnd = (_, _) => Task.FromResult<EndOutcome?>(new EndOutcome.Failed("It does not go."));
        await broker.EndAsync("ana", grant.Id);
        await broker.SweepAsync();
        Assert.NotNull((await broker.Get<AbandonLease>().HandleAsync(TestBroker.As("dan"), lease.Id, "scrapped", null, CancellationToken.None)).Value);
        broker.Issuer.BeforeEnd = (_, _) => Task.FromResult<EndOutcome?>(null);

        await LookAsync(broker);
        await LookAsync(broker);
        await broker.SweepAsync();

        Assert.Equal(("revoked", true), ((await broker.LeasesAsync(grant.Id))[0].State, (await broker.LeasesAsync(grant.Id))[0].Verified));
        Assert.Empty(broker.Issuer.Standing);
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Fact]
    public async Task Who_may_look_and_what_may_be_asked()
    {
        await using var broker = await NewAsync(Engine.Sqlite);

        Assert.Equal(Codes.Forbidden, (await RunAsync(broker, "ana", true, null)).Refusal!.Code);
        Assert.Equal(Codes.Forbidden, (await RunAsync(broker, "eli", true, null)).Refusal!.Code);
        Assert.Equal(Codes.NotFound, (await broker.Get<RunReconciliation>().HandleAsync(TestBroker.As("dan"), "nowhere", true, null, CancellationToken.None)).Refusal!.Code);
        foreach (var budget in new[] { 0, -1, 1001, int.MinValue, int.MaxValue })
            Assert.Equal((Codes.InvalidValue, "budget"), (await RunAsync(broker, "dan", false, budget)).Refusal is { } no ? (no.Code, no.Field) : ("", ""));
        Assert.Equal(Codes.Forbidden, (await broker.Get<ReadReconciliations>().ListAsync(TestBroker.As("ana"), CancellationToken.None)).Refusal!.Code);
        Assert.Null(Assert.Single((await broker.Get<ReadReconciliations>().ListAsync(TestBroker.As("eli"), CancellationToken.None)).Value!.Items).LookedAt);
        Assert.Equal(0, broker.Issuer.Lists);
        Assert.Equal(7, await CountAsync(broker, "select count(*) from events where type = 'refused'"));
    }

    [Fact]
    public async Task A_paused_target_is_not_asked_what_stands_there()
    {
        await using var broker = await NewAsync(Engine.Sqlite);
        var grant = await broker.GrantAsync();
        broker.Issuer.BeforeMint = (_, _) => Task.FromResult<MintOutcome?>(new MintOutcome.Unavailable("No route to door."));
        for (var i = 0; i < 3; i++)
            await broker.CollectAsync("ana", grant.Id);

        Assert.Equal("door is paused, since it does not answer: No route to door.", (await LookAsync(broker)).Failed);
        Assert.Equal(0, broker.Issuer.Lists);
    }

    private static CatalogSnapshot Of()
    {
        var catalog = TestCatalog.Of(e => e with { LeaseLimit = 30 });
        var roles = new Dictionary<string, IReadOnlyList<string>>(catalog.Roles, StringComparer.Ordinal) { ["operator"] = ["platform"] };
        return catalog with { Roles = roles.ToFrozenDictionary(StringComparer.Ordinal) };
    }

    private static Task<TestBroker> NewAsync(Engine engine) => TestBroker.NewAsync(engine, Of(), Chat);

    /// <summary>A grant of Ana's that has ended, verified.</summary>
    private static async Task<(Grant Grant, IReadOnlyList<Lease> Leases)> RevokedAsync(TestBroker broker, int leases)
    {
        var grant = await broker.GrantAsync();
        for (var i = 0; i < leases; i++)
            Assert.NotNull((await broker.CollectAsync("ana", grant.Id)).Value);
        await broker.EndAsync("ana", grant.Id);
        await broker.SweepAsync();
        Assert.Equal("ended", (await broker.ReadGrantAsync(grant.Id)).State);
        return (await broker.ReadGrantAsync(grant.Id), await broker.LeasesAsync(grant.Id));
    }

    /// <summary>The sweep's next look.</summary>
    private static async Task<LookResult> LookAsync(TestBroker broker, string issuer = "door", bool advance = true)
    {
        if (advance)
            broker.Clock.Advance(TimeSpan.FromMinutes(7));
        var order = new LookOrder(advance ? null : TestBroker.As("dan"), DryRun: false, LookOrder.DefaultBudget);
        return (await broker.Get<LookAtTarget>().HandleAsync(broker.Catalog.Issuers[issuer], order, CancellationToken.None))!.Look!;
    }

    private static async Task<Reconciliation> ReadAsync(TestBroker broker) =>
        Assert.Single((await broker.Get<ReadReconciliations>().ListAsync(TestBroker.As("dan"), CancellationToken.None)).Value!.Items);

    private static Task<Outcome<Reconciliation>> RunAsync(TestBroker broker, string who, bool dryRun, int? budget) =>
        broker.Get<RunReconciliation>().HandleAsync(TestBroker.As(who), "door", dryRun, budget, CancellationToken.None);

    private static Task<long> CountAsync(TestBroker broker, string sql) =>
        broker.Database.ReadAsync(s => s.FirstOrDefaultAsync<long>(sql, null, CancellationToken.None), CancellationToken.None);

    private static async Task<IReadOnlyList<string>> ToldAsync(TestBroker broker) => await broker.Database.ReadAsync(
        s => s.QueryAsync<string>("select template from deliveries where recipient = 'channel:C0OPS' and template = 'reconciliation_notice'", null, CancellationToken.None), CancellationToken.None);
}

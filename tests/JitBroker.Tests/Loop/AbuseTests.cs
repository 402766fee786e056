using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Storage;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Loop;

/// <summary>Abuse of the core that must fail; <c>tests/README.md</c> says which row each test shows.</summary>
public sealed class AbuseTests
{
    private static readonly string[] Everybody = ["ana@example.com", "bea@example.com", "dan@example.com"];

    public static TheoryData<Engine> Engines => Databases.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_asker_cannot_decide_from_any_surface_account_or_role(Engine engine)
    {
        var catalog = TestCatalog.With(Everybody);
        var groups = catalog.Groups.Values.Append(new Group("platform", System.Collections.Frozen.FrozenSet.ToFrozenSet(["ana@example.com"], StringComparer.Ordinal), null)).DistinctBy(g => g.Name, StringComparer.Ordinal);
        await using var broker = await TestBroker.NewAsync(engine, catalog with { Groups = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(groups.Reverse(), g => g.Name, StringComparer.Ordinal) });
        var request = await broker.AskAsync();
        Surface[] surfaces = [Surface.Slack, Surface.Teams, Surface.Api, Surface.Cli, Surface.Web];

        foreach (var surface in surfaces)
        {
            var second = TestBroker.As("ana", surface) with { Via = $"{surface.ToText()}:OTHER/ACCOUNT", SessionId = null };
            var outcome = await broker.Get<DecideRequest>().HandleAsync(second, new DecideOrder(request.Id, Approve: true), null, CancellationToken.None);
            Assert.Equal(Codes.OwnRequest, outcome.Refusal!.Code);
        }

        Assert.Equal(["request.submitted", .. surfaces.Select(_ => "refused")], await broker.EventsAsync(request.Id));
        Assert.Equal("pending", (await broker.ReadAsync(request.Id)).Request.State);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task One_person_on_two_surfaces_is_one_vote(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var request = await broker.AskAsync(entitlement: TestCatalog.Two);

        Assert.NotNull((await VoteAsync(broker, "bea", Surface.Slack, request)).Value);
        Assert.Equal(Codes.AlreadyDecided, (await VoteAsync(broker, "bea", Surface.Cli, request)).Refusal!.Code);

        var stored = await broker.ReadAsync(request.Id);
        Assert.Equal(("pending", 1), (stored.Request.State, stored.Bench.Decisions.Count));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task One_who_left_the_group_or_the_catalog_after_the_card_was_posted_cannot_decide(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var request = await broker.AskAsync();

        var without = TestCatalog.With(["dan@example.com"]);
        broker.Catalog = without;
        Assert.Equal(Codes.NotAnApprover, (await broker.DecideAsync("bea", request.Id)).Refusal!.Code);
        broker.Catalog = without with { People = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(without.People.Where(p => p.Key != "bea@example.com"), StringComparer.Ordinal) };
        Assert.Equal(Codes.Inactive, (await broker.DecideAsync("bea", request.Id)).Refusal!.Code);

        Assert.Equal(["request.submitted", "refused", "refused"], await broker.EventsAsync(request.Id));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_press_on_what_is_over_grants_nothing_again(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var withdrawn = await broker.AskAsync();
        await broker.Get<CancelRequest>().HandleAsync(TestBroker.As("ana"), withdrawn.Id, null, CancellationToken.None);
        Assert.Equal((Codes.AlreadySettled, "cancelled"), await PressAsync(broker, withdrawn));

        var ended = await broker.AskAsync(duration: TimeSpan.FromMinutes(5));
        var grant = (await broker.DecideAsync("bea", ended.Id)).Value!.Grant!;
        broker.Clock.Advance(TimeSpan.FromMinutes(5));
        await broker.SweepAsync();
        Assert.Equal((Codes.AlreadySettled, "approved"), await PressAsync(broker, ended));
        Assert.Equal("ended", (await broker.ReadGrantAsync(grant.Id)).State);

        var removed = await broker.AskAsync();
        broker.Catalog = TestCatalog.Of() with { Entitlements = System.Collections.Frozen.FrozenDictionary<string, Entitlement>.Empty };
        Assert.Equal((Codes.AlreadySettled, "lapsed"), await PressAsync(broker, removed));
        Assert.Null((await broker.ReadAsync(removed.Id)).Grant);
        await broker.AssertEventsHaveNoHolesAsync();

        static async Task<(string, string?)> PressAsync(TestBroker broker, Request request)
        {
            var refusal = (await broker.DecideAsync("dan", request.Id)).Refusal!;
            return (refusal.Code, refusal.State);
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Collecting_stops_at_the_live_credentials_of_a_grant(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var grant = await broker.GrantAsync();
        var limit = broker.Catalog.Entitlements[TestCatalog.Logs].LeaseLimit;

        for (var i = 0; i < limit; i++)
            Assert.NotNull((await broker.CollectAsync("ana", grant.Id)).Value);
        for (var i = 0; i < 10; i++)
            Assert.Equal(Codes.LeaseLimit, (await broker.CollectAsync("ana", grant.Id)).Refusal!.Code);

        Assert.Equal((limit, limit), (broker.Issuer.Mints, broker.Issuer.Standing.Count));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Collecting_is_limited_by_the_hour_and_only_for_that_person(Engine engine)
    {
        var asking = new AskLimits(RequestsPerMinute: 1000, OpenRequests: 1000, CollectionsPerHour: 4);
        await using var broker = await TestBroker.NewAsync(engine, TestCatalog.Of(e => e with { LeaseLimit = 100 }), asking: asking);
        var (ana, cy) = (await broker.GrantAsync("ana"), await broker.GrantAsync("cy"));

        for (var i = 0; i < 4; i++)
            Assert.NotNull((await broker.CollectAsync("ana", ana.Id)).Value);
        Assert.Equal(Codes.RateLimited, (await broker.CollectAsync("ana", ana.Id)).Refusal!.Code);

        Assert.NotNull((await broker.CollectAsync("cy", cy.Id)).Value);
        Assert.Equal(5, broker.Issuer.Mints);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_flood_of_requests_by_one_person_is_limited_and_others_are_not(Engine engine)
    {
        var asking = new AskLimits(RequestsPerMinute: 5, OpenRequests: 2, CollectionsPerHour: 1000);
        await using var broker = await TestBroker.NewAsync(engine, asking: asking);

        var open = new List<Request> { await broker.AskAsync(), await broker.AskAsync(entitlement: TestCatalog.Two) };
        var third = (await broker.SubmitAsync("ana", TestCatalog.Staged)).Refusal!;
        Assert.Equal((Codes.RateLimited, true), (third.Code, third.RetryAfter > TimeSpan.Zero));
        foreach (var request in open)
            await broker.DecideAsync("bea", request.Id, approve: false);
        for (var i = 0; i < 3; i++)
            await broker.DecideAsync("bea", (await broker.AskAsync()).Id, approve: false);
        Assert.Equal(Codes.RateLimited, (await broker.SubmitAsync("ana", TestCatalog.Logs)).Refusal!.Code);

        Assert.Null((await broker.SubmitAsync("cy", TestCatalog.Logs)).Refusal);
        broker.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null((await broker.SubmitAsync("ana", TestCatalog.Logs)).Refusal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Impossible_durations_and_starts_are_refused_and_store_nothing(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var now = broker.Clock.GetUtcNow();

        foreach (var duration in new[] { TimeSpan.Zero, TimeSpan.FromHours(-1), TimeSpan.MinValue, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(90.5) })
            Assert.Equal(Codes.InvalidDuration, (await broker.SubmitAsync("ana", TestCatalog.Logs, duration)).Refusal!.Code);
        Assert.Equal(Codes.DurationTooLong, (await broker.SubmitAsync("ana", TestCatalog.Logs, TimeSpan.MaxValue - TimeSpan.FromTicks(TimeSpan.MaxValue.Ticks % TimeSpan.TicksPerSecond))).Refusal!.Code);
        foreach (var start in new[] { DateTimeOffset.MinValue, now, now - TimeSpan.FromTicks(1), now + TimeSpan.FromDays(91), DateTimeOffset.MaxValue })
            Assert.Equal(Codes.InvalidValue, (await broker.SubmitAsync("ana", TestCatalog.Logs, startsAt: start)).Refusal!.Code);

        Assert.Equal(0, await broker.Database.ReadAsync(s => s.FirstOrDefaultAsync<long>("select count(*) from requests", null, CancellationToken.None), CancellationToken.None));
    }

    private static Task<Outcome<Decided>> VoteAsync(TestBroker broker, string who, Surface surface, Request request) =>
        broker.Get<DecideRequest>().HandleAsync(TestBroker.As(who, surface), new DecideOrder(request.Id, Approve: true), null, CancellationToken.None);
}

using JitBroker.Catalog;
using JitBroker.Policy;
using JitBroker.Storage;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Loop;

public sealed class DecideTests
{
    public static TheoryData<Engine> Engines => Databases.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_approval_makes_a_grant_whose_end_is_already_due(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var request = await broker.AskAsync(duration: TimeSpan.FromMinutes(30));

        var decided = (await broker.DecideAsync("bea", request.Id)).Value!;

        Assert.Equal("approved", decided.Request.State);
        Assert.Equal("bea@example.com", decided.Request.SettledBy);
        var grant = await broker.ReadGrantAsync(decided.Grant!.Id);
        Assert.Equal(("active", broker.Clock.GetUtcNow() + TimeSpan.FromMinutes(30)), (grant.State, grant.EndsAt));
        Assert.Equal(["request.submitted", "request.vote", "request.approved", "grant.active"], await broker.EventsAsync(request.Id));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_planned_access_that_is_approved_late_and_for_less_lies_within_the_window_that_was_asked_for(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var start = broker.Clock.GetUtcNow() + TimeSpan.FromMinutes(20);
        var (ana, cy) = (await broker.AskAsync("ana", duration: TimeSpan.FromHours(1), startsAt: start), await broker.AskAsync("cy", duration: TimeSpan.FromHours(1), startsAt: start));

        broker.Clock.Advance(TimeSpan.FromMinutes(31));
        var early = (await broker.DecideAsync("bea", ana.Id, duration: TimeSpan.FromMinutes(5))).Value!.Grant!;
        broker.Clock.Advance(TimeSpan.FromMinutes(46));
        var late = (await broker.DecideAsync("bea", cy.Id, duration: TimeSpan.FromMinutes(5))).Value!.Grant!;

        Assert.Equal((start.AddMinutes(11), start.AddMinutes(16)), (early.StartsAt, early.EndsAt));
        Assert.Equal((start.AddMinutes(57), start.AddMinutes(60)), (late.StartsAt, late.EndsAt));
        Assert.Equal(late.EndsAt, (await broker.ReadGrantAsync(late.Id)).EndsAt);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_asker_cannot_decide_and_the_attempt_is_written_down(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, TestCatalog.With(["ana@example.com", "bea@example.com"]));
        var request = await broker.AskAsync();

        var outcome = await broker.DecideAsync("ana", request.Id);

        Assert.Equal(Codes.OwnRequest, outcome.Refusal!.Code);
        Assert.Equal(["request.submitted", "refused"], await broker.EventsAsync(request.Id));
        var stored = await broker.ReadAsync(request.Id);
        Assert.Equal(("pending", 1, 0), (stored.Request.State, stored.Request.Version, stored.Bench.Decisions.Count));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Somebody_outside_the_rule_cannot_decide_not_even_an_admin(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, TestCatalog.With(["bea@example.com"]));
        var request = await broker.AskAsync();

        Assert.Equal(Codes.NotAnApprover, (await broker.DecideAsync("cy", request.Id)).Refusal!.Code);
        Assert.Equal(Codes.NotAnApprover, (await broker.DecideAsync("dan", request.Id)).Refusal!.Code);
        Assert.Equal("pending", (await broker.ReadAsync(request.Id)).Request.State);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_quorum_of_two_counts_people_not_presses(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var request = await broker.AskAsync(entitlement: TestCatalog.Two);

        Assert.Null((await broker.DecideAsync("bea", request.Id)).Value!.Grant);
        Assert.Equal(Codes.AlreadyDecided, (await broker.DecideAsync("bea", request.Id)).Refusal!.Code);
        Assert.NotNull((await broker.DecideAsync("dan", request.Id)).Value!.Grant);
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_deny_settles_and_a_later_approval_is_told_who_won(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var request = await broker.AskAsync();

        await broker.DecideAsync("dan", request.Id, approve: false);
        var late = (await broker.DecideAsync("bea", request.Id)).Refusal!;

        Assert.Equal((Codes.AlreadySettled, "dan@example.com", "denied"), (late.Code, late.SettledBy, late.State));
        Assert.Null((await broker.ReadAsync(request.Id)).Grant);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_vote_of_one_who_left_the_group_no_longer_counts(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var request = await broker.AskAsync(entitlement: TestCatalog.Two);
        await broker.DecideAsync("bea", request.Id);

        broker.Catalog = TestCatalog.With(["dan@example.com", "eli@example.com"]);
        var second = await broker.DecideAsync("dan", request.Id);

        Assert.Null(second.Value!.Grant);
        Assert.Equal(1, (await broker.ReadAsync(request.Id)).Bench.Progress.Single().Have);
        Assert.NotNull((await broker.DecideAsync("eli", request.Id)).Value!.Grant);
        Assert.Equal([false, true, true], (await broker.ReadAsync(request.Id)).Bench.Decisions.Select(d => d.Counted!.Value));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_rule_that_became_weaker_still_asks_for_what_was_pinned(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var request = await broker.AskAsync(entitlement: TestCatalog.Two);

        broker.Catalog = TestCatalog.Of(e => e with { Approval = TestCatalog.Rule(new Clause("data-owners", 1)) });

        Assert.Null((await broker.DecideAsync("bea", request.Id)).Value!.Grant);
        Assert.NotNull((await broker.DecideAsync("dan", request.Id)).Value!.Grant);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_rule_that_became_stronger_must_be_met_too(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var request = await broker.AskAsync();

        broker.Catalog = TestCatalog.Of(e => e with { Approval = TestCatalog.Rule(new Clause("data-owners", 1), new Clause("security", 1)) });

        Assert.Null((await broker.DecideAsync("bea", request.Id)).Value!.Grant);
        Assert.NotNull((await broker.DecideAsync("eli", request.Id)).Value!.Grant);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Changed_grants_lapse_the_request(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var request = await broker.AskAsync();

        broker.Catalog = TestCatalog.Of(e => e with { Grants = """{"resource":"everything"}""" });
        var press = (await broker.DecideAsync("bea", request.Id)).Refusal!;

        Assert.Equal((Codes.AlreadySettled, "lapsed"), (press.Code, press.State));
        var stored = (await broker.ReadAsync(request.Id)).Request;
        Assert.Equal(("lapsed", "catalog_changed"), (stored.State, stored.SettledBecause));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_approval_for_less_narrows_and_one_for_more_is_refused(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var request = await broker.AskAsync(duration: TimeSpan.FromHours(1));

        Assert.Equal(Codes.WiderThanAsked, (await broker.DecideAsync("bea", request.Id, duration: TimeSpan.FromHours(2))).Refusal!.Code);
        var grant = (await broker.DecideAsync("bea", request.Id, duration: TimeSpan.FromMinutes(10))).Value!.Grant!;

        Assert.Equal(broker.Clock.GetUtcNow() + TimeSpan.FromMinutes(10), grant.EndsAt);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_request_lapses_when_nobody_decides(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var request = await broker.AskAsync();

        broker.Clock.Advance(TimeSpan.FromHours(4));
        await broker.SweepAsync();

        Assert.Equal("lapsed", (await broker.ReadAsync(request.Id)).Request.State);
        Assert.Equal(Codes.AlreadySettled, (await broker.DecideAsync("bea", request.Id)).Refusal!.Code);
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task One_request_per_person_and_entitlement_waits_at_a_time(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var request = await broker.AskAsync();

        var second = (await broker.SubmitAsync("ana", TestCatalog.Logs)).Refusal!;

        Assert.Equal((Codes.AlreadyOpen, request.Id), (second.Code, second.Id));
        await broker.DecideAsync("bea", request.Id, approve: false);
        Assert.Null((await broker.SubmitAsync("ana", TestCatalog.Logs)).Refusal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_a_rule_approves_is_granted_in_the_submitting_transaction(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);

        var request = await broker.AskAsync(entitlement: TestCatalog.Auto);

        var stored = await broker.ReadAsync(request.Id);
        Assert.Equal(("approved", "rule", null), (stored.Request.State, stored.Request.SettledBecause, stored.Request.SettledBy));
        Assert.Equal("active", stored.Grant!.State);
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Stages_are_decided_in_order_by_distinct_people(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var request = await broker.AskAsync(entitlement: TestCatalog.Staged);

        Assert.Null((await broker.DecideAsync("bea", request.Id)).Value!.Grant);
        Assert.Equal(Codes.NotAnApprover, (await broker.DecideAsync("dan", request.Id)).Refusal!.Code);
        Assert.NotNull((await broker.DecideAsync("eli", request.Id)).Value!.Grant);
    }
}

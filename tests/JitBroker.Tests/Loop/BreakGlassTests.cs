using System.Collections.Frozen;
using JitBroker.Catalog;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Reviews;
using JitBroker.Storage;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Loop;

public sealed class BreakGlassTests
{
    public static TheoryData<Engine> Engines => Databases.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Somebody_on_call_has_access_at_once_and_owes_a_review(Engine engine)
    {
        await using var broker = await EmergencyCatalog.BrokerAsync(engine);
        var now = broker.Clock.GetUtcNow();

        var taken = (await broker.TakeAsync("cy")).Value!;

        Assert.Equal(("break_glass", "approved", "break_glass", null), (taken.Request.Kind, taken.Request.State, taken.Request.SettledBecause, taken.Request.SettledBy));
        Assert.Equal(("active", true, now + TimeSpan.FromMinutes(30)), (taken.Grant.State, taken.Grant.BreakGlass, taken.Grant.EndsAt));
        Assert.Equal("INC-77: checkout down", taken.Request.Reason);
        Assert.Equal(("due", "cy@example.com", "INC-77", "oncall", "security", now + TimeSpan.FromHours(24)), (taken.Review.State, taken.Review.Invoker, taken.Review.Incident, taken.Review.OnCallIn, taken.Review.ReviewGroup, taken.Review.DueAt));
        Assert.Equal(["request.submitted", "request.approved", "grant.active", "review.due"], await broker.EventsAsync(taken.Request.Id));
        Assert.NotNull((await broker.CollectAsync("cy", taken.Grant.Id)).Value);
        await broker.AssertEventsHaveNoHolesAsync();

        broker.Clock.Advance(TimeSpan.FromMinutes(30));
        await broker.SweepAsync();
        Assert.Equal("ended", (await broker.ReadGrantAsync(taken.Grant.Id)).State);
        Assert.Empty(broker.Issuer.Standing);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Who_is_not_on_call_or_cannot_be_looked_up_is_refused(Engine engine)
    {
        await using var broker = await EmergencyCatalog.BrokerAsync(engine);

        Assert.Equal(Codes.NotEligible, (await broker.TakeAsync("ana")).Refusal!.Code);
        Assert.Equal(Codes.NotEligible, (await broker.TakeAsync("dan")).Refusal!.Code);
        Assert.Equal(Codes.NotEligible, (await broker.TakeAsync("cy", TestCatalog.Two)).Refusal!.Code);
        Assert.Equal(Codes.UnknownEntitlement, (await broker.TakeAsync("cy", "nothing")).Refusal!.Code);
        broker.Catalog = EmergencyCatalog.Of(oncall: new Group("oncall", FrozenSet<string>.Empty, new OnCallSchedule("http", "payments", "${env:T}")));
        var unknown = (await broker.TakeAsync("cy")).Refusal!;

        Assert.Equal(Codes.NotEligible, unknown.Code);
        Assert.Contains("could not check", unknown.Text, StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync(broker, "select count(*) from grants"));
        Assert.Equal(5, await CountAsync(broker, "select count(*) from events where type = 'refused'"));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task It_is_hard_capped_needs_a_reason_and_faults_are_told_in_order(Engine engine)
    {
        await using var broker = await EmergencyCatalog.BrokerAsync(engine);

        Assert.Equal((Codes.DurationTooLong, "duration"), await CodeAsync(TimeSpan.FromMinutes(31)));
        Assert.Equal((Codes.InvalidDuration, "duration"), await CodeAsync(TimeSpan.Zero));
        Assert.Equal((Codes.ReasonRequired, "reason"), await CodeAsync(null, reason: " "));
        Assert.Equal((Codes.InvalidValue, "incident"), await CodeAsync(null, incident: "a\nb"));
        Assert.Equal((Codes.InvalidValue, "incident"), await CodeAsync(null, incident: new string('x', 101)));
        Assert.Equal(0, await CountAsync(broker, "select count(*) from requests"));

        async Task<(string, string?)> CodeAsync(TimeSpan? duration, string incident = "INC-77", string reason = "checkout down")
        {
            var refusal = (await broker.TakeAsync("cy", duration: duration, incident: incident, reason: reason)).Refusal!;
            return (refusal.Code, refusal.Field);
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_end_of_a_shift_does_not_cut_it_short_but_leaving_the_catalog_does(Engine engine)
    {
        await using var broker = await EmergencyCatalog.BrokerAsync(engine);
        var grant = (await broker.TakeAsync("cy")).Value!.Grant;

        broker.Catalog = EmergencyCatalog.Of(oncall: new Group("oncall", FrozenSet<string>.Empty, new OnCallSchedule("http", "payments", "${env:T}")));
        Assert.Equal(0, await broker.Get<JitBroker.Grants.EndDueGrants>().ConformAsync(CancellationToken.None));
        Assert.NotNull((await broker.CollectAsync("cy", grant.Id)).Value);
        var without = EmergencyCatalog.Of();
        broker.Catalog = without with { People = without.People.Where(p => p.Key != "cy@example.com").ToFrozenDictionary(StringComparer.Ordinal) };
        Assert.Equal(1, await broker.Get<JitBroker.Grants.EndDueGrants>().ConformAsync(CancellationToken.None));
        await broker.SweepAsync();

        Assert.Equal("ended", (await broker.ReadGrantAsync(grant.Id)).State);
        Assert.Empty(broker.Issuer.Standing);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task One_extension_with_a_second_person_and_no_other(Engine engine)
    {
        await using var broker = await EmergencyCatalog.BrokerAsync(engine);
        var grant = (await broker.TakeAsync("cy")).Value!.Grant;

        var asked = (await broker.ExtendAsync("cy", grant.Id)).Value!;
        Assert.Equal("pending", asked.State);
        Assert.Equal(Codes.OwnRequest, (await broker.DecideAsync("cy", asked.Id)).Refusal!.Code);
        Assert.Equal(Codes.NotAnApprover, (await broker.DecideAsync("ana", asked.Id)).Refusal!.Code);
        Assert.Equal(grant.EndsAt + TimeSpan.FromMinutes(30), (await broker.DecideAsync("fay", asked.Id)).Value!.Grant!.EndsAt);

        Assert.Equal(Codes.ExtensionLimit, (await broker.ExtendAsync("cy", grant.Id)).Refusal!.Code);
        Assert.Equal(Codes.DurationTooLong, (await broker.ExtendAsync("cy", (await broker.TakeAsync("cy")).Value!.Grant.Id, "31m")).Refusal!.Code);
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task One_person_of_the_ordinary_rule_is_enough_to_extend_an_emergency_and_a_rule_without_people_is_not(Engine engine)
    {
        await using var broker = await EmergencyCatalog.BrokerAsync(engine, e => e with { Approval = new ApprovalRule(new AutoRule(null, null, null), []) });
        var grant = (await broker.TakeAsync("cy")).Value!.Grant;

        var asked = (await broker.ExtendAsync("cy", grant.Id)).Value!;
        Assert.Equal("pending", asked.State);
        Assert.Equal(Codes.NotAnApprover, (await broker.DecideAsync("bea", asked.Id)).Refusal!.Code);
        Assert.NotNull((await broker.DecideAsync("fay", asked.Id)).Value!.Grant);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Escalating_withdraws_the_open_request_in_the_same_step_or_does_nothing(Engine engine)
    {
        await using var broker = await EmergencyCatalog.BrokerAsync(engine);
        var open = await broker.AskAsync("cy");

        Assert.Equal((Codes.InvalidValue, "escalates"), await CodeAsync("fay", open.Id));
        var taken = (await broker.TakeAsync("cy", escalates: open.Id)).Value!;
        var withdrawn = (await broker.ReadAsync(open.Id)).Request;

        Assert.Equal(("cancelled", "cy@example.com", "break_glass"), (withdrawn.State, withdrawn.SettledBy, withdrawn.SettledBecause));
        Assert.Equal("active", taken.Grant.State);
        Assert.Equal((Codes.AlreadySettled, null), await CodeAsync("cy", open.Id));
        Assert.Equal(1, await CountAsync(broker, "select count(*) from grants"));
        await broker.AssertEventsHaveNoHolesAsync();

        async Task<(string, string?)> CodeAsync(string who, string id)
        {
            var refusal = (await broker.TakeAsync(who, escalates: id)).Refusal!;
            return (refusal.Code, refusal.Field);
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Escalating_that_races_the_approval_makes_one_of_the_two(Engine engine)
    {
        await using var broker = await EmergencyCatalog.BrokerAsync(engine);
        for (var round = 0; round < 5; round++)
        {
            var open = await broker.AskAsync("cy");
            var take = Task.Run(() => broker.TakeAsync("cy", escalates: open.Id));
            var decide = Task.Run(() => broker.DecideAsync("bea", open.Id));
            await Task.WhenAll(take, decide);
            Assert.NotEqual((await take).Value is null, (await decide).Value is null);
        }

        Assert.Equal(5, await CountAsync(broker, "select count(*) from grants"));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Nobody_decides_an_emergency_and_the_people_concerned_may_look_at_it_and_end_it(Engine engine)
    {
        await using var broker = await EmergencyCatalog.BrokerAsync(engine);
        var taken = (await broker.TakeAsync("cy")).Value!;

        Assert.Equal((Codes.AlreadySettled, "approved"), ((await broker.DecideAsync("bea", taken.Request.Id)).Refusal!.Code, (await broker.DecideAsync("bea", taken.Request.Id)).Refusal!.State));
        foreach (var (who, sees) in new[] { ("cy", true), ("bea", true), ("dan", true), ("eli", true), ("fay", true), ("ana", false) })
            Assert.Equal(sees, await broker.Get<RequestReader>().FindGrantAsync(taken.Grant.Id, who + "@example.com", CancellationToken.None) is not null);
        Assert.Equal(Codes.NotFound, (await broker.EndAsync("ana", taken.Grant.Id, "stop")).Refusal!.Code);
        Assert.Equal(Codes.ReasonRequired, (await broker.EndAsync("eli", taken.Grant.Id)).Refusal!.Code);
        var ended = (await broker.EndAsync("eli", taken.Grant.Id, "not needed")).Value!;

        Assert.Equal(("revoked", "eli@example.com"), (ended.Grant.EndKind, ended.Grant.EndedBy));
        Assert.Equal([taken.Grant.Id], (await broker.Get<RequestReader>().ListGrantsAsync("eli@example.com", new GrantQuery(BreakGlass: true), CancellationToken.None)).Items.Select(g => g.Grant.Id));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_waits_for_others_does_not_hold_up_an_emergency_but_a_flood_is_slowed_down(Engine engine)
    {
        var asking = new AskLimits(RequestsPerMinute: 3, OpenRequests: 1, CollectionsPerHour: 10);
        await using var broker = await EmergencyCatalog.BrokerAsync(engine, asking: asking);
        await broker.AskAsync("cy");

        Assert.NotNull((await broker.TakeAsync("cy")).Value);
        Assert.NotNull((await broker.TakeAsync("cy")).Value);
        Assert.Equal(Codes.RateLimited, (await broker.TakeAsync("cy")).Refusal!.Code);
    }

    internal static async Task<long> CountAsync(TestBroker broker, string sql) =>
        await broker.Database.ReadAsync(s => s.FirstOrDefaultAsync<long>(sql, null, CancellationToken.None), CancellationToken.None);
}

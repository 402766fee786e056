using System.Collections.Frozen;
using JitBroker.Catalog;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Reviews;
using JitBroker.Storage;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Loop;

public sealed class ReviewTests
{
    public static TheoryData<Engine> Engines => Databases.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Somebody_else_reviews_it_once(Engine engine)
    {
        await using var broker = await EmergencyCatalog.BrokerAsync(engine);
        var taken = (await broker.TakeAsync("cy")).Value!;

        Assert.Equal(Codes.OwnGrant, (await broker.ReviewAsync("cy", taken.Grant.Id)).Refusal!.Code);
        Assert.Equal(Codes.NotAReviewer, (await broker.ReviewAsync("bea", taken.Grant.Id)).Refusal!.Code);
        Assert.Equal(Codes.NotAReviewer, (await broker.ReviewAsync("dan", taken.Grant.Id, comment: "")).Refusal!.Code);
        Assert.Equal(Codes.NotFound, (await broker.ReviewAsync("ana", taken.Grant.Id)).Refusal!.Code);
        Assert.Equal((Codes.ReasonRequired, "comment"), Fault(await broker.ReviewAsync("eli", taken.Grant.Id, comment: " ")));
        Assert.Equal((Codes.InvalidValue, "verdict"), Fault(await broker.ReviewAsync("eli", taken.Grant.Id, "fine")));
        Assert.Equal((Codes.InvalidValue, "comment"), Fault(await broker.ReviewAsync("eli", taken.Grant.Id, comment: new string('x', 1001))));
        var reviewed = (await broker.ReviewAsync("eli", taken.Grant.Id, Verdicts.PolicyGap, "  give it to them  ")).Value!;
        var late = (await broker.ReviewAsync("gus", taken.Grant.Id)).Refusal!;

        Assert.Equal((Codes.AlreadyReviewed, "eli@example.com"), (late.Code, late.SettledBy));
        var stored = (await broker.Get<RequestReader>().FindGrantAsync(taken.Grant.Id, CancellationToken.None))!.Review!;
        Assert.Equal(("done", "policy_gap", "eli@example.com", "give it to them", null), (stored.State, stored.Verdict, stored.Reviewer, stored.Comment, stored.NextReminderAt));
        Assert.Equal(2, reviewed.Review.Version);
        Assert.Equal("review.done", (await broker.EventsAsync(taken.Request.Id))[^1]);
        await broker.AssertEventsHaveNoHolesAsync();

        static (string, string?) Fault(Outcome<Reviewed> outcome) => (outcome.Refusal!.Code, outcome.Refusal.Field);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_was_no_emergency_is_not_reviewed(Engine engine)
    {
        await using var broker = await EmergencyCatalog.BrokerAsync(engine);
        var grant = await broker.GrantAsync();

        Assert.Equal(Codes.OwnGrant, (await broker.ReviewAsync("ana", grant.Id)).Refusal!.Code);
        Assert.Equal(Codes.NotBreakGlass, (await broker.ReviewAsync("eli", grant.Id)).Refusal!.Code);
        Assert.Equal(Codes.NotBreakGlass, (await broker.LiftAsync("bea", grant.Id)).Refusal!.Code);
        Assert.Equal(Codes.NotFound, (await broker.ReviewAsync("eli", "nonsense")).Refusal!.Code);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Of_two_reviewers_at_once_one_speaks(Engine engine)
    {
        await using var broker = await EmergencyCatalog.BrokerAsync(engine);
        var taken = (await broker.TakeAsync("cy")).Value!;

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => broker.ReviewAsync(i % 2 == 0 ? "eli" : "gus", taken.Grant.Id))));

        Assert.Single(outcomes, o => o.Value is not null);
        Assert.All(outcomes.Where(o => o.Value is null), o => Assert.Equal(Codes.AlreadyReviewed, o.Refusal!.Code));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_review_never_done_is_told_again_escalates_and_blocks_the_next_emergency_until_it_is_done(Engine engine)
    {
        await using var broker = await EmergencyCatalog.BrokerAsync(engine, surfaces: new ChatSurfaces([new ChatSurface(Surface.Slack, "C0ACCESS", "C0OPS", "C0BREAK")]));
        var taken = (await broker.TakeAsync("cy")).Value!;
        var remind = broker.Get<RemindReviews>();

        broker.Clock.Advance(TimeSpan.FromHours(12) - TimeSpan.FromSeconds(1));
        Assert.Equal(0, await remind.RunAsync(CancellationToken.None));
        broker.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((1, 0), (await remind.RunAsync(CancellationToken.None), await remind.RunAsync(CancellationToken.None)));
        Assert.Equal(["person:eli@example.com", "person:gus@example.com"], await ToldAsync(broker));
        broker.Clock.Advance(TimeSpan.FromHours(10));
        Assert.Equal(1, await remind.RunAsync(CancellationToken.None));
        Assert.NotNull((await broker.TakeAsync("cy")).Value);
        broker.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(Codes.ReviewOverdue, (await broker.TakeAsync("cy")).Refusal!.Code);
        Assert.Equal(1, await remind.RunAsync(CancellationToken.None));
        Assert.Equal("overdue", (await broker.Get<RequestReader>().FindGrantAsync(taken.Grant.Id, CancellationToken.None))!.Review!.State);
        Assert.Contains("channel:C0BREAK", await ToldAsync(broker));
        Assert.Contains("person:dan@example.com", await ToldAsync(broker));

        var refused = (await broker.TakeAsync("cy")).Refusal!;
        Assert.Equal((Codes.ReviewOverdue, taken.Grant.Id), (refused.Code, refused.Id));
        Assert.Equal(Codes.ReviewOverdue, (await broker.TakeAsync("cy", TestCatalog.Staged)).Refusal!.Code);
        Assert.NotNull((await broker.TakeAsync("fay")).Value);
        await broker.ReviewAsync("eli", taken.Grant.Id);
        Assert.NotNull((await broker.TakeAsync("cy")).Value);
        Assert.Equal(["review.due", "review.reminded", "review.reminded", "review.overdue", "review.done"], (await broker.EventsAsync(taken.Request.Id)).Where(e => e.StartsWith("review", StringComparison.Ordinal)));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Misuse_blocks_until_another_one_on_call_lifts_it(Engine engine)
    {
        await using var broker = await EmergencyCatalog.BrokerAsync(engine);
        var taken = (await broker.TakeAsync("cy")).Value!;
        Assert.Equal(Codes.NotBlocking, (await broker.LiftAsync("fay", taken.Grant.Id)).Refusal!.Code);
        await broker.ReviewAsync("eli", taken.Grant.Id, Verdicts.Misuse, "no incident");

        Assert.Equal(Codes.ReviewOverdue, (await broker.TakeAsync("cy")).Refusal!.Code);
        Assert.Equal(Codes.OwnGrant, (await broker.LiftAsync("cy", taken.Grant.Id)).Refusal!.Code);
        Assert.Equal(Codes.Forbidden, (await broker.LiftAsync("eli", taken.Grant.Id)).Refusal!.Code);
        Assert.Equal(Codes.ReasonRequired, (await broker.LiftAsync("fay", taken.Grant.Id, " ")).Refusal!.Code);
        Assert.Equal(("fay@example.com", "misuse"), ((await broker.LiftAsync("fay", taken.Grant.Id)).Value!.Review.LiftedBy, (await broker.Get<RequestReader>().FindGrantAsync(taken.Grant.Id, CancellationToken.None))!.Review!.Verdict));
        Assert.Equal(Codes.NotBlocking, (await broker.LiftAsync("fay", taken.Grant.Id)).Refusal!.Code);

        Assert.NotNull((await broker.TakeAsync("cy")).Value);
        Assert.Equal(["review.due", "review.done", "review.lifted"], (await broker.EventsAsync(taken.Request.Id)).Where(e => e.StartsWith("review", StringComparison.Ordinal)));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Misuse_found_after_the_lift_of_an_overdue_review_blocks_anew(Engine engine)
    {
        await using var broker = await EmergencyCatalog.BrokerAsync(engine);
        var taken = (await broker.TakeAsync("cy")).Value!;
        broker.Clock.Advance(TimeSpan.FromHours(25));
        Assert.NotNull((await broker.LiftAsync("fay", taken.Grant.Id)).Value);
        Assert.NotNull((await broker.TakeAsync("cy")).Value);
        broker.Clock.Advance(TimeSpan.FromMinutes(1));

        await broker.ReviewAsync("gus", taken.Grant.Id, Verdicts.Misuse);

        Assert.Equal(Codes.ReviewOverdue, (await broker.TakeAsync("cy")).Refusal!.Code);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Reviews_of_one_incident_can_be_given_together_but_never_ones_own(Engine engine)
    {
        await using var broker = await EmergencyCatalog.BrokerAsync(engine);
        broker.Catalog = EmergencyCatalog.Of(new Group("oncall", new[] { "cy@example.com", "fay@example.com", "gus@example.com" }.ToFrozenSet(StringComparer.Ordinal), null));
        var first = (await broker.TakeAsync("cy")).Value!;
        var second = (await broker.TakeAsync("fay", TestCatalog.Staged)).Value!;
        var own = (await broker.TakeAsync("gus")).Value!;
        var other = (await broker.TakeAsync("cy", incident: "INC-78")).Value!;

        var reviewed = (await broker.ReviewAsync("gus", first.Grant.Id, whole: true)).Value!;

        Assert.Equal(1, reviewed.Others);
        foreach (var (grant, state) in new[] { (first.Grant.Id, "done"), (second.Grant.Id, "done"), (own.Grant.Id, "due"), (other.Grant.Id, "due") })
            Assert.Equal(state, (await broker.Get<RequestReader>().FindGrantAsync(grant, CancellationToken.None))!.Review!.State);
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_review_group_that_left_the_catalog_is_followed_by_todays_and_then_by_the_admins(Engine engine)
    {
        await using var broker = await EmergencyCatalog.BrokerAsync(engine);
        var (first, second) = ((await broker.TakeAsync("cy")).Value!, (await broker.TakeAsync("cy")).Value!);
        var without = EmergencyCatalog.Of(null, e => e with { BreakGlass = e.BreakGlass is null ? null : e.BreakGlass with { ReviewGroup = "data-owners" } });
        without = without with { Groups = without.Groups.Values.Where(g => g.Name != "security").ToFrozenDictionary(g => g.Name, StringComparer.Ordinal) };
        broker.Catalog = without;

        Assert.Equal(Codes.NotAReviewer, (await broker.ReviewAsync("fay", first.Grant.Id)).Refusal!.Code);
        Assert.NotNull((await broker.ReviewAsync("bea", first.Grant.Id)).Value);
        broker.Catalog = without with { Entitlements = FrozenDictionary<string, Entitlement>.Empty };
        Assert.NotNull((await broker.ReviewAsync("dan", second.Grant.Id)).Value);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Everybody_concerned_is_told_at_once(Engine engine)
    {
        await using var broker = await EmergencyCatalog.BrokerAsync(engine, surfaces: new ChatSurfaces([new ChatSurface(Surface.Slack, "", "C0OPS", "C0BREAK")]));

        await broker.TakeAsync("cy");

        Assert.Equal(
            ["channel:C0BREAK", "person:bea@example.com", "person:dan@example.com", "person:eli@example.com", "person:gus@example.com"],
            await TextsAsync(broker, "select recipient from deliveries where template = 'emergency_card' order by recipient"));
        Assert.Equal(["person:cy@example.com"], await TextsAsync(broker, "select recipient from deliveries where template = 'asker_card'"));
    }

    private static Task<IReadOnlyList<string>> ToldAsync(TestBroker broker) =>
        TextsAsync(broker, "select distinct recipient from deliveries where template = 'review_notice' order by recipient");

    private static Task<IReadOnlyList<string>> TextsAsync(TestBroker broker, string sql) =>
        broker.Database.ReadAsync(s => s.QueryAsync<string>(sql, null, CancellationToken.None), CancellationToken.None);
}

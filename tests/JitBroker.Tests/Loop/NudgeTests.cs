using JitBroker.Catalog;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Storage;
using JitBroker.Tests.Storage;
using Surface = JitBroker.People.Surface;

namespace JitBroker.Tests.Loop;

/// <summary>Nobody waits for ever: reminders, escalation, the next stage, the lapse; by the clock, on both engines, once on any number of replicas.</summary>
public sealed class NudgeTests
{
    private static readonly ChatSurfaces Channel = new([new ChatSurface(Surface.Slack, "C0ACCESS", "C0OPS")]);

    /// <summary>Bea and Eli own the data and are reminded; after an hour Dan of platform may decide too.</summary>
    private static readonly Clause Owners = new("data-owners", 1, TimeSpan.FromMinutes(15), "platform", TimeSpan.FromHours(1));

    public static TheoryData<Engine> Engines => Databases.Engines;

    private static CatalogSnapshot Catalog(params Clause[] clauses) =>
        TestCatalog.With(["bea@example.com", "eli@example.com"], e => e.Name == TestCatalog.Logs ? e with { Approval = TestCatalog.Rule(clauses) } : e);

    private static Task<TestBroker> NewAsync(Engine engine, params Clause[] clauses) => TestBroker.NewAsync(engine, Catalog(clauses), Channel);

    private static async Task PostCardAsync(TestBroker broker, string requestId, string recipient = "channel:C0ACCESS") =>
        await broker.Database.WriteAsync(
            session => broker.Get<CopyStore>().InsertAsync(
                session,
                new PostedCopy
                {
                    Id = Ids.New(broker.Clock.GetUtcNow()), Surface = "slack", Template = Templates.ApprovalCard, AboutId = requestId, Recipient = recipient, Tenant = "T0EX", Channel = "C0ACCESS",
                    Message = recipient, Revision = 1, PostedAt = broker.Clock.GetUtcNow(),
                },
                CancellationToken.None),
            CancellationToken.None);

    private static async Task<IReadOnlyList<string>> ToldAsync(TestBroker broker, string template) =>
        await broker.Database.ReadAsync(s => s.QueryAsync<string>("select recipient || ' ' || data from deliveries where template = @template and copy_id is null order by id", new { template }, CancellationToken.None), CancellationToken.None);

    private static async Task<List<string>> SaidAsync(TestBroker broker) =>
        [.. (await ToldAsync(broker, Templates.ThreadNote)).Select(d => d[(d.IndexOf("says\":\"", StringComparison.Ordinal) + 7)..].TrimEnd('}', '"'))];

    private static async Task SweepAsync(TestBroker broker, double minutes)
    {
        broker.Clock.Advance(TimeSpan.FromMinutes(minutes));
        await broker.SweepAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Those_who_were_asked_are_reminded_in_the_thread_in_growing_gaps_until_somebody_decides(Engine engine)
    {
        await using var broker = await NewAsync(engine, Owners with { EscalateTo = null, EscalateAfter = null });
        var request = await broker.AskAsync();
        await PostCardAsync(broker, request.Id);

        var reminded = new List<double>();
        for (var minute = 5.0; minute <= 120; minute += 5)
        {
            var before = (await SaidAsync(broker)).Count;
            await SweepAsync(broker, 5);
            if ((await SaidAsync(broker)).Count > before)
                reminded.Add(minute);
        }

        Assert.Equal([15, 45, 105], reminded);
        Assert.Equal(["reminder", "reminder", "reminder"], await SaidAsync(broker));
        await broker.DecideAsync("bea", request.Id);
        await SweepAsync(broker, 180);
        Assert.Equal(3, (await SaidAsync(broker)).Count);
        Assert.Equal(["request.submitted", "request.reminded", "request.reminded", "request.reminded", "request.vote", "request.approved"], (await broker.EventsAsync(request.Id)).Take(6));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task When_nobody_answers_another_group_is_asked_and_may_decide_and_not_a_second_before(Engine engine)
    {
        await using var broker = await NewAsync(engine, Owners);
        var request = await broker.AskAsync();
        await PostCardAsync(broker, request.Id);

        await SweepAsync(broker, 59);
        Assert.Equal(Codes.NotAnApprover, (await broker.DecideAsync("dan", request.Id)).Refusal!.Code);
        await SweepAsync(broker, 1);

        Assert.Contains("escalated", await SaidAsync(broker));
        Assert.Contains("person:dan@example.com {}", await ToldAsync(broker, Templates.ApprovalCard));
        Assert.Equal(["bea@example.com", "dan@example.com", "eli@example.com"], (await broker.ReadAsync(request.Id)).Bench.Awaited.Select(a => a.Person.Email));
        var decided = (await broker.DecideAsync("dan", request.Id)).Value!;
        Assert.NotNull(decided.Grant);
        Assert.Contains("request.escalated", await broker.EventsAsync(request.Id));
        Assert.All((await broker.ReadAsync(request.Id)).Bench.Decisions, d => Assert.True(d.Counted));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task On_any_number_of_replicas_each_reminder_and_each_escalation_is_told_once(Engine engine)
    {
        await using var one = await NewAsync(engine, Owners);
        await using var two = one.Replica();
        var requests = new List<Request>();
        foreach (var who in new[] { "ana", "cy" })
            requests.Add(await one.AskAsync(who));

        foreach (var minutes in new[] { 15, 30, 15, 45 })
        {
            one.Clock.Advance(TimeSpan.FromMinutes(minutes));
            await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => (i % 2 == 0 ? one : two).Get<NudgeRequests>().RunAsync(CancellationToken.None))));
        }

        foreach (var request in requests)
            Assert.Equal(["request.submitted", "request.reminded", "request.reminded", "request.escalated", "request.reminded"], await one.EventsAsync(request.Id));
        await one.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_broker_that_was_away_reminds_once_and_escalates(Engine engine)
    {
        await using var broker = await NewAsync(engine, Owners);
        var request = await broker.AskAsync();
        await PostCardAsync(broker, request.Id);

        await SweepAsync(broker, 200);
        await SweepAsync(broker, 1);

        Assert.Equal(["escalated", "reminder"], (await SaidAsync(broker)).Order(StringComparer.Ordinal));
        Assert.Equal(["request.submitted", "request.escalated"], await broker.EventsAsync(request.Id));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_rule_that_changed_meanwhile_escalates_by_what_both_say(Engine engine)
    {
        await using var broker = await NewAsync(engine, Owners);
        var request = await broker.AskAsync();
        broker.Catalog = Catalog(Owners with { EscalateAfter = TimeSpan.FromHours(2) });

        await SweepAsync(broker, 61);
        // The pinned rule lets Dan decide from now on; today's does not yet, and both must be met.
        Assert.Null((await broker.DecideAsync("dan", request.Id)).Value!.Grant);
        Assert.Equal("pending", (await broker.ReadAsync(request.Id)).Request.State);
        Assert.NotNull((await broker.DecideAsync("bea", request.Id)).Value!.Grant);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Only_the_people_of_the_open_stage_are_asked_and_those_of_the_next_are_told_when_it_opens(Engine engine)
    {
        var staged = new ApprovalRule(null, [new Stage([new Alternative([new Clause("data-owners", 1)])]), new Stage([new Alternative([new Clause("platform", 1, TimeSpan.FromMinutes(10))])])]);
        var catalog = TestCatalog.With(["bea@example.com", "eli@example.com"], e => e.Name == TestCatalog.Logs ? e with { Approval = staged } : e);
        await using var broker = await TestBroker.NewAsync(engine, catalog, new ChatSurfaces([new ChatSurface(Surface.Slack, "", "")]));
        var request = await broker.AskAsync();
        await PostCardAsync(broker, request.Id, "person:bea@example.com");

        Assert.Equal(["person:bea@example.com {}", "person:eli@example.com {}"], await ToldAsync(broker, Templates.ApprovalCard));
        Assert.Equal(Codes.NotAnApprover, (await broker.DecideAsync("dan", request.Id)).Refusal!.Code);
        await SweepAsync(broker, 60);
        Assert.Empty(await SaidAsync(broker));
        Assert.Null((await broker.DecideAsync("bea", request.Id)).Value!.Grant);

        Assert.Equal("person:dan@example.com {}", (await ToldAsync(broker, Templates.ApprovalCard))[^1]);
        await PostCardAsync(broker, request.Id, "person:dan@example.com");
        await SweepAsync(broker, 10);
        Assert.Equal("person:dan@example.com", Assert.Single(await ToldAsync(broker, Templates.ThreadNote)).Split(' ')[0]);
        Assert.NotNull((await broker.DecideAsync("dan", request.Id)).Value!.Grant);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_lapses_is_told_to_its_asker_once(Engine engine)
    {
        await using var broker = await NewAsync(engine, Owners);
        var request = await broker.AskAsync();

        await SweepAsync(broker, 240);
        await SweepAsync(broker, 10);

        Assert.Equal(["person:ana@example.com {}"], await ToldAsync(broker, Templates.LapseNotice));
        Assert.Equal(("lapsed", "nobody_decided"), ((await broker.ReadAsync(request.Id)).Request.State, (await broker.ReadAsync(request.Id)).Request.SettledBecause));
        Assert.Equal("request.lapsed", (await broker.EventsAsync(request.Id))[^1]);
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_usual_wait_is_the_median_of_the_last_decisions_by_people_on_that_entitlement(Engine engine)
    {
        await using var broker = await NewAsync(engine, new Clause("data-owners", 1));
        var waits = broker.Get<UsualWaits>();
        foreach (var (minutes, approve) in new[] { (4, true), (30, true), (6, false) })
        {
            Assert.Null(await waits.OfAsync(TestCatalog.Logs, CancellationToken.None));
            var request = await broker.AskAsync();
            broker.Clock.Advance(TimeSpan.FromMinutes(minutes));
            await broker.DecideAsync("bea", request.Id, approve);
        }

        await broker.AskAsync("cy", TestCatalog.Auto);
        Assert.Equal(TimeSpan.FromMinutes(6), await waits.OfAsync(TestCatalog.Logs, CancellationToken.None));
        Assert.Null(await waits.OfAsync(TestCatalog.Auto, CancellationToken.None));
        Assert.Contains("Usually answered in 6 min.", (await broker.Get<SubmitRequest>().ExplainAsync(TestBroker.As("ana"), TestCatalog.Logs, CancellationToken.None))!.Rules.First(r => r.Rule == "approval").Text, StringComparison.Ordinal);
    }
}

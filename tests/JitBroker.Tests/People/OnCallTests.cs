using System.Collections.Frozen;
using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.People.OnCall;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Storage;
using JitBroker.Tests.Loop;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.People;

/// <summary>What being on call is worth: it approves, makes eligible and votes while the schedule says so, and never while it cannot be told.</summary>
public sealed class OnCallTests
{
    private static readonly OnCallSchedule Schedule = new("pagerduty", "PABC123", "token");

    public static TheoryData<Engine> Engines => Databases.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_schedule_that_does_not_answer_leaves_the_decision_to_people_and_one_that_names_the_asker_decides(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Catalog(e => e with { Approval = TestCatalog.Rule(new Clause("data-owners", 1)) with { Auto = new AutoRule("oncall", null, null) } }));
        Say(broker, new OnCallAnswer.Unknown("PagerDuty did not answer"));

        var waiting = (await broker.SubmitAsync("ana", TestCatalog.Logs)).Value!;
        Say(broker, OnCall("ana@example.com"));
        var approved = (await broker.SubmitAsync("ana", TestCatalog.Two)).Value!;

        Assert.Equal("I could not check whether you are on call (PagerDuty did not answer), so people must decide.", waiting.Analyses[0].AutoApproved.Why);
        Assert.Equal("pending", (await broker.ReadAsync(waiting.Requests[0].Id)).Request.State);
        Assert.Equal(["request.submitted"], await broker.EventsAsync(waiting.Requests[0].Id));
        Assert.Equal("approved", (await broker.ReadAsync(approved.Requests[0].Id)).Request.State);
        Assert.Equal(["request.submitted", "request.approved", "grant.active"], await broker.EventsAsync(approved.Requests[0].Id));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_reading_counts_for_a_minute_and_a_failure_in_between_does_not_displace_it(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Catalog(e => e with { Eligible = ["oncall"] }));
        Say(broker, OnCall("ana@example.com"));
        broker.Clock.Advance(TimeSpan.FromSeconds(59));
        Say(broker, new OnCallAnswer.Unknown("PagerDuty did not answer"));

        Assert.True(broker.Get<SubmitRequest>().Analyse(TestBroker.As("ana"), new SubmitOrder(TestCatalog.Logs, false, null, "INC-1"))[0].Allowed);
        broker.Clock.Advance(TimeSpan.FromSeconds(1));
        var refused = await broker.SubmitAsync("ana", TestCatalog.Logs);

        Assert.Equal(Codes.NotEligible, refused.Refusal!.Code);
        Assert.Contains("Whether you are in oncall (its schedule was not read for a minute) could not be checked just now.", refused.Refusal.Text, StringComparison.Ordinal);
        Assert.Empty(await broker.Database.ReadAsync(s => s.QueryAsync<string>("select id from requests", null, CancellationToken.None), CancellationToken.None));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Whoever_is_on_call_decides_and_a_vote_of_one_whose_shift_is_over_counts_no_more(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Catalog(e => e with { Approval = TestCatalog.Rule(new Clause("oncall", 2)) }));
        Say(broker, OnCall("bea@example.com", "cy@example.com", "stranger@elsewhere.com"));
        var request = await broker.AskAsync();

        Assert.Null((await broker.DecideAsync("bea", request.Id)).Refusal);
        Say(broker, OnCall("cy@example.com", "dan@example.com"));
        var third = await broker.DecideAsync("cy", request.Id);
        Assert.Null(third.Value!.Grant);
        Assert.Equal(["cy@example.com"], (await broker.ReadAsync(request.Id)).Bench.Counting.Select(d => d.Person));
        Say(broker, new OnCallAnswer.Known([]), later: true);
        Assert.Equal(Codes.NotAnApprover, (await broker.DecideAsync("dan", request.Id)).Refusal!.Code);
        Say(broker, OnCall("cy@example.com", "dan@example.com"), later: true);

        Assert.NotNull((await broker.DecideAsync("dan", request.Id)).Value!.Grant);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task While_it_cannot_be_told_nothing_is_approved_or_minted_and_nothing_ends(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Catalog(e => e with { Eligible = ["oncall", "platform"] }));
        Say(broker, OnCall("ana@example.com"));
        var grant = await broker.GrantAsync();
        var waiting = await broker.AskAsync(entitlement: TestCatalog.Two);
        broker.Clock.Advance(TimeSpan.FromMinutes(2));

        var decided = await broker.DecideAsync("bea", waiting.Id);
        var collected = await broker.CollectAsync("ana", grant.Id);
        await broker.Get<EndDueGrants>().ConformAsync(CancellationToken.None);
        await broker.Get<LapseRequests>().ConformAsync(CancellationToken.None);

        Assert.Equal(Codes.Unavailable, decided.Refusal!.Code);
        Assert.Equal(Codes.Unavailable, collected.Refusal!.Code);
        Assert.Equal("active", (await broker.ReadGrantAsync(grant.Id)).State);
        Assert.Empty(await broker.LeasesAsync(grant.Id));
        Assert.Equal("pending", (await broker.ReadAsync(waiting.Id)).Request.State);
        Assert.Contains("refused", await broker.EventsAsync(waiting.Id));

        Say(broker, OnCall("bea@example.com"));
        await broker.Get<EndDueGrants>().ConformAsync(CancellationToken.None);
        await broker.Get<LapseRequests>().ConformAsync(CancellationToken.None);
        Assert.Equal("ending", (await broker.ReadGrantAsync(grant.Id)).State == "ended" ? "ending" : (await broker.ReadGrantAsync(grant.Id)).State);
        Assert.Equal(("lapsed", "not_eligible"), ((await broker.ReadAsync(waiting.Id)).Request.State, (await broker.ReadAsync(waiting.Id)).Request.SettledBecause));
    }

    [Fact]
    public async Task The_end_of_a_shift_takes_nothing_away_that_only_being_on_call_could_give()
    {
        await using var broker = await TestBroker.NewAsync(Engine.Sqlite, Catalog(e => e with { Eligible = ["oncall"] }));
        Say(broker, OnCall("ana@example.com"));
        var grant = await broker.GrantAsync();
        Say(broker, OnCall("bea@example.com"));

        await broker.Get<EndDueGrants>().ConformAsync(CancellationToken.None);

        Assert.Equal("active", (await broker.ReadGrantAsync(grant.Id)).State);
        Assert.Equal(Codes.NotEligible, (await broker.CollectAsync("ana", grant.Id)).Refusal!.Code);
    }

    [Fact]
    public async Task Schedules_are_asked_every_fifteen_seconds_and_after_a_failure_every_five_and_forgotten_when_no_group_names_them()
    {
        await using var service = await FakeOnCallService.StartAsync();
        service.Answers = _ => (200, """{"onCall":["ana@example.com"]}""");
        await using var broker = await TestBroker.NewAsync(Engine.Sqlite, Catalog(e => e, new OnCallSchedule("http", service.Url.AbsoluteUri, "token")));
        var read = broker.Get<ReadSchedules>();

        Assert.Equal(1, await read.RunAsync(CancellationToken.None));
        Assert.True(broker.Get<CatalogHolder>().Directory.IsMember("oncall", "ana@example.com"));
        Assert.Equal(0, await read.RunAsync(CancellationToken.None));
        broker.Clock.Advance(ReadSchedules.Every);
        service.Answers = _ => (500, "");
        Assert.Equal(1, await read.RunAsync(CancellationToken.None));
        Assert.True(broker.Get<CatalogHolder>().Directory.IsMember("oncall", "ana@example.com"));
        broker.Clock.Advance(ReadSchedules.AfterFailure);
        Assert.Equal(1, await read.RunAsync(CancellationToken.None));
        broker.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await read.RunAsync(CancellationToken.None));
        Assert.Equal("127.0.0.1 answered 500", broker.Get<CatalogHolder>().Directory.WhyUnknown("oncall"));

        broker.Catalog = TestCatalog.Of();
        Assert.Equal(0, await read.RunAsync(CancellationToken.None));
        Assert.Equal("the catalog has no such group", broker.Get<CatalogHolder>().Directory.WhyUnknown("oncall"));
    }

    private static CatalogSnapshot Catalog(Func<Entitlement, Entitlement> change, OnCallSchedule? schedule = null)
    {
        var catalog = TestCatalog.Of(change);
        return catalog with { Groups = catalog.Groups.Values.Append(new Group("oncall", [], schedule ?? Schedule)).ToFrozenDictionary(g => g.Name, StringComparer.Ordinal) };
    }

    private static OnCallAnswer.Known OnCall(params string[] emails) => new(emails.ToFrozenSet(StringComparer.Ordinal));

    private static void Say(TestBroker broker, OnCallAnswer answer, bool later = false)
    {
        if (later)
            broker.Clock.Advance(TimeSpan.FromSeconds(1));
        broker.Get<OnCallBook>().Write(Schedule, new OnCallReading(broker.Clock.GetUtcNow(), answer));
    }
}

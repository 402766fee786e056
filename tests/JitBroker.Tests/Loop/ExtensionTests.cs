using System.Collections.Frozen;
using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Storage;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Loop;

public sealed class ExtensionTests
{
    public static TheoryData<Engine> Engines => Databases.Engines;

    private static CatalogSnapshot Extensible(int max = 2) => TestCatalog.Of(e => e with { MaxExtensions = max });

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_extension_is_decided_by_the_same_rule_and_moves_the_end_of_the_same_grant(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Extensible());
        var grant = await broker.GrantAsync();

        var asked = (await broker.ExtendAsync("ana", grant.Id)).Value!;
        Assert.Equal(("extension", "pending", grant.Id), (asked.Kind, asked.State, asked.ExtendsGrant));
        Assert.Equal(grant.EndsAt, (await broker.ReadGrantAsync(grant.Id)).EndsAt);
        Assert.Equal(Codes.OwnRequest, (await broker.DecideAsync("ana", asked.Id)).Refusal!.Code);
        Assert.Equal(Codes.NotAnApprover, (await broker.DecideAsync("cy", asked.Id)).Refusal!.Code);
        var decided = (await broker.DecideAsync("bea", asked.Id)).Value!;

        Assert.Equal((grant.Id, grant.EndsAt + TimeSpan.FromMinutes(30), "active"), (decided.Grant!.Id, decided.Grant.EndsAt, decided.Grant.State));
        Assert.Equal(decided.Grant.EndsAt, (await broker.ReadGrantAsync(grant.Id)).EndsAt);
        Assert.Equal(["request.submitted", "refused", "refused", "request.vote", "request.approved"], await broker.EventsAsync(asked.Id));
        Assert.Contains("grant.extended", await broker.EventsAsync(grant.RequestId));
        Assert.Equal(grant.Id, (await broker.ReadAsync(asked.Id)).Grant!.Id);
        await broker.AssertEventsHaveNoHolesAsync();

        broker.Clock.Advance(TimeSpan.FromHours(1));
        await broker.SweepAsync();
        Assert.Equal("active", (await broker.ReadGrantAsync(grant.Id)).State);
        broker.Clock.Advance(TimeSpan.FromMinutes(30));
        await broker.SweepAsync();
        Assert.Equal(("ended", "expired"), ((await broker.ReadGrantAsync(grant.Id)).State, (await broker.ReadGrantAsync(grant.Id)).EndKind));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Extensions_are_counted_and_one_waits_at_a_time(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Extensible());
        var grant = await broker.GrantAsync();

        var first = (await broker.ExtendAsync("ana", grant.Id)).Value!;
        var second = (await broker.ExtendAsync("ana", grant.Id)).Refusal!;
        Assert.Equal((Codes.AlreadyOpen, first.Id), (second.Code, second.Id));
        await broker.DecideAsync("bea", first.Id, approve: false);
        for (var i = 0; i < 2; i++)
            await broker.DecideAsync("bea", (await broker.ExtendAsync("ana", grant.Id)).Value!.Id);

        Assert.Equal(Codes.ExtensionLimit, (await broker.ExtendAsync("ana", grant.Id)).Refusal!.Code);
        Assert.Equal(grant.EndsAt + TimeSpan.FromHours(1), (await broker.ReadGrantAsync(grant.Id)).EndsAt);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Without_a_count_in_the_catalog_nothing_is_extended(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var grant = await broker.GrantAsync();

        Assert.Equal(Codes.ExtensionLimit, (await broker.ExtendAsync("ana", grant.Id)).Refusal!.Code);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Who_may_not_or_asks_wrongly_is_told_in_the_order_of_the_contract(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Extensible(0));
        var grant = await broker.GrantAsync();

        Assert.Equal(Codes.NotFound, (await broker.ExtendAsync("cy", grant.Id, "nonsense")).Refusal!.Code);
        Assert.Equal(Codes.NotTheHolder, (await broker.ExtendAsync("bea", grant.Id, "nonsense")).Refusal!.Code);
        foreach (var nonsense in new[] { "nonsense", "0s", "PT0.5S", "" })
            Assert.Equal((Codes.InvalidDuration, "duration"), await CodeAsync(nonsense));
        Assert.Equal((Codes.DurationTooLong, "duration"), await CodeAsync("9h"));
        Assert.Equal((Codes.ReasonRequired, "reason"), await CodeAsync("30m", ""));
        Assert.Equal((Codes.ExtensionLimit, null), await CodeAsync("30m"));
        Assert.Equal(grant.EndsAt, (await broker.ReadGrantAsync(grant.Id)).EndsAt);

        async Task<(string, string?)> CodeAsync(string duration, string reason = "INC-1")
        {
            var refusal = (await broker.ExtendAsync("ana", grant.Id, duration, reason)).Refusal!;
            return (refusal.Code, refusal.Field);
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task No_chain_of_extensions_goes_beyond_the_longest_access_there_is(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Extensible(20));
        var grant = await broker.GrantAsync(duration: TimeSpan.FromHours(8));

        Assert.Equal(Codes.DurationTooLong, (await broker.ExtendAsync("ana", grant.Id, "5h")).Refusal!.Code);
        await broker.DecideAsync("bea", (await broker.ExtendAsync("ana", grant.Id, "4h")).Value!.Id);
        Assert.Equal(Codes.DurationTooLong, (await broker.ExtendAsync("ana", grant.Id, "1s")).Refusal!.Code);

        Assert.Equal(TimeSpan.FromHours(12), (await broker.ReadGrantAsync(grant.Id)).EndsAt - grant.StartsAt);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_a_rule_approves_by_itself_up_to_a_length_is_measured_against_the_whole_access(Engine engine)
    {
        var people = TestCatalog.Rule(new Clause("data-owners", 1)).Stages;
        await using var broker = await TestBroker.NewAsync(engine, TestCatalog.Of(e => e with { MaxExtensions = 5, Approval = new ApprovalRule(new AutoRule(null, null, TimeSpan.FromHours(1)), people) }));
        var request = await broker.AskAsync(duration: TimeSpan.FromMinutes(30));
        var grant = (await broker.ReadAsync(request.Id)).Grant!;

        Assert.Equal("approved", (await broker.ExtendAsync("ana", grant.Id, "30m")).Value!.State);
        Assert.Equal("pending", (await broker.ExtendAsync("ana", grant.Id, "1m")).Value!.State);

        Assert.Equal(grant.EndsAt + TimeSpan.FromMinutes(30), (await broker.ReadGrantAsync(grant.Id)).EndsAt);
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_extension_of_what_has_ended_lapses_and_cannot_be_approved(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Extensible());
        var (first, second) = (await broker.GrantAsync(), await broker.GrantAsync("cy"));
        var (pressed, swept) = ((await broker.ExtendAsync("ana", first.Id)).Value!, (await broker.ExtendAsync("cy", second.Id)).Value!);
        await broker.EndAsync("ana", first.Id);
        await broker.EndAsync("cy", second.Id);

        var refusal = (await broker.DecideAsync("bea", pressed.Id)).Refusal!;
        await broker.SweepAsync();

        Assert.Equal((Codes.AlreadySettled, "lapsed"), (refusal.Code, refusal.State));
        foreach (var id in new[] { pressed.Id, swept.Id })
        {
            var lapsed = (await broker.ReadAsync(id)).Request;
            Assert.Equal(("lapsed", "grant_ended"), (lapsed.State, lapsed.SettledBecause));
        }

        Assert.Equal(Codes.GrantNotActive, (await broker.ExtendAsync("ana", first.Id)).Refusal!.Code);
        Assert.Equal(first.EndsAt, (await broker.ReadGrantAsync(first.Id)).EndsAt);
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_scheduled_grant_is_not_extended_before_it_starts(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Extensible());
        var request = await broker.AskAsync(startsAt: broker.Clock.GetUtcNow() + TimeSpan.FromHours(1));
        var grant = (await broker.DecideAsync("bea", request.Id)).Value!.Grant!;

        Assert.Equal(Codes.GrantNotActive, (await broker.ExtendAsync("ana", grant.Id)).Refusal!.Code);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_approver_may_give_less_and_todays_limit_cuts_it(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Extensible());
        var grant = await broker.GrantAsync();
        var asked = (await broker.ExtendAsync("ana", grant.Id, "4h")).Value!;
        Assert.Equal(Codes.WiderThanAsked, (await broker.DecideAsync("bea", asked.Id, duration: TimeSpan.FromHours(5))).Refusal!.Code);
        broker.Catalog = TestCatalog.Of(e => e with { MaxExtensions = 2, Duration = e.Duration with { Max = TimeSpan.FromHours(2) } });

        await broker.DecideAsync("bea", asked.Id, duration: TimeSpan.FromHours(3));

        Assert.Equal(grant.EndsAt + TimeSpan.FromHours(2), (await broker.ReadGrantAsync(grant.Id)).EndsAt);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_limit_that_fell_meanwhile_lapses_the_extension(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Extensible());
        var grant = await broker.GrantAsync();
        var asked = (await broker.ExtendAsync("ana", grant.Id)).Value!;
        broker.Catalog = Extensible(0);

        var refusal = (await broker.DecideAsync("bea", asked.Id)).Refusal!;

        Assert.Equal((Codes.AlreadySettled, "lapsed", "extension_limit"), (refusal.Code, refusal.State, (await broker.ReadAsync(asked.Id)).Request.SettledBecause));
        Assert.Equal(grant.EndsAt, (await broker.ReadGrantAsync(grant.Id)).EndsAt);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Two_grants_of_the_same_never_cut_one_another(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Extensible());
        var (first, second) = (await broker.GrantAsync(), await broker.GrantAsync(duration: TimeSpan.FromMinutes(10)));
        var (of1, of2) = ((await broker.CollectAsync("ana", first.Id)).Value!, (await broker.CollectAsync("ana", second.Id)).Value!);

        broker.Clock.Advance(TimeSpan.FromMinutes(10));
        await broker.SweepAsync();
        await broker.DecideAsync("bea", (await broker.ExtendAsync("ana", first.Id)).Value!.Id);

        Assert.Equal(("ended", "active"), ((await broker.ReadGrantAsync(second.Id)).State, (await broker.ReadGrantAsync(first.Id)).State));
        Assert.Equal(second.EndsAt, (await broker.ReadGrantAsync(second.Id)).EndsAt);
        Assert.Equal("jit-" + of1.Lease.Id.ToLowerInvariant(), Assert.Single(broker.Issuer.Standing));
        Assert.Equal("revoked", Assert.Single(await broker.LeasesAsync(second.Id), l => l.Id == of2.Lease.Id).State);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Many_decisions_on_an_extension_at_once_move_the_end_once(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Extensible(1));
        var grant = await broker.GrantAsync();
        var asked = (await broker.ExtendAsync("ana", grant.Id)).Value!;

        var outcomes = await Task.WhenAll(new[] { "bea", "dan", "eli" }.SelectMany(who => Enumerable.Range(0, 4).Select(_ => Task.Run(() => broker.DecideAsync(who, asked.Id)))));

        Assert.Single(outcomes, o => o.Value is not null);
        Assert.Equal(grant.EndsAt + TimeSpan.FromMinutes(30), (await broker.ReadGrantAsync(grant.Id)).EndsAt);
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Extending_racing_the_end_extends_what_lives_or_nothing(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Extensible());
        for (var round = 0; round < 5; round++)
        {
            var grant = await broker.GrantAsync();
            await broker.CollectAsync("ana", grant.Id);
            var asked = (await broker.ExtendAsync("ana", grant.Id)).Value!;

            var decide = Task.Run(() => broker.DecideAsync("bea", asked.Id));
            var end = Task.Run(() => broker.EndAsync("ana", grant.Id));
            await Task.WhenAll(decide, end);
            await broker.SweepAsync();

            Assert.Equal(("ended", "released"), ((await broker.ReadGrantAsync(grant.Id)).State, (await broker.ReadGrantAsync(grant.Id)).EndKind));
            Assert.Contains((await broker.ReadAsync(asked.Id)).Request.State, new[] { "approved", "lapsed" });
            Assert.Empty(broker.Issuer.Standing);
        }

        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_asker_who_lost_the_right_gets_no_more_time(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Extensible());
        var grant = await broker.GrantAsync();
        var asked = (await broker.ExtendAsync("ana", grant.Id)).Value!;
        var without = Extensible();
        broker.Catalog = without with { Groups = without.Groups.Values.Select(g => g.Name == "engineering" ? g with { Members = new[] { "cy@example.com" }.ToFrozenSet(StringComparer.Ordinal) } : g).ToFrozenDictionary(g => g.Name, StringComparer.Ordinal) };

        Assert.Equal(Codes.AlreadySettled, (await broker.DecideAsync("bea", asked.Id)).Refusal!.Code);
        Assert.Equal(Codes.NotEligible, (await broker.ExtendAsync("ana", grant.Id)).Refusal!.Code);
        Assert.Equal("not_eligible", (await broker.ReadAsync(asked.Id)).Request.SettledBecause);
    }
}

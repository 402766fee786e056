using System.Collections.Frozen;
using JitBroker.Policy;
using JitBroker.Storage;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Loop;

/// <summary>Access that is to start later.</summary>
public sealed class PlannedTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static TheoryData<Engine> Engines => Databases.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_late_approval_keeps_the_window_that_was_asked_for(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var start = broker.Clock.GetUtcNow() + Hour;
        var request = await broker.AskAsync(duration: Hour, startsAt: start);
        broker.Clock.Advance(Hour + TimeSpan.FromMinutes(20));

        var grant = (await broker.DecideAsync("bea", request.Id)).Value!.Grant!;

        Assert.Equal(("active", broker.Clock.GetUtcNow(), start + Hour), (grant.State, grant.StartsAt, grant.EndsAt));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Undecided_at_the_end_of_its_window_it_lapses(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var request = await broker.AskAsync(duration: Hour, startsAt: broker.Clock.GetUtcNow() + Hour);
        Assert.Equal(request.CreatedAt + Hour + Hour, request.LapsesAt);

        broker.Clock.Advance(Hour + Hour);
        await broker.SweepAsync();

        Assert.Equal(("lapsed", "nobody_decided"), ((await broker.ReadAsync(request.Id)).Request.State, (await broker.ReadAsync(request.Id)).Request.SettledBecause));
        Assert.Equal(Codes.AlreadySettled, (await broker.DecideAsync("bea", request.Id)).Refusal!.Code);
        Assert.Null((await broker.ReadAsync(request.Id)).Grant);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_holder_who_may_not_have_it_any_more_at_its_start_gets_nothing(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var request = await broker.AskAsync(duration: Hour, startsAt: broker.Clock.GetUtcNow() + Hour);
        var grant = (await broker.DecideAsync("bea", request.Id)).Value!.Grant!;
        var without = TestCatalog.Of();
        broker.Catalog = without with { Groups = without.Groups.Values.Select(g => g.Name == "engineering" ? g with { Members = FrozenSet<string>.Empty } : g).ToFrozenDictionary(g => g.Name, StringComparer.Ordinal) };

        broker.Clock.Advance(Hour);
        await broker.SweepAsync();

        var ended = await broker.ReadGrantAsync(grant.Id);
        Assert.Equal(("ended", "revoked"), (ended.State, ended.EndKind));
        Assert.Equal(["grant.scheduled", "grant.ended"], (await broker.EventsAsync(request.Id)).Where(e => e.StartsWith("grant", StringComparison.Ordinal)));
        Assert.Equal(0, broker.Issuer.Mints);
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Cancelled_before_its_start_it_never_starts(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var request = await broker.AskAsync(duration: Hour, startsAt: broker.Clock.GetUtcNow() + Hour);
        var grant = (await broker.DecideAsync("bea", request.Id)).Value!.Grant!;

        Assert.Equal("ended", (await broker.EndAsync("ana", grant.Id)).Value!.Grant.State);
        broker.Clock.Advance(Hour);
        await broker.SweepAsync();

        Assert.Equal(("ended", "released"), ((await broker.ReadGrantAsync(grant.Id)).State, (await broker.ReadGrantAsync(grant.Id)).EndKind));
    }
}

using JitBroker.Grants;
using JitBroker.Issuing;
using JitBroker.Leases;
using JitBroker.Policy;
using JitBroker.Storage;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Loop;

/// <summary>Extensions at targets that do not answer, ask for patience, or can bear only so much at a time: they keep to the lanes, as mints and ends do.</summary>
public sealed class ProlongLaneTests
{
    private static readonly ProlongOutcome Away = new ProlongOutcome.Failed("No route to door.", Obstacle.Away);

    public static TheoryData<Engine> Engines => Databases.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task At_a_paused_target_an_extension_is_decided_at_once_and_its_credentials_wait_without_asking(Engine engine)
    {
        var issuer = new ProlongingIssuer();
        await using var broker = await LaneBench.NewAsync(engine, issuer);
        var (ending, extended) = (await LaneBench.UsedAsync(broker, "ana", 3), await LaneBench.UsedAsync(broker, "cy", 2));
        await LaneBench.PauseAsync(broker, ending);

        var after = await ExtendAsync(broker, "cy", extended.Id);
        Assert.Equal(extended.EndsAt + TimeSpan.FromMinutes(30), after.EndsAt);
        for (var i = 0; i < 3; i++)
            await broker.SweepAsync();
        Assert.Equal(0, issuer.Prolongs);
        Assert.All(await broker.LeasesAsync(extended.Id), l => Assert.Equal(("active", extended.EndsAt, after.EndsAt), (l.State, l.ExpiresAt, l.ProlongUntil)));

        // An end that is due is the probe, not a prolongation; and while it finds nobody, nobody else asks.
        broker.Clock.Advance(TimeSpan.FromSeconds(8));
        await broker.Get<ProlongDueLeases>().RunAsync(CancellationToken.None);
        await broker.Get<ProlongDueLeases>().IdleAsync(CancellationToken.None);
        await broker.SweepAsync();
        Assert.Equal((0, 4), (issuer.Prolongs, issuer.Ends));

        issuer.BeforeEnd = (_, _) => Task.FromResult<EndOutcome?>(null);
        broker.Clock.Advance(TimeSpan.FromMinutes(2));
        await broker.SweepAsync();
        Assert.Equal(2, issuer.Prolongs);
        Assert.All(await broker.LeasesAsync(extended.Id), l => Assert.Equal((after.EndsAt, null), (l.ExpiresAt, l.ProlongUntil)));
        Assert.Equal(["lane.paused", "lane.resumed"], await LaneBench.LaneEventsAsync(broker));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Prolongations_that_are_not_answered_pause_their_target_and_one_at_a_time_probes_it(Engine engine)
    {
        var issuer = new ProlongingIssuer { BeforeProlong = (_, _) => Task.FromResult<ProlongOutcome?>(Away) };
        await using var broker = await LaneBench.NewAsync(engine, issuer);
        await using var other = broker.Replica();
        var grant = await LaneBench.UsedAsync(broker, "ana", 4);
        var after = await ExtendAsync(broker, "ana", grant.Id);

        await broker.SweepAsync();
        Assert.Equal(4, issuer.Prolongs);
        Assert.Equal(["lane.paused"], await LaneBench.LaneEventsAsync(broker));
        Assert.Equal(["target_notice"], await LaneBench.ToldAsync(broker));
        Assert.StartsWith("door has not answered", (await broker.CollectAsync("ana", grant.Id)).Refusal!.Text, StringComparison.Ordinal);

        var (isIn, go) = (new TaskCompletionSource(), new TaskCompletionSource<ProlongOutcome?>());
        issuer.BeforeProlong = (_, _) =>
        {
            isIn.TrySetResult();
            return go.Task;
        };
        broker.Clock.Advance(TimeSpan.FromSeconds(8));
        await broker.Get<ProlongDueLeases>().RunAsync(CancellationToken.None);
        await isIn.Task;
        await other.SweepAsync();
        await broker.Get<ProlongDueLeases>().RunAsync(CancellationToken.None);
        Assert.Equal(5, issuer.Prolongs);
        Assert.Equal(Codes.IssuerUnavailable, (await other.CollectAsync("ana", grant.Id)).Refusal!.Code);
        go.SetResult(null);
        await broker.Get<ProlongDueLeases>().IdleAsync(CancellationToken.None);
        issuer.BeforeProlong = (_, _) => Task.FromResult<ProlongOutcome?>(null);
        await broker.SweepAsync();

        Assert.All(await broker.LeasesAsync(grant.Id), l => Assert.Equal((after.EndsAt, null, null), (l.ExpiresAt, l.ProlongUntil, l.LastError)));
        Assert.Equal(["lane.paused", "lane.resumed"], await LaneBench.LaneEventsAsync(broker));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_target_that_stays_away_ends_what_it_could_not_be_told_of_at_its_old_time(Engine engine)
    {
        var issuer = new ProlongingIssuer { BeforeProlong = (_, _) => Task.FromResult<ProlongOutcome?>(Away) };
        await using var broker = await LaneBench.NewAsync(engine, issuer);
        var grant = await LaneBench.UsedAsync(broker, "ana", 3);
        await ExtendAsync(broker, "ana", grant.Id);

        for (var minute = 0; minute < 59; minute++)
        {
            await broker.SweepAsync();
            broker.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.InRange(issuer.Prolongs, 4, 62);
        Assert.Equal(3, issuer.Standing.Count);
        broker.Clock.Advance(TimeSpan.FromMinutes(2));
        await broker.SweepAsync();
        broker.Clock.Advance(TimeSpan.FromMinutes(2));
        await broker.SweepAsync();

        Assert.Empty(issuer.Standing);
        Assert.All(await broker.LeasesAsync(grant.Id), l => Assert.Equal(("revoked", null), (l.State, l.ProlongUntil)));
        Assert.Equal("active", (await broker.ReadGrantAsync(grant.Id)).State);
        Assert.NotNull((await broker.CollectAsync("ana", grant.Id)).Value);
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Where_a_target_asks_for_patience_nothing_is_prolonged_before(Engine engine)
    {
        var issuer = new ProlongingIssuer { BeforeProlong = (_, _) => Task.FromResult<ProlongOutcome?>(new ProlongOutcome.Failed("429 Too Many Requests", Obstacle.Throttled, TimeSpan.FromSeconds(90))) };
        await using var broker = await LaneBench.NewAsync(engine, issuer, concurrency: 1);
        var grant = await LaneBench.UsedAsync(broker, "ana", 3);
        var after = await ExtendAsync(broker, "ana", grant.Id);

        await broker.SweepAsync();
        broker.Clock.Advance(TimeSpan.FromSeconds(89));
        await broker.SweepAsync();
        Assert.Equal(1, issuer.Prolongs);
        issuer.BeforeProlong = (_, _) => Task.FromResult<ProlongOutcome?>(null);
        broker.Clock.Advance(TimeSpan.FromSeconds(5));
        await broker.SweepAsync();

        Assert.All(await broker.LeasesAsync(grant.Id), l => Assert.Equal((after.EndsAt, null), (l.ExpiresAt, l.ProlongUntil)));
        Assert.Empty(await LaneBench.LaneEventsAsync(broker));
        Assert.Empty(await LaneBench.ToldAsync(broker));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task No_more_is_prolonged_at_a_time_than_a_target_bears_and_of_one_principal_one(Engine engine)
    {
        var issuer = new ProlongingIssuer();
        await using var broker = await LaneBench.NewAsync(engine, issuer, concurrency: 2);
        await using var other = broker.Replica();
        var free = await LaneBench.UsedAsync(broker, "ana", 5);
        Assert.Equal(2, await MostAtOnceAsync([broker], issuer, "ana", free.Id, 2));

        issuer.PrincipalOf = _ => "role/reader";
        var bound = await LaneBench.UsedAsync(broker, "cy", 4);
        Assert.Equal(1, await MostAtOnceAsync([broker, other], issuer, "cy", bound.Id, 1));
        Assert.Equal(9, issuer.Prolonged.Count);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_prolongation_that_hangs_holds_up_no_other_target(Engine engine)
    {
        var issuer = new ProlongingIssuer();
        await using var broker = await LaneBench.NewAsync(engine, issuer);
        LaneBench.AddWindow(broker);
        var stays = new TaskCompletionSource<ProlongOutcome?>();
        issuer.BeforeProlong = (handle, _) => handle.Target == "door" ? stays.Task : Task.FromResult<ProlongOutcome?>(null);
        var door = await LaneBench.UsedAsync(broker, "ana", 2);
        var window = (await broker.DecideAsync("bea", (await broker.AskAsync("cy", LaneBench.Window)).Id)).Value!.Grant!;
        Assert.NotNull((await broker.CollectAsync("cy", window.Id)).Value);
        await ExtendAsync(broker, "ana", door.Id);
        var after = await ExtendAsync(broker, "cy", window.Id);

        await broker.Get<ProlongDueLeases>().RunAsync(CancellationToken.None);
        await Eventually.TrueAsync(async () => (await broker.LeasesAsync(window.Id))[0].ExpiresAt == after.EndsAt);
        Assert.All(await broker.LeasesAsync(door.Id), l => Assert.Equal(door.EndsAt, l.ExpiresAt));
        stays.SetResult(null);
        await broker.Get<ProlongDueLeases>().IdleAsync(CancellationToken.None);

        Assert.All(await broker.LeasesAsync(door.Id), l => Assert.Equal(door.EndsAt + TimeSpan.FromMinutes(30), l.ExpiresAt));
    }

    private static async Task<Grant> ExtendAsync(TestBroker broker, string who, string grantId)
    {
        var asked = (await broker.ExtendAsync(who, grantId)).Value!;
        return (await broker.DecideAsync("bea", asked.Id)).Value!.Grant!;
    }

    /// <summary>Holds what is asked of the target until <paramref name="expected"/> are there, lets go, and says how many there ever were.</summary>
    private static async Task<int> MostAtOnceAsync(IReadOnlyList<TestBroker> replicas, ProlongingIssuer issuer, string who, string grantId, int expected)
    {
        var (now, most) = (0, 0);
        var go = new TaskCompletionSource();
        issuer.BeforeProlong = async (_, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await go.Task;
            Interlocked.Decrement(ref now);
            return null;
        };
        await ExtendAsync(replicas[0], who, grantId);
        foreach (var replica in replicas.Concat(replicas))
            await replica.Get<ProlongDueLeases>().RunAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => Task.FromResult(Volatile.Read(ref now) == expected));
        go.SetResult();
        foreach (var replica in replicas)
            await replica.SweepAsync();
        return most;
    }
}

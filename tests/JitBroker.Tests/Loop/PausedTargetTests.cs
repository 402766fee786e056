using FsCheck;
using FsCheck.Fluent;
using JitBroker.Issuing;
using JitBroker.Leases;
using JitBroker.Policy;
using JitBroker.Storage;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Loop;

/// <summary>A target that does not answer is paused: it is probed now and then, and nobody waits for it.</summary>
public sealed class PausedTargetTests
{
    public static TheoryData<Engine> Engines => Databases.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_target_that_misses_three_times_is_paused_and_what_is_due_there_waits_and_is_shown_as_stuck(Engine engine)
    {
        await using var broker = await LaneBench.NewAsync(engine);
        var first = await LaneBench.UsedAsync(broker, "ana", 3);
        var second = await LaneBench.UsedAsync(broker, "cy", 4);
        await LaneBench.PauseAsync(broker, first);
        await broker.EndAsync("cy", second.Id);

        await broker.SweepAsync();

        Assert.Equal(3, broker.Issuer.Ends);
        Assert.All(await broker.LeasesAsync(second.Id), l => Assert.Equal((true, 0), (l.IsStuck, l.Attempts)));
        Assert.Contains("door has not answered since 10:00:00 UTC; this end waits until it does.", (await broker.LeasesAsync(second.Id))[0].LastError, StringComparison.Ordinal);
        Assert.Equal(["lane.paused"], await LaneBench.LaneEventsAsync(broker));
        Assert.Equal(["stuck_notice", "stuck_notice", "stuck_notice", "target_notice"], await LaneBench.ToldAsync(broker));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_paused_target_gets_one_attempt_at_a_time_over_all_replicas_until_one_is_answered(Engine engine)
    {
        await using var broker = await LaneBench.NewAsync(engine);
        await using var other = broker.Replica();
        var first = await LaneBench.UsedAsync(broker, "ana", 3);
        var second = await LaneBench.UsedAsync(broker, "cy", 4);
        await LaneBench.PauseAsync(broker, first);
        await broker.EndAsync("cy", second.Id);
        var (isIn, go) = (new TaskCompletionSource(), new TaskCompletionSource<EndOutcome?>());
        broker.Issuer.BeforeEnd = (_, _) =>
        {
            isIn.TrySetResult();
            return go.Task;
        };

        broker.Clock.Advance(TimeSpan.FromSeconds(8));
        await broker.Get<RevokeDueLeases>().RunAsync(CancellationToken.None);
        await isIn.Task;
        await other.SweepAsync();
        await broker.Get<RevokeDueLeases>().RunAsync(CancellationToken.None);
        Assert.Equal(4, broker.Issuer.Ends);

        // That one found it away again: the next comes later, and is one again.
        go.SetResult(LaneBench.Away);
        await broker.Get<RevokeDueLeases>().IdleAsync(CancellationToken.None);
        await broker.SweepAsync();
        await other.SweepAsync();
        Assert.Equal(4, broker.Issuer.Ends);

        broker.Issuer.BeforeEnd = (_, _) => Task.FromResult<EndOutcome?>(null);
        broker.Clock.Advance(TimeSpan.FromMinutes(2));
        await broker.SweepAsync();

        Assert.Empty(broker.Issuer.Standing);
        Assert.Equal(("ended", "ended"), ((await broker.ReadGrantAsync(first.Id)).State, (await broker.ReadGrantAsync(second.Id)).State));
        Assert.Equal(["lane.paused", "lane.resumed"], await LaneBench.LaneEventsAsync(broker));
        Assert.Equal(2, (await LaneBench.ToldAsync(broker)).Count(t => t == "target_notice"));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task At_a_paused_target_nothing_is_minted_and_its_holder_is_told_at_once_why_and_until_when(Engine engine)
    {
        await using var broker = await LaneBench.NewAsync(engine);
        var grant = await LaneBench.UsedAsync(broker, "ana", 3);
        var other = await broker.GrantAsync("cy");
        await LaneBench.PauseAsync(broker, grant);
        var mints = broker.Issuer.Mints;

        var refusal = (await broker.CollectAsync("cy", other.Id)).Refusal!;

        Assert.Equal((Codes.IssuerUnavailable, mints), (refusal.Code, broker.Issuer.Mints));
        Assert.StartsWith("door has not answered since 10:00:00 UTC, so nothing is minted there for now; the broker tries it again by itself. Try again in ", refusal.Text, StringComparison.Ordinal);
        Assert.InRange(refusal.RetryAfter!.Value.TotalSeconds, 1, 60);
        Assert.Empty(await broker.LeasesAsync(other.Id));
        Assert.Equal(1, await broker.Database.ReadAsync(s => s.FirstOrDefaultAsync<long>("select count(*) from events where type = 'refused' and data like '%has not answered since%'", null, CancellationToken.None), CancellationToken.None));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Where_nothing_is_to_be_ended_a_mint_is_the_probe(Engine engine)
    {
        await using var broker = await LaneBench.NewAsync(engine);
        var grant = await broker.GrantAsync();
        broker.Issuer.BeforeMint = (_, _) => Task.FromResult<MintOutcome?>(new MintOutcome.Unavailable("No route to door."));
        for (var i = 0; i < 3; i++)
            Assert.Equal("No route to door.", (await broker.CollectAsync("ana", grant.Id)).Refusal!.Text);
        Assert.Equal(["lane.paused"], await LaneBench.LaneEventsAsync(broker));
        Assert.StartsWith("door has not answered", (await broker.CollectAsync("ana", grant.Id)).Refusal!.Text, StringComparison.Ordinal);
        Assert.Equal(3, broker.Issuer.Mints);

        broker.Clock.Advance(TimeSpan.FromSeconds(6));
        var (isIn, go) = (new TaskCompletionSource(), new TaskCompletionSource<MintOutcome?>());
        broker.Issuer.BeforeMint = (_, _) =>
        {
            isIn.TrySetResult();
            return go.Task;
        };
        var probing = broker.CollectAsync("ana", grant.Id);
        await isIn.Task;
        Assert.StartsWith("door has not answered", (await broker.CollectAsync("ana", grant.Id)).Refusal!.Text, StringComparison.Ordinal);
        go.SetResult(null);

        Assert.NotNull((await probing).Value);
        Assert.NotNull((await broker.CollectAsync("ana", grant.Id)).Value);
        Assert.Equal(["lane.paused", "lane.resumed"], await LaneBench.LaneEventsAsync(broker));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_paused_target_delays_no_other(Engine engine)
    {
        await using var broker = await LaneBench.NewAsync(engine);
        var grant = await LaneBench.UsedAsync(broker, "ana", 3);
        await LaneBench.PauseAsync(broker, grant);
        LaneBench.AddWindow(broker);
        broker.Issuer.BeforeEnd = (handle, _) => Task.FromResult(handle.Target == "door" ? LaneBench.Away : null);
        var request = await broker.AskAsync("cy", LaneBench.Window);
        var there = (await broker.DecideAsync("bea", request.Id)).Value!.Grant!;

        Assert.NotNull((await broker.CollectAsync("cy", there.Id)).Value);
        await broker.EndAsync("cy", there.Id);
        await broker.SweepAsync();

        Assert.Equal("ended", (await broker.ReadGrantAsync(there.Id)).State);
        Assert.Equal("ending", (await broker.ReadGrantAsync(grant.Id)).State);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_operators_retry_goes_to_a_paused_target_at_once(Engine engine)
    {
        await using var broker = await LaneBench.NewAsync(engine);
        var grant = await LaneBench.UsedAsync(broker, "ana", 3);
        await LaneBench.PauseAsync(broker, grant);
        broker.Issuer.BeforeEnd = (_, _) => Task.FromResult<EndOutcome?>(null);

        var lease = (await broker.LeasesAsync(grant.Id))[1];
        Assert.NotNull((await broker.Get<RetryLease>().HandleAsync(TestBroker.As("dan"), lease.Id, "the door is back", null, CancellationToken.None)).Value);
        await broker.SweepAsync();

        Assert.Equal("revoked", (await broker.LeasesAsync(grant.Id))[1].State);
        Assert.Equal(["lane.paused", "lane.resumed"], await LaneBench.LaneEventsAsync(broker));
    }

    [Fact]
    public void A_lane_is_paused_exactly_while_the_last_three_or_more_were_missed() => Prop.ForAll(
        Gen.Choose(0, 5).ListOf().ToArbitrary(),
        steps =>
        {
            var (lane, misses, now) = (new Lane { Target = "door", Version = 0, Failures = 0 }, 0, new ManualClock().GetUtcNow());
            foreach (var step in steps)
            {
                Obstacle? obstacle = step == 5 ? null : (Obstacle)step;
                misses = obstacle == Obstacle.Away ? misses + 1 : 0;
                now += TimeSpan.FromMinutes(2);
                lane = lane.After(new Answer(obstacle, obstacle is null ? null : "why", null, IsMint: false), wasProbe: true, now);
                if (lane.IsPaused != misses >= Lane.MissesToPause || lane.Failures != misses || (lane.IsPaused && !(lane.NotBefore > now && lane.NotBefore <= now + TimeSpan.FromSeconds(75))))
                    return false;
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_was_under_way_when_a_target_was_paused_does_not_put_the_probe_off()
    {
        var now = new ManualClock().GetUtcNow();
        var paused = new Lane { Target = "door", Version = 1, Failures = 3, PausedSince = now, NotBefore = now + TimeSpan.FromSeconds(4), LastError = "why" };

        Assert.Equal(paused, paused.After(new Answer(Obstacle.Away, "why", null, IsMint: true), wasProbe: false, now + TimeSpan.FromSeconds(3)));
        Assert.False(paused.After(new Answer(Obstacle.Unfinished, "busy", null, IsMint: false), wasProbe: false, now).IsPaused);
    }
}

using FsCheck;
using FsCheck.Fluent;
using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Issuing;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Storage;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Loop;

/// <summary>Targets that do not answer, ask for patience, deny, or can bear only so much at a time.</summary>
public sealed class LaneTests
{
    private static readonly ChatSurfaces Chat = new([new ChatSurface(Surface.Slack, "C0ACCESS", "C0OPS")]);

    public static TheoryData<Engine> Engines => Databases.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_target_that_misses_three_times_is_paused_and_what_is_due_there_waits_and_is_shown_as_stuck(Engine engine)
    {
        await using var broker = await NewAsync(engine);
        var first = await UsedAsync(broker, "ana", 3);
        var second = await UsedAsync(broker, "cy", 4);
        await PauseAsync(broker, first);
        await broker.EndAsync("cy", second.Id);

        await broker.SweepAsync();

        Assert.Equal(3, broker.Issuer.Ends);
        Assert.All(await broker.LeasesAsync(second.Id), l => Assert.Equal((true, 0), (l.IsStuck, l.Attempts)));
        Assert.Contains("door has not answered since 10:00:00 UTC; this end waits until it does.", (await broker.LeasesAsync(second.Id))[0].LastError, StringComparison.Ordinal);
        Assert.Equal(["lane.paused"], await LaneEventsAsync(broker));
        Assert.Equal(["stuck_notice", "stuck_notice", "stuck_notice", "target_notice"], await ToldAsync(broker));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_paused_target_gets_one_attempt_at_a_time_over_all_replicas_until_one_is_answered(Engine engine)
    {
        await using var broker = await NewAsync(engine);
        await using var other = broker.Replica();
        var first = await UsedAsync(broker, "ana", 3);
        var second = await UsedAsync(broker, "cy", 4);
        await PauseAsync(broker, first);
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
        go.SetResult(Away);
        await broker.Get<RevokeDueLeases>().IdleAsync(CancellationToken.None);
        await broker.SweepAsync();
        await other.SweepAsync();
        Assert.Equal(4, broker.Issuer.Ends);

        broker.Issuer.BeforeEnd = (_, _) => Task.FromResult<EndOutcome?>(null);
        broker.Clock.Advance(TimeSpan.FromMinutes(2));
        await broker.SweepAsync();

        Assert.Empty(broker.Issuer.Standing);
        Assert.Equal(("ended", "ended"), ((await broker.ReadGrantAsync(first.Id)).State, (await broker.ReadGrantAsync(second.Id)).State));
        Assert.Equal(["lane.paused", "lane.resumed"], await LaneEventsAsync(broker));
        Assert.Equal(2, (await ToldAsync(broker)).Count(t => t == "target_notice"));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task At_a_paused_target_nothing_is_minted_and_its_holder_is_told_at_once_why_and_until_when(Engine engine)
    {
        await using var broker = await NewAsync(engine);
        var grant = await UsedAsync(broker, "ana", 3);
        var other = await broker.GrantAsync("cy");
        await PauseAsync(broker, grant);
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
        await using var broker = await NewAsync(engine);
        var grant = await broker.GrantAsync();
        broker.Issuer.BeforeMint = (_, _) => Task.FromResult<MintOutcome?>(new MintOutcome.Unavailable("No route to door."));
        for (var i = 0; i < 3; i++)
            Assert.Equal("No route to door.", (await broker.CollectAsync("ana", grant.Id)).Refusal!.Text);
        Assert.Equal(["lane.paused"], await LaneEventsAsync(broker));
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
        Assert.Equal(["lane.paused", "lane.resumed"], await LaneEventsAsync(broker));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_paused_target_delays_no_other(Engine engine)
    {
        await using var broker = await NewAsync(engine);
        var grant = await UsedAsync(broker, "ana", 3);
        await PauseAsync(broker, grant);
        var catalog = broker.Catalog;
        broker.Catalog = catalog with
        {
            Issuers = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(catalog.Issuers.Values.Append(new("window", "http", "{}")), i => i.Name, StringComparer.Ordinal),
            Entitlements = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(
                catalog.Entitlements.Values.Append(catalog.Entitlements[TestCatalog.Logs] with { Name = "window:read", Issuer = "window" }), e => e.Name, StringComparer.Ordinal),
        };
        broker.Issuer.BeforeEnd = (handle, _) => Task.FromResult(handle.Target == "door" ? Away : null);
        var request = await broker.AskAsync("cy", "window:read");
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
        await using var broker = await NewAsync(engine);
        var grant = await UsedAsync(broker, "ana", 3);
        await PauseAsync(broker, grant);
        broker.Issuer.BeforeEnd = (_, _) => Task.FromResult<EndOutcome?>(null);

        var lease = (await broker.LeasesAsync(grant.Id))[1];
        Assert.NotNull((await broker.Get<RetryLease>().HandleAsync(TestBroker.As("dan"), lease.Id, "the door is back", null, CancellationToken.None)).Value);
        await broker.SweepAsync();

        Assert.Equal("revoked", (await broker.LeasesAsync(grant.Id))[1].State);
        Assert.Equal(["lane.paused", "lane.resumed"], await LaneEventsAsync(broker));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_target_that_asks_for_patience_is_left_alone_that_long_and_nobody_is_alarmed(Engine engine)
    {
        await using var broker = await NewAsync(engine);
        broker.Catalog = Of(concurrency: 1);
        var grant = await UsedAsync(broker, "ana", 3);
        broker.Issuer.BeforeEnd = (_, _) => Task.FromResult<EndOutcome?>(new EndOutcome.Failed("429 Too Many Requests", Obstacle.Throttled, TimeSpan.FromSeconds(90)));
        await broker.EndAsync("ana", grant.Id);
        await broker.SweepAsync();
        Assert.Equal(1, broker.Issuer.Ends);

        var other = await broker.GrantAsync("cy");
        var refusal = (await broker.CollectAsync("cy", other.Id)).Refusal!;
        broker.Clock.Advance(TimeSpan.FromSeconds(89));
        await broker.SweepAsync();
        Assert.Equal(1, broker.Issuer.Ends);
        Assert.Equal((Codes.IssuerUnavailable, "door asks for patience until 10:01:30 UTC, so nothing is minted there before. Try again in 90 s."), (refusal.Code, refusal.Text));

        broker.Issuer.BeforeEnd = (_, _) => Task.FromResult<EndOutcome?>(null);
        broker.Clock.Advance(TimeSpan.FromSeconds(5));
        await broker.SweepAsync();

        Assert.Equal("ended", (await broker.ReadGrantAsync(grant.Id)).State);
        Assert.Empty(await LaneEventsAsync(broker));
        Assert.Empty(await ToldAsync(broker));
        Assert.NotNull((await broker.CollectAsync("cy", other.Id)).Value);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_target_that_denies_the_broker_is_told_to_operations_once_until_it_worked_again(Engine engine)
    {
        await using var broker = await NewAsync(engine);
        var grant = await broker.GrantAsync();
        var denied = new MintOutcome.Unavailable("The broker's role may not make roles.", Obstacle.Denied);
        broker.Issuer.BeforeMint = (_, _) => Task.FromResult<MintOutcome?>(denied);
        for (var i = 0; i < 4; i++)
            Assert.Equal(Codes.IssuerRefused, (await broker.CollectAsync("ana", grant.Id)).Refusal!.Code);
        Assert.Equal(["target_notice"], await ToldAsync(broker));
        var troubled = (await broker.Get<TroubledTargets>().ListAsync(TestBroker.As("dan"), CancellationToken.None)).Value!;
        Assert.Equal(("door", "The broker's role may not make roles."), (Assert.Single(troubled.Items).Target, troubled.Items[0].LastError));
        Assert.Equal(Codes.Forbidden, (await broker.Get<TroubledTargets>().ListAsync(TestBroker.As("bea"), CancellationToken.None)).Refusal!.Code);

        broker.Issuer.BeforeMint = (_, _) => Task.FromResult<MintOutcome?>(null);
        Assert.NotNull((await broker.CollectAsync("ana", grant.Id)).Value);
        Assert.Empty((await broker.Get<TroubledTargets>().ListAsync(TestBroker.As("dan"), CancellationToken.None)).Value!.Items);
        broker.Issuer.BeforeMint = (_, _) => Task.FromResult<MintOutcome?>(denied);
        await broker.CollectAsync("ana", grant.Id);

        Assert.Equal(["target_notice", "target_notice"], await ToldAsync(broker));
        Assert.Equal(["lane.denied", "lane.denied"], await LaneEventsAsync(broker));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_touches_the_same_principal_is_done_one_at_a_time_over_all_replicas(Engine engine)
    {
        await using var broker = await NewAsync(engine);
        await using var other = broker.Replica();
        broker.Issuer.PrincipalOf = _ => "role/reader";
        var grant = await UsedAsync(broker, "ana", 6);
        var another = await broker.GrantAsync("cy");
        var (now, most) = (0, 0);
        var (isIn, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        broker.Issuer.BeforeEnd = async (_, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            isIn.TrySetResult();
            await go.Task;
            Interlocked.Decrement(ref now);
            return null;
        };
        await broker.EndAsync("ana", grant.Id);

        await Task.WhenAll(broker.Get<RevokeDueLeases>().RunAsync(CancellationToken.None), other.Get<RevokeDueLeases>().RunAsync(CancellationToken.None));
        await isIn.Task;
        await other.Get<RevokeDueLeases>().RunAsync(CancellationToken.None);
        var refusal = (await broker.CollectAsync("cy", another.Id)).Refusal!;
        go.SetResult();
        await broker.Get<RevokeDueLeases>().IdleAsync(CancellationToken.None);
        await other.Get<RevokeDueLeases>().IdleAsync(CancellationToken.None);
        await broker.SweepAsync();

        Assert.Equal(1, most);
        Assert.Equal((Codes.IssuerUnavailable, "Something else is being done to role/reader at door right now. Try again in a moment."), (refusal.Code, refusal.Text));
        Assert.Equal("ended", (await broker.ReadGrantAsync(grant.Id)).State);
        Assert.NotNull((await broker.CollectAsync("cy", another.Id)).Value);
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_end_waits_for_the_mint_of_the_same_lease_to_let_go(Engine engine)
    {
        await using var broker = await NewAsync(engine);
        await using var other = broker.Replica();
        var grant = await broker.GrantAsync();
        var (isIn, go) = (new TaskCompletionSource(), new TaskCompletionSource<MintOutcome?>());
        broker.Issuer.BeforeMint = (_, _) =>
        {
            isIn.TrySetResult();
            return go.Task;
        };
        var collecting = broker.CollectAsync("ana", grant.Id);
        await isIn.Task;
        await other.EndAsync("ana", grant.Id);

        await other.SweepAsync();
        Assert.Equal((0, "revoking"), (broker.Issuer.Ends, (await broker.LeasesAsync(grant.Id))[0].State));
        go.SetResult(null);
        Assert.Equal(Codes.GrantEnded, (await collecting).Refusal!.Code);
        Assert.Empty(broker.Issuer.Standing);
        broker.Clock.Advance(TimeSpan.FromSeconds(40));
        await other.SweepAsync();

        Assert.Equal("revoked", (await broker.LeasesAsync(grant.Id))[0].State);
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task No_more_goes_on_at_a_target_than_its_issuers_concurrency(Engine engine)
    {
        await using var broker = await NewAsync(engine);
        broker.Catalog = Of(concurrency: 2);
        var (now, most) = (0, 0);
        var grant = await broker.GrantAsync();
        broker.Issuer.BeforeMint = async (_, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await Task.Yield();
            Interlocked.Decrement(ref now);
            return null;
        };
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 7).Select(_ => Task.Run(() => broker.CollectAsync("ana", grant.Id)))), o => Assert.NotNull(o.Value));
        Assert.InRange(most, 1, 2);

        (now, most) = (0, 0);
        var go = new TaskCompletionSource();
        broker.Issuer.BeforeEnd = async (_, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await go.Task;
            Interlocked.Decrement(ref now);
            return null;
        };
        await broker.EndAsync("ana", grant.Id);
        await broker.Get<RevokeDueLeases>().RunAsync(CancellationToken.None);
        await broker.Get<RevokeDueLeases>().RunAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => Task.FromResult(Volatile.Read(ref now) == 2));
        go.SetResult();
        await broker.SweepAsync();

        Assert.Equal((2, "ended"), (most, (await broker.ReadGrantAsync(grant.Id)).State));
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

    private static EndOutcome? Away => new EndOutcome.Failed("No route to door.", Obstacle.Away);

    private static CatalogSnapshot Of(int concurrency = 8)
    {
        var catalog = TestCatalog.Of(e => e with { LeaseLimit = 20 });
        var roles = new Dictionary<string, IReadOnlyList<string>>(catalog.Roles, StringComparer.Ordinal) { ["operator"] = ["platform"] };
        var issuers = catalog.Issuers.Values.Select(i => i with { Concurrency = concurrency });
        return catalog with
        {
            Roles = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(roles, StringComparer.Ordinal),
            Issuers = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(issuers, i => i.Name, StringComparer.Ordinal),
        };
    }

    private static Task<TestBroker> NewAsync(Engine engine) => TestBroker.NewAsync(engine, Of(), Chat);

    /// <summary>A grant with so many live leases.</summary>
    private static async Task<Grant> UsedAsync(TestBroker broker, string who, int leases)
    {
        var grant = await broker.GrantAsync(who);
        for (var i = 0; i < leases; i++)
            Assert.NotNull((await broker.CollectAsync(who, grant.Id)).Value);
        return grant;
    }

    /// <summary>Its three leases are to be ended, and the door does not answer.</summary>
    private static async Task PauseAsync(TestBroker broker, Grant grant)
    {
        broker.Issuer.BeforeEnd = (_, _) => Task.FromResult(Away);
        await broker.EndAsync(grant.Holder.Split('@')[0], grant.Id);
        await broker.SweepAsync();
        Assert.Equal(3, broker.Issuer.Ends);
    }

    private static Task<IReadOnlyList<string>> LaneEventsAsync(TestBroker broker) => broker.Database.ReadAsync(
        s => s.QueryAsync<string>("select type from events where aggregate_id = 'lane:door' order by version", null, CancellationToken.None), CancellationToken.None);

    private static async Task<IReadOnlyList<string>> ToldAsync(TestBroker broker) => await broker.Database.ReadAsync(
        s => s.QueryAsync<string>("select template from deliveries where recipient = 'channel:C0OPS' order by template, id", null, CancellationToken.None), CancellationToken.None);
}

using JitBroker.Catalog;
using JitBroker.Issuing;
using JitBroker.Leases;
using JitBroker.Policy;
using JitBroker.Storage;
using JitBroker.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace JitBroker.Tests.Loop;

/// <summary>Targets that ask for patience, deny, or can bear only so much at a time. For those that do not answer see <see cref="PausedTargetTests"/>.</summary>
public sealed class LaneTests
{
    public static TheoryData<Engine> Engines => Databases.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_target_that_asks_for_patience_is_left_alone_that_long_and_nobody_is_alarmed(Engine engine)
    {
        await using var broker = await LaneBench.NewAsync(engine, concurrency: 1);
        var grant = await LaneBench.UsedAsync(broker, "ana", 3);
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
        Assert.Empty(await LaneBench.LaneEventsAsync(broker));
        Assert.Empty(await LaneBench.ToldAsync(broker));
        Assert.NotNull((await broker.CollectAsync("cy", other.Id)).Value);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_target_that_denies_the_broker_is_told_to_operations_once_until_it_worked_again(Engine engine)
    {
        await using var broker = await LaneBench.NewAsync(engine);
        var grant = await broker.GrantAsync();
        var denied = new MintOutcome.Unavailable("The broker's role may not make roles.", Obstacle.Denied);
        broker.Issuer.BeforeMint = (_, _) => Task.FromResult<MintOutcome?>(denied);
        for (var i = 0; i < 4; i++)
            Assert.Equal(Codes.IssuerRefused, (await broker.CollectAsync("ana", grant.Id)).Refusal!.Code);
        Assert.Equal(["target_notice"], await LaneBench.ToldAsync(broker));
        var troubled = (await broker.Get<TroubledTargets>().ListAsync(TestBroker.As("dan"), CancellationToken.None)).Value!;
        Assert.Equal(("door", "The broker's role may not make roles."), (Assert.Single(troubled.Items).Target, troubled.Items[0].LastError));
        Assert.Equal(Codes.Forbidden, (await broker.Get<TroubledTargets>().ListAsync(TestBroker.As("bea"), CancellationToken.None)).Refusal!.Code);

        broker.Issuer.BeforeMint = (_, _) => Task.FromResult<MintOutcome?>(null);
        Assert.NotNull((await broker.CollectAsync("ana", grant.Id)).Value);
        Assert.Empty((await broker.Get<TroubledTargets>().ListAsync(TestBroker.As("dan"), CancellationToken.None)).Value!.Items);
        broker.Issuer.BeforeMint = (_, _) => Task.FromResult<MintOutcome?>(denied);
        await broker.CollectAsync("ana", grant.Id);

        Assert.Equal(["target_notice", "target_notice"], await LaneBench.ToldAsync(broker));
        Assert.Equal(["lane.denied", "lane.denied"], await LaneBench.LaneEventsAsync(broker));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_was_claimed_ahead_of_a_prompt_target_is_let_go_when_it_falters(Engine engine)
    {
        await using var broker = await LaneBench.NewAsync(engine, concurrency: 1);
        var grant = await LaneBench.UsedAsync(broker, "ana", 10);
        broker.Issuer.BeforeEnd = (_, _) => Task.FromResult<EndOutcome?>(
            broker.Issuer.Ends < 2 ? null : new EndOutcome.Failed("429 Too Many Requests", Obstacle.Throttled, TimeSpan.FromSeconds(90)));
        await broker.EndAsync("ana", grant.Id);

        await broker.SweepAsync();

        Assert.Equal(2, broker.Issuer.Ends);
        Assert.Equal(9, (await broker.LeasesAsync(grant.Id)).Count(l => l.State == "revoking"));
        Assert.Equal(0, await broker.Database.ReadAsync(s => s.FirstOrDefaultAsync<long>("select count(*) from leases where claimed_by is not null", null, CancellationToken.None), CancellationToken.None));

        broker.Issuer.BeforeEnd = (_, _) => Task.FromResult<EndOutcome?>(null);
        broker.Clock.Advance(TimeSpan.FromSeconds(95));
        await broker.SweepAsync();
        Assert.Empty(broker.Issuer.Standing);
        Assert.Equal("ended", (await broker.ReadGrantAsync(grant.Id)).State);
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_a_replica_that_stops_had_claimed_and_not_begun_is_anothers_at_once(Engine engine)
    {
        await using var broker = await LaneBench.NewAsync(engine, concurrency: 1);
        await using var other = broker.Replica();
        var grant = await LaneBench.UsedAsync(broker, "ana", 10);
        var (isIn, go) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var asked = 0;
        broker.Issuer.BeforeEnd = async (_, _) =>
        {
            if (Interlocked.Increment(ref asked) == 3)
            {
                isIn.SetResult();
                await go.Task;
            }

            return null;
        };
        await broker.EndAsync("ana", grant.Id);
        await broker.Get<RevokeDueLeases>().RunAsync(CancellationToken.None);
        await isIn.Task;
        await Eventually.TrueAsync(async () => (await broker.LeasesAsync(grant.Id)).Count(l => l.State == "revoked") == 2);

        await new LetGoAtStop(broker.Get<RevokeDueLeases>(), broker.Get<ProlongDueLeases>(), NullLogger<LetGoAtStop>.Instance).StoppingAsync(CancellationToken.None);
        await broker.Get<RevokeDueLeases>().RunAsync(CancellationToken.None);
        // A claim that was under way when it was told to stop is let go by whoever made it.
        await Eventually.TrueAsync(async () => await ClaimsAsync(broker) is ["one"]);
        await other.SweepAsync();
        Assert.Equal((10, 1), (broker.Issuer.Ends, (await broker.LeasesAsync(grant.Id)).Count(l => l.State == "revoking")));
        go.SetResult();
        await broker.Get<RevokeDueLeases>().IdleAsync(CancellationToken.None);

        Assert.Equal((10, "ended"), (broker.Issuer.Ends, (await broker.ReadGrantAsync(grant.Id)).State));
        Assert.Empty(broker.Issuer.Standing);
        Assert.Empty(await ClaimsAsync(broker));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    /// <summary>The claim is under way when the stop looks at the lanes.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_a_replica_claims_while_it_stops_is_let_go_too(Engine engine)
    {
        await using var broker = await LaneBench.NewAsync(engine);
        var grant = await LaneBench.UsedAsync(broker, "ana", 3);
        await broker.EndAsync("ana", grant.Id);
        var job = new SlowToTake(broker);
        var lanes = new WorkInLanes<bool>(broker.Get<CatalogHolder>(), MintOptions.Default, broker.Clock, NullLogger.Instance);

        var filling = lanes.FillAsync("door", job, CancellationToken.None);
        await job.IsTaken.Task;
        Assert.Equal(["one", "one", "one"], await ClaimsAsync(broker));
        await lanes.StopAsync(job, CancellationToken.None);
        job.Go.SetResult();
        await filling;
        await lanes.IdleAsync(CancellationToken.None);

        Assert.Equal(0, job.Asked);
        Assert.Empty(await ClaimsAsync(broker));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_touches_the_same_principal_is_done_one_at_a_time_over_all_replicas(Engine engine)
    {
        await using var broker = await LaneBench.NewAsync(engine);
        await using var other = broker.Replica();
        broker.Issuer.PrincipalOf = _ => "role/reader";
        var grant = await LaneBench.UsedAsync(broker, "ana", 6);
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
        await using var broker = await LaneBench.NewAsync(engine);
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
        await using var broker = await LaneBench.NewAsync(engine, concurrency: 2);
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

    /// <summary>Who holds claims, once for each.</summary>
    private static Task<IReadOnlyList<string>> ClaimsAsync(TestBroker broker) => broker.Database.ReadAsync(
        s => s.QueryAsync<string>("select claimed_by from leases where claimed_by is not null", null, CancellationToken.None), CancellationToken.None);

    /// <summary>Claims ends as the broker does, and hands them over when it is told to.</summary>
    private sealed class SlowToTake(TestBroker broker) : ILaneJob<bool>
    {
        private readonly ILaneJob<EndOutcome> _ends = broker.Get<RevokeDueLeases>();

        public TaskCompletionSource IsTaken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Asked { get; private set; }

        public string Work => "the end";

        async Task<Turn> ILaneJob<bool>.TakeAsync(string target, int most, CancellationToken cancellationToken)
        {
            var turn = await _ends.TakeAsync(target, most, cancellationToken);
            IsTaken.SetResult();
            await Go.Task;
            return turn;
        }

        public Task<bool> AskAsync(Lease lease, CancellationToken cancellationToken) => Task.FromResult(++Asked > 0);

        public bool IsDone(bool answer) => answer;

        public Task RecordAsync(Lease lease, bool answer, bool isProbe, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task LetGoAsync(IReadOnlyList<Lease> claimed, CancellationToken cancellationToken) => _ends.LetGoAsync(claimed, cancellationToken);
    }
}

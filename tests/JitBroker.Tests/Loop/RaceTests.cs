using JitBroker.Policy;
using JitBroker.Storage;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Loop;

/// <summary>Races over two replicas on one database, many rounds each.</summary>
public sealed class RaceTests
{
    public static TheoryData<Engine> Engines => Databases.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Sixty_four_simultaneous_approvals_and_denials_make_one_transition(Engine engine)
    {
        var owners = Enumerable.Range(0, 64).Select(i => $"owner{i}").ToList();
        await using var one = await TestBroker.NewAsync(engine, TestCatalog.With([.. owners.Select(o => o + "@example.com")]));
        await using var two = one.Replica();
        for (var round = 0; round < 5; round++)
        {
            var request = await one.AskAsync();

            var outcomes = await Task.WhenAll(owners.Select((owner, i) => Task.Run(() => (i % 2 == 0 ? one : two).DecideAsync(owner, request.Id, approve: i % 4 < 2))));

            var winner = Assert.Single(outcomes, o => o.Value is not null).Value!;
            Assert.All(outcomes.Where(o => o.Value is null), o => Assert.Equal((Codes.AlreadySettled, winner.Request.SettledBy), (o.Refusal!.Code, o.Refusal.SettledBy)));
            var stored = await one.ReadAsync(request.Id);
            Assert.Single(stored.Bench.Decisions);
            Assert.Equal(stored.Request.State == "approved", stored.Grant is not null);
        }

        await one.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Two_simultaneous_votes_always_fill_a_quorum_of_two(Engine engine)
    {
        await using var one = await TestBroker.NewAsync(engine);
        await using var two = one.Replica();
        for (var round = 0; round < 40; round++)
        {
            var request = await one.AskAsync(entitlement: TestCatalog.Two);

            var votes = await Task.WhenAll(Task.Run(() => one.DecideAsync("bea", request.Id)), Task.Run(() => two.DecideAsync("dan", request.Id)));

            Assert.Single(votes, v => v.Value!.Grant is not null);
            Assert.Equal("approved", (await one.ReadAsync(request.Id)).Request.State);
            await one.EndAsync("ana", votes.Select(v => v.Value!.Grant).OfType<JitBroker.Grants.Grant>().Single().Id);
        }

        await one.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Collecting_that_races_the_end_leaves_nothing_alive(Engine engine)
    {
        await using var one = await TestBroker.NewAsync(engine);
        await using var two = one.Replica();
        for (var round = 0; round < 40; round++)
        {
            var grant = await one.GrantAsync();

            var collecting = Task.Run(() => one.CollectAsync("ana", grant.Id));
            var ending = Task.Run(() => two.EndAsync("ana", grant.Id));
            await Task.WhenAll(collecting, ending);
            await two.SweepAsync();
            one.Clock.Advance(TimeSpan.FromMinutes(1));
            await one.SweepAsync();

            Assert.Empty(one.Issuer.Standing);
            Assert.Equal("ended", (await one.ReadGrantAsync(grant.Id)).State);
            Assert.All(await one.LeasesAsync(grant.Id), l => Assert.Equal("revoked", l.State));
        }

        await one.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_end_during_a_slow_mint_takes_the_credential_back(Engine engine)
    {
        await using var one = await TestBroker.NewAsync(engine);
        await using var two = one.Replica();
        var grant = await one.GrantAsync();
        var begun = new TaskCompletionSource();
        var go = new TaskCompletionSource<JitBroker.Issuing.MintOutcome?>();
        one.Issuer.BeforeMint = (_, _) =>
        {
            begun.SetResult();
            return go.Task;
        };

        var collecting = Task.Run(() => one.CollectAsync("ana", grant.Id));
        await begun.Task;
        await two.EndAsync("ana", grant.Id);
        await two.SweepAsync();
        Assert.Equal("ending", (await one.ReadGrantAsync(grant.Id)).State);
        go.SetResult(null);

        Assert.Equal(Codes.GrantEnded, (await collecting).Refusal!.Code);
        Assert.Empty(one.Issuer.Standing);
        one.Clock.Advance(TimeSpan.FromMinutes(1));
        await two.SweepAsync();
        Assert.Equal("ended", (await one.ReadGrantAsync(grant.Id)).State);
        await one.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Approval_racing_withdrawal_and_lapse_settles_once(Engine engine)
    {
        await using var one = await TestBroker.NewAsync(engine);
        await using var two = one.Replica();
        for (var round = 0; round < 30; round++)
        {
            var request = await one.AskAsync(duration: TimeSpan.FromMinutes(1));
            var cancelling = Task.Run(() => two.Get<JitBroker.Requests.CancelRequest>().HandleAsync(TestBroker.As("ana"), request.Id, null, CancellationToken.None));
            var approving = Task.Run(() => one.DecideAsync("bea", request.Id));
            await Task.WhenAll(cancelling, approving);

            var won = new[] { (await cancelling).Value is not null, (await approving).Value is not null };
            Assert.Single(won, w => w);
            var stored = await one.ReadAsync(request.Id);
            Assert.Equal(stored.Request.State == "approved", stored.Grant is not null);
        }

        await one.AssertEventsHaveNoHolesAsync();
    }
}

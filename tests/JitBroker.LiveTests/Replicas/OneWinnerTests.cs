using JitBroker.Client;
using JitBroker.LiveTests.Fixtures;

namespace JitBroker.LiveTests.Replicas;

public sealed class OneWinnerTests
{
    private const int Rounds = 5;
    private const string Oneself = "oneself";

    [Fact]
    public async Task Sixty_four_decisions_at_once_over_two_replicas_make_one_transition()
    {
        await using var replicas = await TwoReplicas.BothAsync();
        using var ana = await replicas.Workspace.As("U0ANA").SignInAsync(replicas.First.Url);
        var approvers = await ApproversAsync(replicas);
        for (var round = 0; round < Rounds; round++)
        {
            var request = (await ana.SubmitAsync(new SubmitBody { Entitlement = LiveCatalog.Logs, Duration = "2s", Reason = "INC-64" }, null, CancellationToken.None)).Value;

            var said = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => DecideAsync(approvers[i % approvers.Count], request.Id, i % 3 != 0)));

            var settled = (await ana.GetRequestAsync(request.Id, CancellationToken.None)).Value;
            var winner = Assert.Single(said, s => s.Winner is null);
            Assert.Equal(winner.IsApproval ? RequestState.Approved : RequestState.Denied, settled.State);
            Assert.All(said.Where(s => s.Winner is not null and not Oneself), s => Assert.Equal(settled.SettledBy!.Email, s.Winner));
            Assert.InRange(said.Count(s => s.Winner is Oneself), 0, (64 / LiveCatalog.Crowd) - 1);
            Assert.Equal(1, await replicas.Evidence.CountAsync($"select count(*) from decisions where request_id = '{request.Id}'"));
            Assert.Equal(winner.IsApproval ? 1 : 0, await replicas.Evidence.CountAsync($"select count(*) from grants where request_id = '{request.Id}'"));
            Assert.Equal(1, await replicas.Evidence.CountAsync($"select count(*) from events where aggregate_id = '{request.Id}' and type in ('request.approved', 'request.denied')"));
        }

        await replicas.Evidence.AllEndedAsync();
        await replicas.Evidence.HoldsAsync();
        approvers.ForEach(a => a.Dispose());
    }

    [Fact]
    public async Task A_quorum_of_two_filled_by_two_votes_at_once_always_settles()
    {
        await using var replicas = await TwoReplicas.BothAsync();
        using var ana = await replicas.Workspace.As("U0ANA").SignInAsync(replicas.First.Url);
        using var bea = await replicas.Workspace.As("U0BEA").SignInAsync(replicas.First.Url, SessionScope.Decide);
        var dansToken = await replicas.Workspace.As("U0DAN").TokenAsync(replicas.Second!.Url, SessionScope.Decide);
        using var dan = new BrokerClient(replicas.Second.Url, dansToken);
        for (var round = 0; round < 12; round++)
        {
            var request = (await ana.SubmitAsync(new SubmitBody { Entitlement = LiveCatalog.Pair, Duration = "1s" }, null, CancellationToken.None)).Value;

            var said = await Task.WhenAll(new[] { bea, dan }.Select(who => DecideAsync(who, request.Id, isApproval: true)));

            Assert.All(said, s => Assert.Null(s.Winner));
            Assert.Equal(RequestState.Approved, (await ana.GetRequestAsync(request.Id, CancellationToken.None)).Value.State);
        }

        await replicas.Evidence.AllEndedAsync();
        await replicas.Evidence.HoldsAsync();
    }

    [Fact]
    public async Task A_card_may_be_posted_by_one_replica_and_pressed_at_the_other()
    {
        await using var replicas = await TwoReplicas.BothAsync();
        var (ana, bea) = (replicas.Workspace.As("U0ANA"), replicas.Workspace.As("U0BEA"));
        foreach (var (asked, pressed) in new[] { (replicas.First, replicas.Second!), (replicas.Second!, replicas.First) })
        {
            replicas.Workspace.ConnectTo(asked.Url);
            await ana.TypeAsync($"/access request {LiveCatalog.Logs} 2s INC-7 from {asked.Url.Port}");
            var card = await bea.SeesAsync("the card", m => m.ButtonValue("approve") is not null && m.Says($"from {asked.Url.Port}"));
            replicas.Workspace.ConnectTo(pressed.Url);
            await bea.PressAsync(card, "approve", card.ButtonValue("approve"));
            await ana.SeesAsync("the approved card", m => m.Ts == card.Ts && m.Says("Approved by Bea") && m.ButtonValue("approve") is null);
        }

        await replicas.Evidence.AllEndedAsync();
        await replicas.Evidence.HoldsAsync();
    }

    /// <summary>Clients that may decide, spread over both replicas.</summary>
    private static async Task<List<BrokerClient>> ApproversAsync(TwoReplicas replicas)
    {
        var approvers = new List<BrokerClient>();
        for (var i = 0; i < LiveCatalog.Crowd; i++)
        {
            var token = await replicas.Workspace.As(LiveCatalog.UserOf(i)).TokenAsync(replicas.Second!.Url, SessionScope.Decide);
            approvers.Add(new BrokerClient(replicas.Urls[i % 2], token));
        }

        return approvers;
    }

    /// <summary>The winner as the loser was told; null for the winner, and <see cref="Oneself"/> for a winner's further clicks.</summary>
    private static async Task<(bool IsApproval, string? Winner)> DecideAsync(BrokerClient approver, string request, bool isApproval)
    {
        try
        {
            await approver.DecideAsync(request, new DecideBody { Verdict = isApproval ? Verdict.Approve : Verdict.Deny, Comment = "race" }, null, CancellationToken.None);
            return (isApproval, null);
        }
        catch (BrokerRefusedException e) when (e.Code is Codes.AlreadySettled)
        {
            return (isApproval, e.Problem.SettledBy!.Email);
        }
        catch (BrokerRefusedException e) when (e.Code is Codes.AlreadyDecided)
        {
            return (isApproval, Oneself);
        }
    }
}

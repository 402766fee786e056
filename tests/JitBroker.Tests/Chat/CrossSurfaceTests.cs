using JitBroker.Tests.Loop;
using JitBroker.Tests.Slack;
using JitBroker.Tests.Teams;

namespace JitBroker.Tests.Chat;

/// <summary>Slack and Teams beside each other, over one engine: asked in one, decided in the other, every copy in both true, and one person with two accounts one voter.</summary>
public sealed class CrossSurfaceTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Asked_in_one_and_decided_in_the_other_every_copy_in_both_says_so(bool askedInSlack)
    {
        await using var host = await SlackBench.StartAsync(wiring: Wiring.Both);
        ChatBench slack = new SlackChat(host), teams = new TeamsChat(host);
        var (asking, deciding) = askedInSlack ? (slack, teams) : (teams, slack);

        await asking.AskAsync();
        await deciding.PressAsync("bea", await deciding.UntilCardAsync("asks for"), "approve");

        foreach (var bench in new[] { slack, teams })
        {
            var card = await bench.UntilCardAsync("ready for Ana");
            Assert.Contains("Approved by Bea", card.Text, StringComparison.Ordinal);
            Assert.False(card.Has("approve"));
            await bench.UntilCardAsync("Approved by Bea", "ana", Place.Direct);
            await bench.UntilButtonAsync("ana", "collect");
        }

        Assert.Equal(asking.Surface, Assert.Single(await host.QueryAsync<string>("select surface from requests")));
        Assert.Equal((deciding.Surface, deciding.AccountOf("bea")), ((await host.QueryAsync<string>("select surface from decisions"))[0], (await host.QueryAsync<string>("select identity from decisions"))[0]));
        Assert.Single(await host.QueryAsync<string>("select id from grants"));
    }

    [Fact]
    public async Task One_person_with_both_accounts_is_one_voter_and_cannot_decide_their_own_from_the_other()
    {
        await using var host = await SlackBench.StartAsync(wiring: Wiring.Both);
        ChatBench slack = new SlackChat(host), teams = new TeamsChat(host);

        var inSlack = await slack.AskAsync(entitlement: TestCatalog.Two);
        var inTeams = await teams.UntilCardAsync("asks for");
        await teams.PressAsync("ana", inTeams, "approve");
        await teams.UntilToldAsync("ana", "You can't decide your own request.");
        await slack.PressAsync("bea", inSlack, "approve");
        await teams.UntilCardAsync("1 of 2 approved (Bea");
        await teams.PressAsync("bea", inTeams, "approve");
        await teams.UntilToldAsync("bea", "You decided this already");
        Assert.Equal("pending", Assert.Single(await host.QueryAsync<string>("select state from requests")));

        await teams.PressAsync("eli", inTeams, "approve");
        await slack.UntilCardAsync("ready for Ana");
        await teams.UntilCardAsync("ready for Ana");
        Assert.Equal(2, (await host.QueryAsync<string>("select person from decisions")).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Withdrawn_in_one_and_denied_and_ended_in_the_other_every_copy_follows()
    {
        await using var host = await SlackBench.StartAsync(wiring: Wiring.Both);
        ChatBench slack = new SlackChat(host), teams = new TeamsChat(host);

        await slack.AskAsync();
        await teams.SayAsync("ana", "cancel");
        await slack.UntilCardAsync("Withdrawn by Ana");
        await teams.UntilCardAsync("Withdrawn by Ana");

        await slack.AskAsync(entitlement: TestCatalog.Two);
        await teams.PressAsync("dan", await teams.UntilCardAsync("needs 2"), "deny");
        await teams.UntilFormAsync("dan");
        Assert.True((await teams.SubmitAsync("dan", ("reason", "use the replica"))).IsAccepted);
        foreach (var bench in new[] { slack, teams })
            Assert.Contains("Dan says: use the replica", (await bench.UntilCardAsync("Denied by Dan")).Text, StringComparison.Ordinal);

        await teams.AskAsync(entitlement: TestCatalog.Auto);
        await slack.SayAsync("ana", "done");
        foreach (var bench in new[] { slack, teams })
            await bench.UntilCardAsync("by Ana (done), verified", "ana", Place.Direct);
    }
}

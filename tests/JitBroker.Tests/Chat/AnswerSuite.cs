using JitBroker.Leases;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Chat;

/// <summary>Private answers: those that say more once more is known, and <c>why</c>.</summary>
public abstract class AnswerSuite(Wiring wiring) : ChatSuite(wiring)
{
    [Fact]
    public async Task The_private_answer_gets_a_link_to_the_card_when_that_is_posted()
    {
        await using var bench = await StartAsync();
        await bench.AskAsync();
        Seen? answer = null;
        await bench.UntilAsync(async () =>
        {
            bench.Clock.Advance(TimeSpan.FromMilliseconds(300));
            return (answer = (await bench.ToldAsync("ana")).LastOrDefault(t => t.Has("see_it"))) is not null;
        });
        Assert.Contains(bench.LinkTo(Place.Requests, bench.IdOf((await bench.CardAsync())!)), answer!.Raw.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("Needs 1 of 3 data-owners", answer.Text, StringComparison.Ordinal);
        Assert.True(answer.Has("cancel"));
        await bench.PressAsync("ana", answer, "cancel");
        await bench.UntilCardAsync("Withdrawn by Ana");
        Assert.Empty(await bench.QueryAsync<string>("select id from events where type = 'refused'"));
    }

    [Fact]
    public async Task The_private_answer_to_done_becomes_the_verified_end()
    {
        await using var bench = await StartAsync();
        await bench.AskAsync(entitlement: TestCatalog.Auto);
        var grant = (await bench.QueryAsync<string>("select id from grants"))[0];
        Assert.NotNull((await bench.Get<MintLease>().HandleAsync(TestBroker.As("ana"), grant, CancellationToken.None)).Value);

        await bench.SayAsync("ana", "done");
        await bench.UntilToldAsync("ana", "Ending Logs now");
        await bench.Get<RevokeDueLeases>().RunAsync(CancellationToken.None);
        await bench.Get<RevokeDueLeases>().IdleAsync(CancellationToken.None);
        await bench.UntilAsync(async () =>
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            return (await bench.ToldAsync("ana")).Any(t => t.Text.Contains("Ended Logs, verified", StringComparison.Ordinal));
        });

        Assert.DoesNotContain(await bench.ToldAsync("ana"), t => t.Text.Contains("Ending Logs now", StringComparison.Ordinal));
        Assert.Equal("ended", Assert.Single(await bench.QueryAsync<string>("select state from grants")));
    }

    [Fact]
    public async Task Why_says_each_rule_and_opens_the_form_filled()
    {
        await using var bench = await StartAsync();
        await bench.SayAsync("ana", $"why {TestCatalog.Logs}");
        await bench.PressAsync("ana", await bench.UntilToldAsync("ana", "You may ask for Logs."), "request_access");
        Assert.Equal(TestCatalog.Logs, (await bench.UntilFormAsync("ana", "data-owners"))["entitlement"]);
        await bench.SayAsync("ana", "why");
        await bench.UntilToldAsync("ana", "why ENTITLEMENT");
    }

    [Fact]
    public async Task Why_tells_a_hidden_name_like_one_that_does_not_exist()
    {
        await using var bench = await StartAsync(TestCatalog.Of(e => e with { Hidden = true, Eligible = ["data-owners"] }));
        await bench.SayAsync("ana", $"why {TestCatalog.Logs}");
        var hidden = (await bench.UntilToldAsync("ana", $"There is no entitlement {TestCatalog.Logs}.")).Text;
        await bench.SayAsync("ana", "why nothing:here");
        var nothing = (await bench.UntilToldAsync("ana", "There is no entitlement nothing:here.")).Text;
        Assert.Equal(hidden.Replace(TestCatalog.Logs, "X", StringComparison.Ordinal), nothing.Replace("nothing:here", "X", StringComparison.Ordinal));
    }
}

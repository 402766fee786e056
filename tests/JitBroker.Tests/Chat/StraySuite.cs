using JitBroker.Leases;
using JitBroker.Requests;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Chat;

/// <summary>Attack E6: messages that nobody registered, or that were not edited when they should have been. The first press puts each right, for whoever may read it and for nobody else.</summary>
public abstract class StraySuite(Wiring wiring) : ChatSuite(wiring)
{
    [Fact]
    public async Task A_post_whose_answer_was_lost_is_posted_again_and_the_unknown_copy_is_corrected_at_its_first_press()
    {
        await using var bench = await StartAsync();

        // From here on her private chat is known, so that it is the card whose answer is lost.
        await bench.SayAsync("ana", "whoami");
        await bench.UntilToldAsync("ana", "You are Ana");
        await bench.LosePostAsync();
        await bench.SayAsync("ana", "request logs:read 1h INC-1");
        await bench.UntilCardAsync("asks for");
        bench.Clock.Advance(TimeSpan.FromSeconds(10));
        await bench.UntilAsync(async () => (await bench.SeesAsync("bea")).Count == 2);
        await bench.UntilAsync(async () => (await CopiesAsync(bench)).Count == 1);

        var unknown = (await bench.SeesAsync("bea"))[0];
        await bench.PressAsync("bea", unknown, "approve");
        await bench.UntilAsync(async () => (await bench.SeesAsync("bea")).All(m => m.Text.Contains("ready for Ana", StringComparison.Ordinal)));
        Assert.Single(await bench.QueryAsync<string>("select id from grants"));
        Assert.Equal(2, (await CopiesAsync(bench)).Count);
    }

    [Theory]
    [InlineData("approve", "ready for Ana")]
    [InlineData("approve_less", "Denied by Eli")]
    [InlineData("deny", "Denied by Eli")]
    public async Task Each_button_of_an_unknown_card_corrects_it(string action, string becomes)
    {
        await using var bench = await StartAsync();
        var card = await bench.AskAsync();
        await bench.ForgetCopyAsync(card);
        await bench.PressAsync("bea", card, action);
        await bench.UntilAsync(async () => (await CopiesAsync(bench)).Count == 1);
        if (action != "approve")
        {
            var id = (await bench.QueryAsync<string>("select id from requests"))[0];
            await bench.Get<DecideRequest>().HandleAsync(TestBroker.As("eli"), new DecideOrder(id, Approve: false, "not now"), null, CancellationToken.None);
        }

        await bench.UntilCardAsync(becomes);
        Assert.False((await bench.CardAsync())!.Has("approve"));
    }

    [Theory]
    [InlineData("cancel", "Withdrawn by Ana")]
    [InlineData("done", "by Ana (done)")]
    [InlineData("request_again", "by Ana (done)")]
    public async Task Each_button_of_ones_own_unknown_card_corrects_it(string action, string becomes)
    {
        await using var bench = await StartAsync();
        var grant = action == "cancel" ? null : await bench.GrantedAsync();
        if (grant is null)
            await bench.AskAsync();
        if (action == "request_again")
            await bench.SayAsync("ana", "done");
        var card = await OwnAsync(bench, "ana", action);
        await bench.ForgetCopyAsync(card);
        await bench.PressAsync("ana", card, action);
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select id from copies where message = @id and template = 'asker_card'", new { id = bench.IdOf(card) })).Count == 1);
        await EndAsync(bench);
        await bench.UntilAsync(async () => (await bench.SeesAsync("ana", Place.Direct)).First(m => bench.IdOf(m) == bench.IdOf(card)).Text.Contains(becomes, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("end_now")]
    [InlineData("review")]
    public async Task Each_button_of_an_unknown_emergency_card_corrects_it(string action)
    {
        await using var bench = await StartAsync(EmergencyCatalog.Of(), ["fay", "gus"], loud: true);
        await bench.Get<TakeBreakGlass>().HandleAsync(TestBroker.As("cy"), new EmergencyOrder(TestCatalog.Logs, null, "INC-77", "checkout down"), null, CancellationToken.None);
        var card = await bench.UntilButtonAsync("eli", action, Place.Loud);
        await bench.ForgetCopyAsync(card);
        await bench.PressAsync("eli", card, action);
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select id from copies where message = @id and template = 'emergency_card'", new { id = bench.IdOf(card) })).Count == 1);
        await bench.SayAsync("cy", "done");
        await EndAsync(bench);
        await bench.UntilCardAsync(action == "review" ? "by Cy (done)" : "by Eli", "fay", Place.Loud);
    }

    [Fact]
    public async Task A_known_card_whose_edit_was_given_up_is_corrected_at_its_next_press()
    {
        await using var bench = await StartAsync();
        var card = await bench.AskAsync();
        await bench.RefuseEditAsync();
        await bench.PressAsync("bea", card, "approve");
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select state from deliveries where copy_id is not null")).Contains("dead"));
        var id = (await bench.QueryAsync<string>("select id from requests"))[0];
        await bench.ForgePressAsync("dan", "approve", id, card);
        var known = await bench.QueryAsync<string>("select message from copies where template = 'asker_card'");
        await bench.ForgePressAsync("ana", "cancel", id, (await bench.SeesAsync("ana", Place.Direct)).First(m => known.Contains(bench.IdOf(m))));
        await bench.UntilCardAsync("ready for Ana", "cy");
        await bench.UntilCardAsync("ready for Ana", "ana", Place.Direct);
    }

    [Fact]
    public async Task A_press_with_somebody_elses_request_forged_into_it_shows_that_request_to_nobody()
    {
        await using var bench = await StartAsync();
        await bench.AskAsync("ana", reason: "INC-1 a secret plan");
        var id = (await bench.QueryAsync<string>("select id from requests"))[0];
        await bench.AskAsync("cy", TestCatalog.Auto);
        var own = await OwnAsync(bench, "cy", "collect");
        await bench.ForgePressAsync("cy", "approve", id, own);
        await bench.UntilAsync(async () => (await bench.ToldAsync("cy")).Concat(await bench.SeesAsync("cy", Place.Direct)).Any(m => m.Text.Contains("not among those who decide", StringComparison.Ordinal)));
        await bench.Host.RingAsync();
        Assert.DoesNotContain("a secret plan", string.Concat((await bench.SeesAsync("cy", Place.Direct)).Select(m => m.Text)), StringComparison.Ordinal);
        Assert.Equal(["asker_card"], await bench.QueryAsync<string>("select template from copies where message = @id", new { id = bench.IdOf(own) }));
    }

    private static Task<IReadOnlyList<string>> CopiesAsync(ChatBench bench) => bench.QueryAsync<string>("select id from copies where template = 'approval_card'");

    /// <summary>Their own card with that button, and not an answer that has it too.</summary>
    private static async Task<Seen> OwnAsync(ChatBench bench, string person, string action)
    {
        Seen? card = null;
        await bench.UntilAsync(async () =>
        {
            var known = await bench.QueryAsync<string>("select message from copies where template = 'asker_card'");
            return (card = (await bench.SeesAsync(person, Place.Direct)).LastOrDefault(m => m.Has(action) && known.Contains(bench.IdOf(m)))) is not null;
        });
        return card!;
    }

    private static async Task EndAsync(ChatBench bench)
    {
        await bench.Get<RevokeDueLeases>().RunAsync(CancellationToken.None);
        await bench.Get<RevokeDueLeases>().IdleAsync(CancellationToken.None);
    }
}

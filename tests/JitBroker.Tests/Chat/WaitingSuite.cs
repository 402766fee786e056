using JitBroker.Catalog;
using JitBroker.Requests;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Chat;

/// <summary>What people see while nobody decides.</summary>
public abstract class WaitingSuite(Wiring wiring) : ChatSuite(wiring)
{
    [Fact]
    public async Task A_reminder_stands_in_the_cards_thread_and_mentions_those_who_were_asked_and_nobody_else()
    {
        await using var bench = await StartAsync(Catalog(TestCatalog.Rule(new Clause("data-owners", 1, TimeSpan.FromMinutes(15)))));
        var card = await bench.AskAsync(reason: $"INC-42 {bench.MentionOf("cy")} <!channel>");

        bench.Clock.Advance(TimeSpan.FromMinutes(15));
        await bench.Get<NudgeRequests>().RunAsync(CancellationToken.None);
        await bench.UntilAsync(async () => (await ThreadAsync(bench, card)).Count > 0);

        var note = Assert.Single(await ThreadAsync(bench, card));
        Assert.Contains($"Still waiting after 15 min: {bench.MentionOf("bea")}, {bench.MentionOf("eli")}", note.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(bench.MentionOf("cy"), note.Text, StringComparison.Ordinal);
        Assert.Equal(["sent"], await bench.QueryAsync<string>("select state from deliveries where template = 'thread_note'"));
    }

    [Fact]
    public async Task When_a_stage_opens_its_people_get_a_card_of_their_own_and_the_thread_says_so()
    {
        var staged = new ApprovalRule(null, [new Stage([new Alternative([new Clause("data-owners", 1)])]), new Stage([new Alternative([new Clause("platform", 1)])])]);
        await using var bench = await StartAsync(Catalog(staged));
        var card = await bench.AskAsync();
        Assert.Contains("Step 1 of 2, now: data-owners 0 of 1 · Step 2 of 2, later: platform 0 of 1", card.Text, StringComparison.Ordinal);
        Assert.Contains("needs 1 approval", card.Text, StringComparison.Ordinal);
        Assert.Null(await bench.CardAsync("dan", Place.Direct));

        await bench.PressAsync("dan", card, "approve");
        await bench.UntilToldAsync("dan", "It is not your turn yet");
        await bench.PressAsync("bea", card, "approve");
        await bench.UntilCardAsync("Asked you because you are in platform", "dan", Place.Direct);
        await bench.UntilAsync(async () => (await ThreadAsync(bench, card)).Count > 0);

        Assert.Contains($"Now it is the turn of {bench.MentionOf("dan")}", Assert.Single(await ThreadAsync(bench, card)).Text, StringComparison.Ordinal);
        await bench.PressAsync("dan", await bench.UntilButtonAsync("dan", "approve"), "approve");
        await bench.UntilCardAsync("ready for Ana", "dan", Place.Direct);
        Assert.Equal("active", Assert.Single(await bench.QueryAsync<string>("select state from grants")));
    }

    [Fact]
    public async Task The_asker_of_what_lapsed_is_told_in_a_new_message()
    {
        await using var bench = await StartAsync(Catalog(TestCatalog.Rule(new Clause("data-owners", 1))));
        await bench.AskAsync();

        bench.Clock.Advance(TimeSpan.FromHours(4));
        await bench.Get<LapseRequests>().RunAsync(CancellationToken.None);
        Assert.True((await bench.UntilCardAsync("Your request for Logs, 1 h: Lapsed", "ana", Place.Direct)).Has("request_again"));
    }

    private static CatalogSnapshot Catalog(ApprovalRule rule) =>
        TestCatalog.With(["bea@example.com", "eli@example.com"], e => e.Name == TestCatalog.Logs ? e with { Approval = rule } : e);

    private static async Task<IReadOnlyList<Seen>> ThreadAsync(ChatBench bench, Seen card) => [.. (await bench.SeesAsync("bea")).Where(m => bench.ThreadOf(m) == bench.IdOf(card))];
}

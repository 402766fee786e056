using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Chat;

/// <summary>A yes to less than was asked, by its form: never to more (D6).</summary>
public abstract class ApproveLessSuite(Wiring wiring) : ChatSuite(wiring)
{
    [Fact]
    public async Task It_is_granted_for_less_and_every_card_says_so()
    {
        await using var bench = await StartAsync();
        await OpenAsync(bench, await bench.AskAsync());
        Assert.True((await bench.SubmitAsync("bea", ("duration", "20m"))).IsAccepted);
        var card = await bench.UntilCardAsync("Approved for 20 min by Bea");
        await bench.UntilCardAsync("Approved for 20 min by Bea", "ana", Place.Direct);
        var grant = Assert.Single(await bench.QueryAsync<Window>("select starts_at, ends_at from grants"));
        Assert.Equal(TimeSpan.FromMinutes(20), grant.EndsAt - grant.StartsAt);
        Assert.Contains("· 1 h", card.Text, StringComparison.Ordinal);
        Assert.Equal(1200, Assert.Single(await bench.QueryAsync<long>("select duration_s from decisions")));
    }

    [Fact]
    public async Task A_preset_is_enough_and_no_preset_is_wider_than_was_asked()
    {
        await using var bench = await StartAsync();
        await OpenAsync(bench, await bench.AskAsync());
        Assert.DoesNotContain("2 h", (await bench.FormAsync("bea"))!.Text, StringComparison.Ordinal);
        Assert.True((await bench.SubmitAsync("bea")).IsAccepted);
        await bench.UntilCardAsync("Approved for 30 min by Bea");
    }

    [Theory]
    [InlineData("2h", "2 h is more than the 1 h that was asked for", "wider_than_asked")]
    [InlineData("soon", "soon", "invalid_duration")]
    [InlineData("0m", "", "invalid_duration")]
    public async Task What_is_typed_wrong_is_said_at_its_field_and_stays_there(string typed, string says, string code)
    {
        await using var bench = await StartAsync();
        await OpenAsync(bench, await bench.AskAsync());
        Assert.Contains(says, (await bench.SubmitAsync("bea", ("duration", typed))).Faults["duration"], StringComparison.Ordinal);
        Assert.Equal(typed, (await bench.FormAsync("bea"))!["duration"]);
        Assert.Equal("pending", Assert.Single(await bench.QueryAsync<string>("select state from requests")));
        Assert.Contains(code, Assert.Single(await bench.QueryAsync<string>("select data from events where type = 'refused'")), StringComparison.Ordinal);

        Assert.True((await bench.SubmitAsync("bea", ("duration", "PT30M"))).IsAccepted);
        await bench.UntilCardAsync("Approved for 30 min by Bea");
    }

    [Fact]
    public async Task A_form_that_is_sent_empty_says_what_is_missing_and_an_opened_one_says_nothing()
    {
        await using var bench = await StartAsync();
        await OpenAsync(bench, await bench.AskAsync());
        Assert.DoesNotContain("not a duration", (await bench.FormAsync("bea"))!.Text, StringComparison.Ordinal);
        Assert.NotEmpty((await bench.SendEmptyAsync("bea")).Faults["duration"]);
        Assert.Equal("pending", Assert.Single(await bench.QueryAsync<string>("select state from requests")));
        Assert.Empty(await bench.QueryAsync<string>("select id from decisions"));
        Assert.Contains("invalid_duration", Assert.Single(await bench.QueryAsync<string>("select data from events where type = 'refused'")), StringComparison.Ordinal);

        Assert.True((await bench.SubmitAsync("bea", ("preset", "PT30M"), ("duration", "20m"))).IsAccepted);
        await bench.UntilCardAsync("Approved for 20 min by Bea");
    }

    [Fact]
    public async Task Of_two_approvals_the_shorter_holds_and_the_card_says_who_gave_what()
    {
        await using var bench = await StartAsync();
        await OpenAsync(bench, await bench.AskAsync(entitlement: TestCatalog.Two));
        await bench.SubmitAsync("bea", ("duration", "10m"));
        Assert.Contains("for 10 min", (await bench.UntilCardAsync("1 of 2 approved")).Text, StringComparison.Ordinal);
        await bench.PressAsync("dan", (await bench.CardAsync("dan"))!, "approve");
        await bench.UntilCardAsync("Approved for 10 min by Bea");
    }

    [Fact]
    public async Task Neither_the_asker_nor_one_who_has_no_say_gets_the_form()
    {
        await using var bench = await StartAsync();
        var card = await bench.AskAsync();
        await bench.PressAsync("ana", card, "approve_less");
        await bench.UntilToldAsync("ana", "can't decide your own");
        await bench.PressAsync("cy", card, "approve_less");
        await bench.UntilToldAsync("cy", "not among those who decide");
        Assert.Null(await bench.FormAsync("ana"));
        Assert.Null(await bench.FormAsync("cy"));
        Assert.Equal(2, (await bench.QueryAsync<string>("select id from events where type = 'refused'")).Count);
    }

    [Theory]
    [InlineData("ana", "can't decide your own")]
    [InlineData("cy", "not among those who decide")]
    public async Task A_form_that_is_forged_decides_nothing(string who, string says)
    {
        await using var bench = await StartAsync();
        await bench.AskAsync();
        var id = (await bench.QueryAsync<string>("select id from requests"))[0];
        foreach (var typed in new[] { "10m", "nonsense" })
            Assert.Contains(says, (await bench.ForgeFormAsync(who, "approve_less", id, ("duration", typed))).Says, StringComparison.Ordinal);

        Assert.Empty(await bench.QueryAsync<string>("select id from decisions"));
        Assert.Contains("no request", (await bench.ForgeFormAsync("bea", "approve_less", "01JDA0000000000000000REQ01", ("duration", "10m"))).Says, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_the_decision_the_form_is_told_who_won()
    {
        await using var bench = await StartAsync();
        var card = await bench.AskAsync();
        await OpenAsync(bench, card);
        await bench.PressAsync("dan", card, "approve");
        await bench.UntilCardAsync("ready for Ana", "dan");
        var id = (await bench.QueryAsync<string>("select id from requests"))[0];
        Assert.Contains("Dan approved this", (await bench.ForgeFormAsync("bea", "approve_less", id, ("duration", "10m"))).Says, StringComparison.Ordinal);
    }

    private static async Task OpenAsync(ChatBench bench, Seen card)
    {
        await bench.PressAsync("bea", card, "approve_less");
        await bench.UntilFormAsync("bea", "never for more");
    }

    private sealed record Window
    {
        public required DateTimeOffset StartsAt { get; init; }

        public required DateTimeOffset EndsAt { get; init; }
    }
}

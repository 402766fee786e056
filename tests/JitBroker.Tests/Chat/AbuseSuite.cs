using JitBroker.Catalog;
using JitBroker.Requests;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Chat;

/// <summary>Abuse by buttons, forms and words that must fail on every surface; <c>tests/README.md</c> says which row each test shows.</summary>
public abstract class AbuseSuite(Wiring wiring) : ChatSuite(wiring)
{
    [Fact]
    public async Task The_asker_who_is_an_admin_and_an_owner_cannot_decide_by_any_button_or_form()
    {
        var catalog = TestCatalog.With(["ana@example.com", "bea@example.com"]);
        var groups = catalog.Groups.ToDictionary(g => g.Key, g => g.Value, StringComparer.Ordinal);
        groups["platform"] = groups["platform"] with { Members = System.Collections.Frozen.FrozenSet.ToFrozenSet(["ana@example.com"], StringComparer.Ordinal) };
        await using var bench = await StartAsync(catalog with { Groups = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(groups, StringComparer.Ordinal) });
        var card = await bench.AskAsync();
        var id = (await bench.QueryAsync<string>("select id from requests"))[0];
        foreach (var action in new[] { "approve", "approve_less", "deny" })
        {
            await bench.ForgePressAsync("ana", action, id, card);
            await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select id from events where type = 'refused'")).Count == (action switch { "approve" => 1, "approve_less" => 2, _ => 3 }));
            await bench.UntilToldAsync("ana", "You can't decide your own request.");
        }

        Assert.Contains("own request", (await bench.ForgeFormAsync("ana", "approve_less", id, ("duration", "10m"))).Says, StringComparison.Ordinal);
        Assert.Contains("own request", (await bench.ForgeFormAsync("ana", "deny", id, ("reason", "x"))).Says, StringComparison.Ordinal);
        Assert.Equal("pending", Assert.Single(await bench.QueryAsync<string>("select state from requests")));
        Assert.Empty(await bench.QueryAsync<string>("select id from decisions"));
        Assert.All(await bench.QueryAsync<string>("select data from events where type = 'refused'"), d => Assert.Contains("own_request", d, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_sixty_four_presses_and_forms_at_once_one_settles_and_every_other_is_told_so()
    {
        await using var bench = await StartAsync();
        var card = await bench.AskAsync();
        var id = (await bench.QueryAsync<string>("select id from requests"))[0];
        var acts = Enumerable.Range(0, 16).SelectMany(_ => new Func<Task>[]
        {
            () => bench.ForgePressAsync("bea", "approve", id, card),
            () => bench.ForgePressAsync("dan", "approve", id, card),
            () => bench.ForgePressAsync("eli", "approve", id, card),
            () => bench.ForgeFormAsync("eli", "deny", id, ("reason", "not now")),
        });
        await Task.WhenAll(acts.Select(a => a()));

        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select id from events where type = 'refused'")).Count == 63);
        var state = Assert.Single(await bench.QueryAsync<string>("select state from requests"));
        Assert.Single(await bench.QueryAsync<string>("select id from decisions"));
        Assert.Equal(state == "approved" ? 1 : 0, (await bench.QueryAsync<string>("select id from grants")).Count);
        Assert.Single(await bench.QueryAsync<string>("select id from events where type in ('request.approved', 'request.denied')"));
        await bench.UntilAsync(async () =>
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            return (await bench.CardAsync())!.Text.Contains(state == "approved" ? "ready for Ana" : "Denied by Eli", StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task One_who_left_the_group_after_the_card_was_posted_decides_nothing_and_an_earlier_vote_counts_no_more()
    {
        await using var bench = await StartAsync();
        var card = await bench.AskAsync(entitlement: TestCatalog.Two);
        await bench.PressAsync("bea", card, "approve");
        await bench.UntilCardAsync("1 of 2 approved (Bea", "dan");

        bench.Replace(TestCatalog.With(["dan@example.com", "eli@example.com"]));
        await bench.PressAsync("dan", (await bench.CardAsync("dan"))!, "approve");
        var now = await bench.UntilCardAsync("1 of 2 approved (Dan", "dan");
        Assert.Contains("Bea", now.Text, StringComparison.Ordinal);
        Assert.Empty(await bench.QueryAsync<string>("select id from grants"));
        await bench.ForgePressAsync("bea", "deny", (await bench.QueryAsync<string>("select id from requests"))[0], card);
        await bench.UntilToldAsync("bea", "You are not among those who decide this");

        await bench.PressAsync("eli", (await bench.CardAsync("eli"))!, "approve");
        await bench.UntilCardAsync("ready for Ana", "dan");
        Assert.Equal(["bea 0", "dan 1", "eli 1"], (await bench.QueryAsync<string>("select substr(person, 1, 3) || ' ' || counted from decisions order by person")));
    }

    [Fact]
    public async Task One_who_is_in_the_catalog_no_more_decides_nothing_with_the_card_before_them()
    {
        await using var bench = await StartAsync();
        var card = await bench.AskAsync();
        var without = TestCatalog.Of();
        bench.Replace(without with { People = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(without.People.Where(p => p.Key != "bea@example.com"), StringComparer.Ordinal) });
        await bench.PressAsync("bea", card, "approve");
        await bench.UntilToldAsync("bea", "I don't know who you are yet");
        Assert.Equal("pending", Assert.Single(await bench.QueryAsync<string>("select state from requests")));
        Assert.Single(await bench.QueryAsync<string>("select id from events where type = 'refused'"));
    }

    [Theory]
    [InlineData("lapsed")]
    [InlineData("withdrawn")]
    [InlineData("removed")]
    [InlineData("ended")]
    public async Task A_stored_button_grants_nothing_again(string over)
    {
        await using var bench = await StartAsync();
        var card = await bench.AskAsync();
        var id = (await bench.QueryAsync<string>("select id from requests"))[0];
        switch (over)
        {
            case "lapsed":
                bench.Clock.Advance(TimeSpan.FromHours(5));
                await bench.Get<LapseRequests>().RunAsync(CancellationToken.None);
                break;
            case "withdrawn":
                await bench.SayAsync("ana", "cancel");
                await bench.UntilCardAsync("Withdrawn by Ana");
                break;
            case "removed":
                bench.Replace(TestCatalog.Of() with { Entitlements = System.Collections.Frozen.FrozenDictionary<string, Entitlement>.Empty });
                break;
            default:
                await bench.PressAsync("bea", card, "approve");
                await bench.UntilCardAsync("ready for Ana");
                await bench.SayAsync("ana", "done");
                await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select state from grants"))[0] == "ended");
                break;
        }

        var grants = await bench.QueryAsync<string>("select id || state from grants");
        await bench.ForgePressAsync("dan", "approve", id, card);
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select data from events where type = 'refused'")).Any(d => d.Contains("already_settled", StringComparison.Ordinal)));
        Assert.NotEmpty((await bench.ForgeFormAsync("eli", "approve_less", id, ("duration", "10m"))).Says);
        Assert.Equal(grants, await bench.QueryAsync<string>("select id || state from grants"));
        Assert.DoesNotContain("pending", await bench.QueryAsync<string>("select state from requests"));
        await bench.UntilAsync(async () => !(await bench.CardAsync("eli"))!.Has("approve"));
    }

    [Fact]
    public async Task A_hostile_reason_is_shown_inert_on_one_line_and_forges_no_line_of_ours()
    {
        await using var bench = await StartAsync();
        await bench.SayAsync("ana", "request logs:read 1h INC-1 <!channel> <@U0BEA> <at>Bea</at> [prod](https://evil.example) <b>x</b> # *Approved by Bea 12:03* \u202Egnp.exe");
        var card = await bench.UntilCardAsync("asks for");
        Assert.Contains("Approved by Bea 12:03", card.Text, StringComparison.Ordinal);
        var live = bench.LiveOf(card);
        foreach (var hostile in new[] { "<!channel>", "<@U0BEA>", "<at>", "](https", "evil.example", "<b>", "Approved by Bea 12:03", "\u202E" })
            Assert.DoesNotContain(hostile, live, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202E', card.Raw.ToJsonString());
        Assert.DoesNotContain("\\u202E", card.Raw.ToJsonString(), StringComparison.OrdinalIgnoreCase);
        await bench.UntilButtonAsync("bea", "approve", Place.Requests);
    }

    [Fact]
    public async Task A_reason_without_end_is_told_at_its_field_and_asks_for_nothing()
    {
        await using var bench = await StartAsync();
        await bench.SayAsync("ana", "request logs:read 1h INC-1 " + new string('x', 20_000));
        Assert.InRange((await bench.UntilFormAsync("ana", "at most 2,000 characters"))["reason"]!.Length, 1, 2_000);
        var forged = await bench.ForgeFormAsync("ana", "request", "", ("entitlement", TestCatalog.Logs), ("duration", "PT1H"), ("reason", "INC-1 " + new string('x', 20_000)));
        Assert.Contains("at most 2,000 characters", forged.Faults["reason"], StringComparison.Ordinal);
        Assert.Empty(await bench.QueryAsync<string>("select id from requests"));
    }
}

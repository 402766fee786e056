using System.Collections.Frozen;
using System.Text.RegularExpressions;
using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Chat;

/// <summary>Linking a second account by a code, over the wire.</summary>
public abstract partial class LinkSuite(Wiring wiring) : ChatSuite(wiring)
{
    [Fact]
    public async Task An_account_that_is_nobodys_is_linked_by_a_code_once_its_person_says_so_where_they_are_known()
    {
        await using var bench = await FayAsync();
        await bench.SayAsync("fay", "mine");
        Assert.True((await bench.UntilToldAsync("fay", "I don't know who you are yet")).Has("link_account"));

        var code = await CodeAsync(bench, "ana");
        await bench.SayAsync("fay", "link " + code);
        await bench.UntilToldAsync("fay", "where I know them, to confirm that this account is theirs");
        var question = await bench.UntilButtonAsync("ana", "link_confirm");
        Assert.Contains($"Is {bench.SaidOf("fay")} yours?", question.Text, StringComparison.Ordinal);
        Assert.Contains($"as you do by {bench.SaidOf("ana")}", question.Text, StringComparison.Ordinal);
        Assert.Contains("It says it is: Fay", question.Text, StringComparison.Ordinal);
        Assert.Contains("The code was typed at", question.Text, StringComparison.Ordinal);
        Assert.Empty(await bench.QueryAsync<string>("select id from identities"));

        await bench.PressAsync("ana", question, "link_confirm");
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select id from identities")).Count == 1);
        await bench.UntilCardAsync("was linked to you", "ana", Place.Direct);
        await bench.UntilCardAsync("is you from now on", "ana", Place.Direct);
        Assert.DoesNotContain(await bench.SeesAsync("ana", Place.Direct), m => m.Has("link_confirm"));
        await bench.SayAsync("fay", "whoami");
        await bench.UntilToldAsync("fay", "You are Ana");
        Assert.Equal(["link.typed", "link.confirmed", "identity.linked"], await bench.QueryAsync<string>("select type from events where aggregate in ('link', 'identity') order by at, id"));

        await bench.PressAsync("fay", await bench.AskAsync(), "approve");
        await bench.UntilToldAsync("fay", "You can't decide your own request.");
        await bench.SayAsync("cy", "link " + code);
        await bench.UntilToldAsync("cy", "I don't know this code");
    }

    [Fact]
    public async Task The_account_that_is_nobodys_may_show_the_code_and_the_person_who_types_it_is_asked()
    {
        await using var bench = await FayAsync();
        await bench.SayAsync("fay", "pending");
        await bench.PressAsync("fay", await bench.UntilToldAsync("fay", "I don't know who you are yet"), "link_account");
        var code = Code().Match((await bench.UntilToldAsync("fay", "/access link")).Text).Value;

        await bench.SayAsync("ana", "link " + code.ToLowerInvariant());
        await bench.PressAsync("ana", await bench.UntilToldAsync("ana", $"Is {bench.SaidOf("fay")} yours?"), "link_refuse");
        await bench.UntilToldAsync("ana", "nothing was linked");

        Assert.Empty(await bench.QueryAsync<string>("select id from identities"));
        Assert.Equal("refused", Assert.Single(await bench.QueryAsync<string>("select state from links")));
    }

    [Fact]
    public async Task A_code_that_was_talked_out_of_somebody_is_worth_nothing_without_their_yes()
    {
        await using var bench = await FayAsync();
        await bench.SayAsync("fay", "link " + await CodeAsync(bench, "ana"));
        await bench.UntilToldAsync("fay", "where I know them");
        var link = (await bench.QueryAsync<string>("select id from links"))[0];

        await bench.ForgePressAsync("fay", "link_confirm", link);
        await bench.UntilToldAsync("fay", "I don't know who you are yet");
        await bench.ForgePressAsync("cy", "link_confirm", link);
        await bench.UntilToldAsync("cy", "not yours to confirm");
        bench.Clock.Advance(TimeSpan.FromMinutes(5));
        await bench.ForgePressAsync("ana", "link_confirm", link);
        await bench.UntilToldAsync("ana", "This has expired");

        Assert.Empty(await bench.QueryAsync<string>("select id from identities"));
    }

    [Fact]
    public async Task An_account_that_is_somebodys_is_linked_to_nobody_else_and_two_that_are_nobodys_to_nobody()
    {
        await using var bench = await FayAsync();
        await bench.SayAsync("bea", "link " + await CodeAsync(bench, "ana"));
        await bench.UntilToldAsync("bea", "This account is somebody else's already");
        await bench.SayAsync("ana", "link " + await CodeAsync(bench, "ana"));
        await bench.UntilToldAsync("ana", "Both are you already");
        await bench.JoinAsync("gil", "Gil");
        await bench.SayAsync("gil", "link " + await CodeAsync(bench, "fay"));
        await bench.UntilToldAsync("gil", "I know neither of the two accounts");

        Assert.Empty(await bench.QueryAsync<string>("select id from identities"));
        Assert.Equal(["bea@example.com", "ana@example.com"], await bench.QueryAsync<string>("select actor from events where type = 'refused' and actor is not null order by at, id"));
    }

    [Fact]
    public async Task Three_unknown_codes_lock_linking_for_a_person_and_for_an_account_that_is_nobodys()
    {
        await using var bench = await FayAsync();
        foreach (var who in new[] { "cy", "fay" })
        {
            for (var i = 0; i < 3; i++)
            {
                await bench.SayAsync(who, $"link BCDF-GHJ{"KLM"[i]}");
                var misses = i + 1;
                await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select id from sign_in_misses where person like @who", new { who = who == "cy" ? "cy@%" : bench.Surface + ":%" })).Count == misses);
            }

            await bench.SayAsync(who, "link " + await CodeAsync(bench, "ana"));
            await bench.UntilToldAsync(who, "linking and login are locked for you");
        }

        Assert.All(await bench.QueryAsync<string>("select state from links"), s => Assert.Equal("shown", s));
    }

    [Theory]
    [InlineData("bot", "a bot")]
    [InlineData("guest", "a guest's")]
    [InlineData("foreign", "another workspace")]
    public async Task An_account_that_is_not_in_order_is_linked_by_no_code(string what, string told)
    {
        await using var bench = await FayAsync();
        await bench.BecomesAsync("fay", what);

        await bench.SayAsync("fay", "link");
        await bench.UntilToldAsync("fay", told);

        Assert.Empty(await bench.QueryAsync<string>("select id from links"));
        Assert.Empty(await bench.QueryAsync<string>("select id from identities"));
    }

    /// <summary>With Fay, whom nobody knows.</summary>
    private Task<ChatBench> FayAsync()
    {
        var catalog = TestCatalog.Of();
        var people = catalog.People.Append(KeyValuePair.Create("gus@example.com", new PersonEntry(new Person("gus@example.com", "Gus"), []))).ToFrozenDictionary(StringComparer.Ordinal);
        return StartAsync(catalog with { People = people }, ["fay"]);
    }

    private static async Task<string> CodeAsync(ChatBench bench, string who)
    {
        var before = (await bench.ToldAsync(who)).Select(t => Code().Match(t.Text).Value).ToHashSet(StringComparer.Ordinal);
        await bench.SayAsync(who, "link");
        var shown = "";
        await bench.UntilAsync(async () =>
        {
            shown = (await bench.ToldAsync(who)).Select(t => Code().Match(t.Text).Value).LastOrDefault(c => c.Length > 0 && !before.Contains(c)) ?? "";
            return shown.Length > 0;
        });
        return shown;
    }

    [GeneratedRegex("[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Code();
}

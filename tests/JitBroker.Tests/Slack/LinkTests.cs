using System.Collections.Frozen;
using System.Text.RegularExpressions;
using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Slack;

/// <summary>Linking a second account, by a code and by the profile's address, over the wire.</summary>
public sealed partial class LinkTests
{
    private static readonly string Ana = SlackBench.Direct("ana");

    [Fact]
    public async Task An_account_that_is_nobodys_is_linked_by_a_code_once_its_person_says_so_where_they_are_known()
    {
        await using var bench = await StartAsync();
        await bench.SayAsync("fay", "/access mine");
        await bench.UntilWhisperAsync("fay", "I don't know who you are yet");
        Assert.True(SlackBench.HasButton(await bench.WhisperAsync("fay"), "link_account"));

        var code = await CodeAsync(bench, "ana");
        await bench.SayAsync("fay", "/access link " + code);
        await bench.UntilWhisperAsync("fay", "where I know them, to confirm that this account is theirs");
        await bench.UntilCardAsync("Link the Slack account U0FAY (workspace T0EX) to you?", "ana", Ana);
        var question = SlackBench.Text(await bench.CardAsync("ana", Ana));
        Assert.Contains("as you do by the Slack account U0ANA (workspace T0EX)", question.Replace("*", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("It says it is: Fay Forger", question, StringComparison.Ordinal);
        Assert.Contains("The code was typed at", question, StringComparison.Ordinal);
        Assert.Empty(await bench.QueryAsync<string>("select id from identities"));

        await bench.PressAsync("ana", (await bench.CardAsync("ana", Ana))!, "link_confirm", Ana);
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select id from identities")).Count == 1);
        await bench.UntilCardAsync("was linked to you", "ana", Ana);
        await bench.UntilAsync(async () => (await bench.SeesAsync("ana", Ana)).Any(m => SlackBench.Text(m).Contains("is you from now on", StringComparison.Ordinal)));
        Assert.DoesNotContain(await bench.SeesAsync("ana", Ana), m => SlackBench.HasButton(m, "link_confirm"));
        await bench.SayAsync("fay", "/access whoami");
        await bench.UntilWhisperAsync("fay", "You are Ana");
        Assert.Equal(["link.typed", "link.confirmed", "identity.linked"], await bench.QueryAsync<string>("select type from events where aggregate in ('link', 'identity') order by at, id"));

        var card = await bench.AskAsync();
        await bench.PressAsync("fay", card, "approve");
        await bench.UntilWhisperAsync("fay", "You can't decide your own request.");
        await bench.SayAsync("cy", "/access link " + code);
        await bench.UntilWhisperAsync("cy", "I don't know this code");
    }

    [Fact]
    public async Task The_account_that_is_nobodys_may_show_the_code_and_the_person_who_types_it_is_asked()
    {
        await using var bench = await StartAsync();
        await bench.SayAsync("fay", "/access pending");
        await bench.UntilWhisperAsync("fay", "I don't know who you are yet");
        await bench.PressAsync("fay", (await bench.WhisperAsync("fay"))!, "link_account");
        await bench.UntilWhisperAsync("fay", "/access link");
        var code = Code().Match(SlackBench.Text(await bench.WhisperAsync("fay"))).Value;

        await bench.SayAsync("ana", "/access link " + code.ToLowerInvariant());
        await bench.UntilWhisperAsync("ana", "Link the Slack account U0FAY (workspace T0EX) to you?");
        await bench.PressAsync("ana", (await bench.WhisperAsync("ana"))!, "link_refuse");
        await bench.UntilWhisperAsync("ana", "nothing was linked");

        Assert.Empty(await bench.QueryAsync<string>("select id from identities"));
        Assert.Equal("refused", Assert.Single(await bench.QueryAsync<string>("select state from links")));
    }

    [Fact]
    public async Task A_code_that_was_talked_out_of_somebody_is_worth_nothing_without_their_yes()
    {
        await using var bench = await StartAsync();
        await bench.SayAsync("fay", "/access link " + await CodeAsync(bench, "ana"));
        await bench.UntilWhisperAsync("fay", "where I know them");
        var link = (await bench.QueryAsync<string>("select id from links"))[0];

        await bench.DoAsync("deliver", new { kind = "interaction", body = DecideTests.Press("U0FAY", "link_confirm", "1.1", link) });
        await bench.UntilWhisperAsync("fay", "I don't know who you are yet");
        await bench.DoAsync("deliver", new { kind = "interaction", body = DecideTests.Press("U0CY", "link_confirm", "1.2", link) });
        await bench.UntilWhisperAsync("cy", "not yours to confirm");
        bench.Clock.Advance(TimeSpan.FromMinutes(5));
        await bench.DoAsync("deliver", new { kind = "interaction", body = DecideTests.Press("U0ANA", "link_confirm", "1.3", link) });
        await bench.UntilWhisperAsync("ana", "This has expired");

        Assert.Empty(await bench.QueryAsync<string>("select id from identities"));
    }

    [Fact]
    public async Task An_account_that_is_somebodys_is_linked_to_nobody_else_and_two_that_are_nobodys_to_nobody()
    {
        await using var bench = await StartAsync();
        await bench.SayAsync("bea", "/access link " + await CodeAsync(bench, "ana"));
        await bench.UntilWhisperAsync("bea", "This account is somebody else's already");
        await bench.SayAsync("ana", "/access link " + await CodeAsync(bench, "ana"));
        await bench.UntilWhisperAsync("ana", "Both are you already");
        await bench.DoAsync("person", new { id = "U0GIL", handle = "gil", name = "Gil", join = new[] { SlackBench.Channel } });
        await bench.SayAsync("gil", "/access link " + await CodeAsync(bench, "fay"));
        await bench.UntilWhisperAsync("gil", "I know neither of the two accounts");

        Assert.Empty(await bench.QueryAsync<string>("select id from identities"));
        Assert.Equal(["bea@example.com", "ana@example.com"], await bench.QueryAsync<string>("select actor from events where type = 'refused' and actor is not null order by at, id"));
    }

    [Fact]
    public async Task Three_unknown_codes_lock_linking_for_a_person_and_for_an_account_that_is_nobodys()
    {
        await using var bench = await StartAsync();
        foreach (var who in new[] { "cy", "fay" })
        {
            for (var i = 0; i < 3; i++)
            {
                await bench.SayAsync(who, $"/access link BCDF-GHJ{"KLM"[i]}");
                await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select id from sign_in_misses where person like @who", new { who = who == "cy" ? "cy@%" : "slack:%" })).Count == i + 1);
            }

            await bench.SayAsync(who, "/access link " + await CodeAsync(bench, "ana"));
            await bench.UntilWhisperAsync(who, "linking and login are locked for you");
        }

        Assert.All(await bench.QueryAsync<string>("select state from links"), s => Assert.Equal("shown", s));
    }

    [Theory]
    [InlineData("deleted", "deactivated")]
    [InlineData("is_bot", "a bot")]
    [InlineData("is_restricted", "a guest's")]
    [InlineData("is_ultra_restricted", "a guest's")]
    public async Task An_account_that_is_not_in_order_is_linked_neither_by_a_code_nor_by_its_profile(string flaw, string told)
    {
        await using var bench = await StartAsync(byProfile: true);
        await bench.DoAsync("person", new Dictionary<string, object> { ["id"] = "U0FAY", ["email"] = "gus@example.com", ["is_email_confirmed"] = true, [flaw] = true });

        await bench.SayAsync("fay", "/access link");
        await bench.UntilWhisperAsync("fay", told);
        await bench.SayAsync("fay", "/access whoami");
        await bench.UntilWhisperAsync("fay", "I don't know who you are yet");

        Assert.Empty(await bench.QueryAsync<string>("select id from links"));
        Assert.Empty(await bench.QueryAsync<string>("select id from identities"));
    }

    [Fact]
    public async Task An_account_of_another_workspace_is_linked_neither_by_a_code_nor_by_its_profile()
    {
        await using var bench = await StartAsync(byProfile: true);
        await bench.DoAsync("person", new { id = "U0FAY", email = "gus@example.com", is_email_confirmed = true, team_id = "T0OTHER" });

        foreach (var text in new[] { "/access link", "/access link BCDF-GHJK", "/access whoami" })
        {
            await bench.SayAsync("fay", text);
            await bench.UntilWhisperAsync("fay", "another workspace");
        }

        Assert.Empty(await bench.QueryAsync<string>("select id from links"));
        Assert.Empty(await bench.QueryAsync<string>("select id from identities"));
    }

    [Fact]
    public async Task A_confirmed_address_links_once_and_what_the_profile_says_later_changes_nothing()
    {
        await using var bench = await StartAsync(byProfile: true);
        await bench.DoAsync("person", new { id = "U0FAY", email = "Gus@Example.com", is_email_confirmed = true });
        await bench.SayAsync("fay", "/access whoami");
        await bench.UntilWhisperAsync("fay", "You are Gus");
        await bench.UntilIdleAsync();

        await bench.DoAsync("person", new { id = "U0FAY", email = "bea@example.com", is_email_confirmed = true });
        bench.Clock.Advance(TimeSpan.FromMinutes(2));
        await bench.SayAsync("fay", "/access mine");
        await bench.UntilWhisperAsync("fay", "You hold no access");
        await bench.UntilIdleAsync();
        await bench.SayAsync("fay", "/access whoami");
        await bench.UntilWhisperAsync("fay", "You are Gus");

        Assert.Equal(["gus@example.com profile"], await bench.QueryAsync<string>("select person || ' ' || how from identities"));
        Assert.Equal(["identity.linked"], await bench.QueryAsync<string>("select type from events where aggregate = 'identity'"));
    }

    [Theory]
    [InlineData("gus@example.com", false)] // not confirmed
    [InlineData("gus@evil.example", true)] // of another domain
    [InlineData("gus@example.com.evil.example", true)]
    [InlineData("bea@example.com", true)] // she has an account of this workspace
    [InlineData("gu.s@example.com", true)] // no dot folding
    [InlineData("gus+x@example.com", true)] // no plus folding
    [InlineData("gu\u0455@example.com", true)] // looks like it
    [InlineData("nobody@example.com", true)]
    public async Task An_address_that_is_unconfirmed_foreign_taken_or_only_alike_links_nobody(string email, bool confirmed)
    {
        await using var bench = await StartAsync(byProfile: true);
        await bench.DoAsync("person", new { id = "U0FAY", email, is_email_confirmed = confirmed });

        await bench.SayAsync("fay", "/access whoami");
        await bench.UntilWhisperAsync("fay", "I don't know who you are yet");

        Assert.Empty(await bench.QueryAsync<string>("select id from identities"));
    }

    [Fact]
    public async Task Where_profiles_are_not_believed_a_confirmed_address_links_nobody()
    {
        await using var bench = await StartAsync();
        await bench.DoAsync("person", new { id = "U0FAY", email = "gus@example.com", is_email_confirmed = true });

        await bench.SayAsync("fay", "/access whoami");
        await bench.UntilWhisperAsync("fay", "I don't know who you are yet");

        Assert.Empty(await bench.QueryAsync<string>("select id from identities"));
    }

    /// <summary>With Fay in the workspace, whom nobody knows, and Gus in the catalog, who has no account.</summary>
    private static async Task<SlackBench> StartAsync(bool byProfile = false)
    {
        var catalog = TestCatalog.Of();
        var people = catalog.People.Append(KeyValuePair.Create("gus@example.com", new PersonEntry(new Person("gus@example.com", "Gus"), []))).ToFrozenDictionary(StringComparer.Ordinal);
        var bench = await SlackBench.StartAsync(catalog with { People = people }, settings: o => o with { LinkByProfileEmail = byProfile, EmailDomains = byProfile ? ["example.com"] : [] });
        await bench.DoAsync("person", new { id = "U0FAY", handle = "fay", name = "Fay Forger", join = new[] { SlackBench.Channel } });
        return bench;
    }

    private static async Task<string> CodeAsync(SlackBench bench, string who)
    {
        var before = (await bench.QueryAsync<string>("select id from links")).Count;
        await bench.SayAsync(who, "/access link");
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select id from links")).Count > before && Code().IsMatch(SlackBench.Text(await bench.WhisperAsync(who))));
        return Code().Match(SlackBench.Text(await bench.WhisperAsync(who))).Value;
    }

    [GeneratedRegex("[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Code();
}

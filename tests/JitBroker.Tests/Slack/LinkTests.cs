using System.Collections.Frozen;
using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.Tests.Chat;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Slack;

/// <summary>Linking, as in every chat; and by the profile's address, which only Slack has.</summary>
public sealed class LinkTests() : LinkSuite(Wiring.Http)
{
    [Theory]
    [InlineData("deleted", "deactivated")]
    [InlineData("is_bot", "a bot")]
    [InlineData("is_restricted", "a guest's")]
    [InlineData("is_ultra_restricted", "a guest's")]
    public async Task An_account_that_is_not_in_order_is_linked_neither_by_a_code_nor_by_its_profile(string flaw, string told)
    {
        await using var bench = await ProfileAsync(byProfile: true);
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
        await using var bench = await ProfileAsync(byProfile: true);
        await bench.DoAsync("person", new { id = "U0FAY", email = "gus@example.com", is_email_confirmed = true, team_id = "T0OTHER" });

        foreach (var text in new[] { "/access link", "/access link BCDF-GHJK" })
        {
            await bench.SayAsync("fay", text);
            await bench.UntilWhisperAsync("fay", "another workspace");
            await bench.UntilIdleAsync();
        }

        await bench.SayAsync("fay", "/access whoami");
        await bench.UntilWhisperAsync("fay", "I don't know who you are yet");

        Assert.Empty(await bench.QueryAsync<string>("select id from links"));
        Assert.Empty(await bench.QueryAsync<string>("select id from identities"));
    }

    [Fact]
    public async Task A_confirmed_address_links_once_and_what_the_profile_says_later_changes_nothing()
    {
        await using var bench = await ProfileAsync(byProfile: true);
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
        await using var bench = await ProfileAsync(byProfile: true);
        await bench.DoAsync("person", new { id = "U0FAY", email, is_email_confirmed = confirmed });

        await bench.SayAsync("fay", "/access whoami");
        await bench.UntilWhisperAsync("fay", "I don't know who you are yet");

        Assert.Empty(await bench.QueryAsync<string>("select id from identities"));
    }

    [Fact]
    public async Task Where_profiles_are_not_believed_a_confirmed_address_links_nobody()
    {
        await using var bench = await ProfileAsync();
        await bench.DoAsync("person", new { id = "U0FAY", email = "gus@example.com", is_email_confirmed = true });

        await bench.SayAsync("fay", "/access whoami");
        await bench.UntilWhisperAsync("fay", "I don't know who you are yet");

        Assert.Empty(await bench.QueryAsync<string>("select id from identities"));
    }

    /// <summary>With Fay in the workspace, whom nobody knows, and Gus in the catalog, who has no account.</summary>
    private static async Task<SlackBench> ProfileAsync(bool byProfile = false)
    {
        var catalog = TestCatalog.Of();
        var people = catalog.People.Append(KeyValuePair.Create("gus@example.com", new PersonEntry(new Person("gus@example.com", "Gus"), []))).ToFrozenDictionary(StringComparer.Ordinal);
        var bench = await SlackBench.StartAsync(catalog with { People = people }, settings: o => o with { LinkByProfileEmail = byProfile, EmailDomains = byProfile ? ["example.com"] : [] });
        await bench.DoAsync("person", new { id = "U0FAY", handle = "fay", name = "Fay Forger", join = new[] { SlackBench.Channel } });
        return bench;
    }
}

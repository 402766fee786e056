using System.Text.Json.Nodes;
using JitBroker.Catalog;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Teams;

/// <summary>Chat-wire B4: what goes out to Teams, and where it stands there.</summary>
public sealed class OutgoingTests
{
    [Fact]
    public async Task A_request_is_asked_about_in_the_channel_and_told_to_its_asker_and_both_are_edited()
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.InstallAsync();
        var id = await door.AskAsync();
        await door.UntilAsync(async () => (await door.QueryAsync<string>("select id from copies")).Count == 2);

        var posted = Assert.Single(door.Teams.Calls, c => c.Path == "/amer/v3/conversations");
        Assert.Equal(TeamsDoor.Channel, (string?)posted.Body["channelData"]!["channel"]!["id"]);
        Assert.Equal("Bearer our-token-1", posted.Authorization);
        var card = posted.Body["activity"]!["attachments"]![0]!["content"]!;
        Assert.Equal("1.5", (string?)card["version"]);

        // Safe for everyone in the channel; those who decide fetch their own view.
        Assert.DoesNotContain("\"approve\"", card.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(["29:bea", "29:dan", "29:eli"], card["refresh"]!["userIds"]!.AsArray().Select(u => (string?)u).Order(StringComparer.Ordinal));
        var own = Assert.Single(door.Teams.Calls, c => c.Path == "/amer/v3/conversations/a%3Aprivate-ana/activities");
        Assert.Contains("cancel", own.Body.ToJsonString(), StringComparison.Ordinal);

        await door.ApproveAsync("bea", id);
        await door.UntilAsync(() => Task.FromResult(door.Teams.Calls.Count(c => c.Method == "PUT") == 2));
        var edits = door.Teams.Calls.Where(c => c.Method == "PUT").ToList();
        Assert.Contains("ready for Ana", Assert.Single(edits, e => e.Path.StartsWith("/amer/v3/conversations/19%3Aaccess%40thread.tacv2%3Bmessageid%3D", StringComparison.Ordinal)).Body.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("collect", Assert.Single(edits, e => e.Path.StartsWith("/amer/v3/conversations/a%3Aprivate-ana/activities/17", StringComparison.Ordinal)).Body.ToJsonString(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1, door.Teams.TokensGiven);
    }

    [Fact]
    public async Task An_approver_whom_Teams_has_not_shown_is_asked_for_so_that_they_see_their_buttons()
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.DeliverAsync(door.Activity("installationUpdate", text: null, isChannel: true));
        await door.AskAsync();
        await door.UntilAsync(() => Task.FromResult(door.Teams.Calls.Any(c => c.Path == "/amer/v3/conversations" && c.Body["activity"] is not null)));

        Assert.Contains(door.Teams.Calls, c => c.Path == $"/amer/v3/conversations/19%3Aaccess%40thread.tacv2/members/{TeamsDoor.ObjectOf("bea")}");
        var card = door.Teams.Calls.First(c => c.Body["activity"] is not null).Body["activity"]!["attachments"]![0]!["content"]!;
        Assert.Equal(3, card["refresh"]!["userIds"]!.AsArray().Count);
        Assert.Contains("29:bea", await door.QueryAsync<string>("select member from members"));
    }

    [Fact]
    public async Task Without_a_channel_each_approver_is_written_to_and_whose_chat_is_not_known_gets_one()
    {
        await using var door = await TeamsDoor.StartAsync(o => o with { Channel = "" });
        await door.DeliverAsync(door.Activity("installationUpdate", "bea", text: null));
        await door.AskAsync();
        await door.UntilAsync(async () => (await door.QueryAsync<string>("select id from copies where template = 'approval_card'")).Count == 3);

        Assert.Contains(door.Teams.Calls, c => c.Path == "/amer/v3/conversations/a%3Aprivate-bea/activities" && c.Body.ToJsonString().Contains("\"approve\"", StringComparison.Ordinal));
        var made = door.Teams.Calls.Where(c => c.Path == "/amer/v3/conversations").ToList();
        Assert.Equal(new[] { "ana", "dan", "eli" }.Select(TeamsDoor.ObjectOf).Order(StringComparer.Ordinal), made.Select(c => (string?)c.Body["members"]![0]!["id"]).Order(StringComparer.Ordinal));
        Assert.All(made, c => Assert.Equal(("28:" + FakeFramework.AppId, FakeFramework.Tenant), ((string?)c.Body["bot"]!["id"], (string?)c.Body["tenantId"])));
    }

    [Fact]
    public async Task A_card_that_somebody_deleted_is_posted_anew_while_it_matters()
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.InstallAsync();
        var id = await door.AskAsync(TestCatalog.Two);
        await door.UntilAsync(async () => (await door.QueryAsync<string>("select id from copies")).Count == 2);
        var left = 1;
        door.Teams.Answer = c => c.Method == "PUT" && c.Path.Contains("thread.tacv2", StringComparison.Ordinal) && left-- > 0 ? (404, new JsonObject { ["error"] = new JsonObject { ["code"] = "ActivityNotFoundInConversation" } }, null) : null;

        await door.ApproveAsync("bea", id);

        await door.UntilAsync(() => Task.FromResult(door.Teams.Calls.Count(c => c.Body["activity"] is not null) == 2));
        Assert.Contains("1 of 2 approved", door.Teams.Calls.Last(c => c.Body["activity"] is not null).Body.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_Teams_finds_too_large_is_sent_short_and_what_it_finds_malformed_as_plain_text()
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.InstallAsync();
        var (large, malformed) = (1, 1);
        door.Teams.Answer = c => c.Path == "/amer/v3/conversations" && large-- > 0 ? (413, new JsonObject { ["error"] = new JsonObject { ["code"] = "MessageSizeTooBig" } }, null)
            : c.Path.Contains("private-ana", StringComparison.Ordinal) && malformed-- > 0 ? (400, new JsonObject { ["error"] = new JsonObject { ["code"] = "BadSyntax" } }, null)
            : null;
        await door.AskAsync();
        await door.UntilAsync(async () => (await door.QueryAsync<string>("select id from copies")).Count == 2);

        var cards = door.Teams.Calls.Where(c => c.Path == "/amer/v3/conversations").Select(c => c.Body["activity"]!.ToJsonString()).ToList();
        Assert.Equal(2, cards.Count);
        Assert.Contains("jit pending", cards[1], StringComparison.Ordinal);
        var plain = door.Teams.Calls.Last(c => c.Path.Contains("private-ana", StringComparison.Ordinal)).Body;
        Assert.Equal(("plain", null), ((string?)plain["textFormat"], plain["attachments"]));
    }

    [Fact]
    public async Task What_is_said_of_a_card_stands_in_its_thread_and_mentions_those_who_were_asked()
    {
        await using var door = await TeamsDoor.StartAsync(change: e => e with { Approval = TestCatalog.Rule(new Clause("data-owners", 1, TimeSpan.FromMinutes(15))) });
        await door.InstallAsync();
        var id = await door.AskAsync();
        await door.UntilAsync(async () => (await door.QueryAsync<string>("select id from copies where template = 'approval_card'")).Count == 1);
        var root = (await door.QueryAsync<string>("select message from copies where template = 'approval_card'"))[0];
        await door.RemindAsync();
        var thread = $"/amer/v3/conversations/19%3Aaccess%40thread.tacv2%3Bmessageid%3D{root}/activities";
        await door.UntilAsync(() => Task.FromResult(door.Teams.Calls.Any(c => c.Method == "POST" && c.Path == thread)));

        var note = door.Teams.Calls.Last(c => c.Path == thread).Body.ToJsonString();
        Assert.NotEmpty(id);
        Assert.All((string[])["29:bea", "29:dan", "29:eli"], m => Assert.Contains(m, note, StringComparison.Ordinal));
        Assert.Equal(TeamsDoor.Channel, (await door.QueryAsync<string>("select channel from copies where template = 'approval_card'"))[0]);
    }
}

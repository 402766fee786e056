using System.Text.Json.Nodes;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Teams;

/// <summary>Which channels get cards, and what becomes of those for others.</summary>
public sealed class ChannelTests
{
    private const string Elsewhere = "19:approvals@thread.tacv2";
    private const string Channels = "/amer/v3/teams/19%3Ateam%40thread.tacv2/conversations";

    [Theory]
    [InlineData(403, "BotNotInConversationRoster")]
    [InlineData(404, "ConversationNotFound")]
    public async Task A_channel_that_takes_no_cards_is_replaced_by_messages_to_the_approvers_and_operations_are_told(int status, string why)
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.InstallAsync();
        door.Teams.Answer = c => (string?)c.Body["channelData"]?["channel"]?["id"] == TeamsDoor.Channel ? (status, new JsonObject { ["error"] = new JsonObject { ["code"] = why } }, null) : null;
        await door.AskAsync();
        await door.UntilAsync(async () => (await door.QueryAsync<string>("select id from copies where template = 'approval_card'")).Count == 3);

        foreach (var approver in (string[])["bea", "dan", "eli"])
            Assert.Contains(door.Teams.Calls, c => c.Path == $"/amer/v3/conversations/a%3Aprivate-{approver}/activities");
        var complaint = Assert.Single(door.Teams.Calls, c => (string?)c.Body["channelData"]?["channel"]?["id"] == TeamsDoor.Operations);
        Assert.Contains(why, complaint.Body.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(TeamsDoor.Channel, await door.QueryAsync<string>("select conversation from conversations"));
    }

    [Fact]
    public async Task A_channel_that_other_organisations_can_share_gets_no_cards()
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.InstallAsync();
        door.Teams.Answer = c => c.Path == "/amer/v3/teams/19%3Ateam%40thread.tacv2/conversations"
            ? (200, new JsonObject { ["conversations"] = new JsonArray(new JsonObject { ["id"] = TeamsDoor.Channel, ["name"] = "access", ["type"] = "shared" }) }, null)
            : null;
        await door.AskAsync();
        await door.UntilAsync(async () => (await door.QueryAsync<string>("select id from copies where template = 'approval_card'")).Count == 3);

        Assert.DoesNotContain(door.Teams.Calls, c => (string?)c.Body["channelData"]?["channel"]?["id"] == TeamsDoor.Channel);
        Assert.Contains("shared channel", Assert.Single(door.Teams.Calls, c => (string?)c.Body["channelData"]?["channel"]?["id"] == TeamsDoor.Operations).Body.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("standard", true)]
    [InlineData("shared", false)]
    public async Task A_channel_that_was_never_heard_from_is_looked_up_in_the_teams_that_the_bot_was_added_to(string kind, bool isTaken)
    {
        await using var door = await TeamsDoor.StartAsync(o => o with { Channel = Elsewhere });
        await door.InstallAsync();
        door.Teams.Answer = c => c.Path == Channels ? (200, Listed(kind), null) : null;
        await door.AskAsync();
        await door.UntilAsync(async () => (await door.QueryAsync<string>("select id from copies where template = 'approval_card'")).Count == (isTaken ? 1 : 3));

        Assert.Equal(isTaken, door.Teams.Calls.Any(c => (string?)c.Body["channelData"]?["channel"]?["id"] == Elsewhere));
        Assert.Single(door.Teams.Calls, c => c.Path == Channels);
    }

    [Fact]
    public async Task A_channel_that_no_team_has_gets_no_cards_until_it_is_heard_from()
    {
        await using var door = await TeamsDoor.StartAsync(o => o with { Channel = Elsewhere });
        await door.InstallAsync();
        door.Teams.Answer = c => c.Path == Channels ? (200, new JsonObject { ["conversations"] = new JsonArray() }, null) : null;
        await door.AskAsync();
        await door.UntilAsync(async () => (await door.QueryAsync<string>("select id from copies where template = 'approval_card'")).Count == 3);
        Assert.Contains("no team that I was added to has it", Assert.Single(door.Teams.Calls, c => (string?)c.Body["channelData"]?["channel"]?["id"] == TeamsDoor.Operations).Body.ToJsonString(), StringComparison.Ordinal);

        var heard = door.Activity("message", text: "whoami", isChannel: true);
        (heard["conversation"]!["id"], heard["channelData"]!["channel"]!["id"]) = (Elsewhere + ";messageid=1", Elsewhere);
        await door.DeliverAsync(heard);
        await Eventually.TrueAsync(async () => (await door.QueryAsync<string>("select conversation from conversations")).Contains(Elsewhere));
        await door.AskAsync(TestCatalog.Two);
        await door.UntilAsync(() => Task.FromResult(door.Teams.Calls.Any(c => (string?)c.Body["channelData"]?["channel"]?["id"] == Elsewhere)));
    }

    [Fact]
    public async Task Where_no_team_was_heard_of_the_channel_that_is_named_is_believed()
    {
        await using var door = await TeamsDoor.StartAsync(o => o with { Channel = Elsewhere });
        await door.DeliverAsync(door.Activity("installationUpdate", "bea", text: null));
        await door.AskAsync();
        await door.UntilAsync(() => Task.FromResult(door.Teams.Calls.Any(c => (string?)c.Body["channelData"]?["channel"]?["id"] == Elsewhere)));
        Assert.DoesNotContain(door.Teams.Calls, c => c.Path == Channels);
    }

    [Fact]
    public async Task While_Teams_does_not_say_which_channels_there_are_a_card_waits()
    {
        await using var door = await TeamsDoor.StartAsync(o => o with { Channel = Elsewhere });
        await door.InstallAsync();
        var isAway = true;
        door.Teams.Answer = c => c.Path != Channels ? null : isAway ? (503, null, null) : (200, Listed("standard"), null);
        await door.AskAsync();
        await door.UntilAsync(async () => (await door.QueryAsync<string>("select last_error from deliveries where template = 'approval_card'")) is [not null]);
        Assert.DoesNotContain(door.Teams.Calls, c => (string?)c.Body["channelData"]?["channel"]?["id"] == Elsewhere);
        isAway = false;
        await door.UntilAsync(async () =>
        {
            door.Clock.Advance(TimeSpan.FromSeconds(5));
            return (await door.QueryAsync<string>("select id from copies where template = 'approval_card'")).Count == 1;
        });
    }

    private static JsonObject Listed(string kind) =>
        new() { ["conversations"] = new JsonArray(new JsonObject { ["id"] = TeamsDoor.Channel, ["name"] = null }, new JsonObject { ["id"] = Elsewhere, ["name"] = "approvals", ["type"] = kind }) };
}

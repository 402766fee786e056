using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;
using JitBroker.Bots.Teams;
using JitBroker.Policy;

namespace JitBroker.Tests.Teams;

/// <summary>Abuse D9 on Teams: who is behind an activity, and who is nobody.</summary>
public sealed class PeopleTests
{
    [Fact]
    public async Task An_account_of_the_catalog_is_its_person_and_the_members_call_must_have_said_so_for_whatever_decides()
    {
        await using var door = await TeamsDoor.StartAsync();
        var who = await door.Get<TeamsPeople>().ResolveAsync(Of(door.Activity(person: "bea"), door), "request.decide", Assurance.Certain, CancellationToken.None);

        Assert.Equal(("bea@example.com", $"teams:{FakeFramework.Tenant}/{TeamsDoor.ObjectOf("bea")}"), (who.Value!.Email, who.Value.Via));
        Assert.Equal("/amer/v3/conversations/a%3Aprivate-bea/members/29%3Abea", Assert.Single(door.Teams.Calls).Path);

        // Within a minute it is not asked for again.
        await door.Get<TeamsPeople>().ResolveAsync(Of(door.Activity(person: "bea"), door), "request.decide", Assurance.Certain, CancellationToken.None);
        Assert.Single(door.Teams.Calls);
        door.Clock.Advance(TimeSpan.FromSeconds(61));
        await door.Get<TeamsPeople>().ResolveAsync(Of(door.Activity(person: "bea"), door), "request.decide", Assurance.Certain, CancellationToken.None);
        Assert.Equal(2, door.Teams.Calls.Count);
    }

    [Theory]
    [InlineData("guest", null, "a guest's")]
    [InlineData("anonymous", null, "a guest's")]
    [InlineData("bot", null, "a bot")]
    [InlineData("some-new-role", null, "of a kind that is not known")]
    [InlineData("user", "99999999-0c1d-4c55-9a52-0d9a3b6c1a01", "another workspace")]
    public async Task Accounts_that_are_bots_guests_or_of_another_tenant_decide_nothing(string role, string? tenant, string why)
    {
        await using var door = await TeamsDoor.StartAsync();
        door.Teams.Answer = _ =>
        {
            var member = FakeFramework.MemberOf("29:bea");
            (member["userRole"], member["tenantId"]) = (role, tenant ?? FakeFramework.Tenant);
            return (200, member, null);
        };

        var who = await door.Get<TeamsPeople>().ResolveAsync(Of(door.Activity(person: "bea"), door), "request.decide", Assurance.Certain, CancellationToken.None);

        Assert.Contains(why, who.Refusal!.Text, StringComparison.Ordinal);
        Assert.Contains(why, (string)JsonNode.Parse(Assert.Single(await door.QueryAsync<string>("select data from events where type = 'refused'")))!["text"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bot_is_nobody_whatever_object_id_it_carries()
    {
        await using var door = await TeamsDoor.StartAsync();
        var activity = door.Activity(person: "bea");
        activity["from"]!["id"] = "28:another-bot";

        var who = await door.Get<TeamsPeople>().ResolveAsync(Of(activity, door), "request.decide", Assurance.Known, CancellationToken.None);

        Assert.Contains("a bot", who.Refusal!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_who_left_or_whose_object_id_is_not_the_one_that_was_sent_is_refused()
    {
        await using var door = await TeamsDoor.StartAsync();
        door.Teams.Answer = c => c.Path.Contains("29%3Abea", StringComparison.Ordinal) ? (404, new JsonObject { ["error"] = new JsonObject { ["code"] = "MemberNotFoundInConversation" } }, null) : (200, FakeFramework.MemberOf("29:eli"), null);

        foreach (var person in (string[])["bea", "dan"])
            Assert.Equal(Codes.Forbidden, (await door.Get<TeamsPeople>().ResolveAsync(Of(door.Activity(person: person), door), "request.decide", Assurance.Certain, CancellationToken.None)).Refusal!.Code);
    }

    [Fact]
    public async Task Without_an_object_id_Teams_is_asked_for_it_and_without_an_answer_nobody_is_anybody()
    {
        await using var door = await TeamsDoor.StartAsync();
        var activity = door.Activity(person: "bea");
        ((JsonObject)activity["from"]!).Remove("aadObjectId");

        Assert.Equal("bea@example.com", (await door.Get<TeamsPeople>().ResolveAsync(Of(activity, door), "chat.whoami", Assurance.Known, CancellationToken.None)).Value!.Email);

        door.Clock.Advance(TimeSpan.FromMinutes(2));
        door.Teams.Answer = _ => (200, new JsonObject { ["id"] = "29:bea", ["name"] = "Bea", ["email"] = "bea@example.com", ["userPrincipalName"] = "bea@example.com" }, null);
        Assert.Equal(Codes.Forbidden, (await door.Get<TeamsPeople>().ResolveAsync(Of(activity, door), "chat.whoami", Assurance.Known, CancellationToken.None)).Refusal!.Code);

        door.Clock.Advance(TimeSpan.FromMinutes(2));
        door.Teams.Answer = _ => (500, null, null);
        Assert.Equal(Codes.Unavailable, (await door.Get<TeamsPeople>().ResolveAsync(Of(activity, door), "chat.whoami", Assurance.Known, CancellationToken.None)).Refusal!.Code);
    }

    [Fact]
    public async Task While_Teams_does_not_say_nothing_is_decided_and_what_does_not_decide_goes_on()
    {
        await using var door = await TeamsDoor.StartAsync();
        door.Teams.Answer = _ => (503, null, null);

        Assert.Equal(Codes.Unavailable, (await door.Get<TeamsPeople>().ResolveAsync(Of(door.Activity(person: "bea"), door), "request.decide", Assurance.Certain, CancellationToken.None)).Refusal!.Code);
        Assert.NotNull((await door.Get<TeamsPeople>().ResolveAsync(Of(door.Activity(person: "bea"), door), "chat.mine", Assurance.Asked, CancellationToken.None)).Value);
        Assert.NotNull((await door.Get<TeamsPeople>().ResolveAsync(Of(door.Activity(person: "bea"), door), "chat.done", Assurance.Known, CancellationToken.None)).Value);
    }

    [Fact]
    public async Task Somebody_the_catalog_does_not_name_is_told_which_line_to_add_and_no_name_or_address_helps()
    {
        await using var door = await TeamsDoor.StartAsync();
        var activity = door.Activity(person: "mallory");
        activity["from"]!["name"] = "Bea";

        var who = await door.Get<TeamsPeople>().ResolveAsync(Of(activity, door), "chat.whoami", Assurance.Known, CancellationToken.None);

        Assert.Contains($"teams: {FakeFramework.Tenant}/{TeamsDoor.ObjectOf("mallory")}", who.Refusal!.Text, StringComparison.Ordinal);
        Assert.Single(await door.QueryAsync<string>("select data from events where type = 'refused'"));
    }

    [Fact]
    public async Task An_answer_to_somebody_in_a_channel_goes_to_their_own_chat_and_never_into_the_channel()
    {
        await using var door = await TeamsDoor.StartAsync();
        var activity = Of(door.Activity(person: "bea", isChannel: true), door);

        await door.Get<TeamsReplies>().SayAsync(activity, ChatMessage.Sentence("You decided this already."), CancellationToken.None);
        Assert.Equal("/amer/v3/conversations/a%3A29%3Abea/activities", door.Teams.Calls[^1].Path);

        // Who cannot be written to is told that much in the channel, and nothing else.
        door.Teams.Answer = c => c.Path.Contains("cy", StringComparison.Ordinal) || (string?)c.Body["members"]?[0]?["id"] == "29:cy" ? (403, new JsonObject { ["error"] = new JsonObject { ["code"] = "BotNotInConversationRoster" } }, null) : null;
        await door.Get<TeamsReplies>().SayAsync(Of(door.Activity(person: "cy", isChannel: true), door), ChatMessage.Sentence("A private word."), CancellationToken.None);
        Assert.Equal("/amer/v3/conversations/19%3Aaccess%40thread.tacv2%3Bmessageid%3D1700/activities", door.Teams.Calls[^1].Path);
        Assert.Contains("only answer you in private", door.Teams.Calls[^1].Body.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("A private word", door.Teams.Calls[^1].Body.ToJsonString(), StringComparison.Ordinal);
    }

    private static TeamsActivity Of(JsonObject raw, TeamsDoor door) => TeamsActivity.Of(raw, door.Clock.GetUtcNow())!;
}

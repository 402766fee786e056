using System.Text.Json.Nodes;

namespace JitBroker.Tests.Playground.Teams;

/// <summary>The connector's calls, their effect and their refusals (chat-wire B4).</summary>
public sealed class ConnectorTests
{
    private static readonly object Hello = new { type = "message", text = "hello" };

    [Fact]
    public async Task The_chat_with_a_person_is_always_the_same_one()
    {
        await using var bench = await TeamsBench.StartAsync();
        var first = await CreateAsync(bench, TeamsBench.Ana);
        var again = await CreateAsync(bench, "2b8f5a77-55d0-4b2e-8a42-1f0f4a0c9d10");
        Assert.Equal((201, await bench.PersonalAsync()), (first.Status, (string)first.Answer!["id"]!));
        Assert.Equal((string)first.Answer!["id"]!, (string)again.Answer!["id"]!);
    }

    [Fact]
    public async Task Nobody_is_written_to_who_has_not_the_app_or_has_blocked_it()
    {
        await using var bench = await TeamsBench.StartAsync(isInstalled: false);
        Assert.Equal((403, "BotNotInConversationRoster"), Code(await CreateAsync(bench, TeamsBench.Ana)));
        Assert.Equal((403, "BotNotInConversationRoster"), Code(await SendAsync(bench, TeamsBench.Requests)));
        await bench.DoAsync("install", new { });
        await bench.DoAsync("person", new { person = "ana", blocks_bot = true });
        Assert.Equal((403, "ConversationBlockedByUser"), Code(await SendAsync(bench, await bench.PersonalAsync())));
        Assert.Equal((404, "ConversationNotFound"), Code(await SendAsync(bench, "a:1nowhere")));
        Assert.Equal((404, "ConversationNotFound"), Code(await SendAsync(bench, TeamsBench.Requests + ";messageid=1")));
        await bench.DoAsync("install", new { team = true, remove = true });
        Assert.Equal((403, "BotNotInConversationRoster"), Code(await SendAsync(bench, TeamsBench.Requests)));
    }

    [Fact]
    public async Task A_channel_takes_new_threads_and_answers_in_them()
    {
        await using var bench = await TeamsBench.StartAsync();
        var (status, thread, _) = await bench.CallAsync(HttpMethod.Post, ["conversations"], new { isGroup = true, channelData = new { channel = new { id = TeamsBench.Requests } }, activity = Hello });
        Assert.Equal(201, status);
        Assert.Equal($"{TeamsBench.Requests};messageid={thread!["activityId"]}", (string)thread["id"]!);
        var reply = await SendAsync(bench, (string)thread["id"]!);
        Assert.Equal((string)thread["activityId"]!, (string)(await bench.MessageAsync((string)reply.Answer!["id"]!))["root"]!);
        var second = await bench.CallAsync(HttpMethod.Post, ["conversations", TeamsBench.Requests, "activities", (string)reply.Answer["id"]!], Hello);
        Assert.Equal((string)thread["activityId"]!, (string)(await bench.MessageAsync((string)second.Answer!["id"]!))["root"]!);
    }

    [Fact]
    public async Task A_message_is_changed_as_a_whole_and_deleted_once()
    {
        await using var bench = await TeamsBench.StartAsync();
        var id = await bench.PostAsync(TeamsBench.Card("pending"));
        await bench.EditAsync(id, TeamsBench.Card("approved"));
        var message = await bench.MessageAsync(id);
        Assert.Equal(("approved", true), ((string)message["card"]!["body"]![0]!["text"]!, (bool)message["edited"]!));
        Assert.Equal(200, (await bench.CallAsync(HttpMethod.Delete, ["conversations", TeamsBench.Requests, "activities", id])).Status);
        Assert.True((bool)(await bench.MessageAsync(id))["deleted"]!);
        Assert.Equal((404, "ActivityNotFoundInConversation"), Code(await bench.CallAsync(HttpMethod.Put, ["conversations", TeamsBench.Requests, "activities", id], Hello)));
    }

    [Fact]
    public async Task Only_its_own_messages_may_be_changed()
    {
        await using var bench = await TeamsBench.StartAsync();
        var said = await bench.DoAsync("say", new { person = "ana", conversation = "access-requests", text = "mine" });
        Assert.Equal(404, (await bench.CallAsync(HttpMethod.Put, ["conversations", TeamsBench.Requests, "activities", (string)said["id"]!], Hello)).Status);
        Assert.Equal("mine", (string)(await bench.MessageAsync((string)said["id"]!))["text"]!);
    }

    [Fact]
    public async Task Members_are_read_one_by_one_and_by_pages()
    {
        await using var bench = await TeamsBench.StartAsync();
        var (_, page, _) = await bench.CallAsync(HttpMethod.Get, ["conversations", TeamsBench.Requests, "pagedmembers"]);
        Assert.Equal(5, ((JsonArray)page!["members"]!).Count);
        Assert.Null(page["continuationToken"]);
        var (status, ana, _) = await bench.CallAsync(HttpMethod.Get, ["conversations", TeamsBench.Requests, "members", "2b8f5a77-55d0-4b2e-8a42-1f0f4a0c9d10"]);
        Assert.Equal((200, TeamsBench.Ana, "user", bench.Teams.Options.TenantId.ToString()), (status, (string)ana!["id"]!, (string)ana["userRole"]!, (string)ana["tenantId"]!));
        Assert.Equal((404, "MemberNotFoundInConversation"), Code(await bench.CallAsync(HttpMethod.Get, ["conversations", TeamsBench.Requests, "members", "29:nobody"])));
    }

    [Fact]
    public async Task What_is_too_large_or_no_valid_card_is_refused_and_not_posted()
    {
        await using var bench = await TeamsBench.StartAsync();
        Assert.Equal((413, "MessageSizeTooBig"), Code(await bench.CallAsync(HttpMethod.Post, ["conversations", TeamsBench.Requests, "activities"], new { type = "message", text = new string('x', 28 * 1024) })));
        var refused = await bench.CallAsync(HttpMethod.Post, ["conversations", TeamsBench.Requests, "activities"], TeamsBench.Activity(TeamsBench.Card("x").Replace("TextBlock", "TextBlok", StringComparison.Ordinal)));
        Assert.Equal((400, "BadSyntax"), Code(refused));
        Assert.Contains("[json-pointer:/body/0/type]", (string)refused.Answer!["error"]!["message"]!, StringComparison.Ordinal);
        Assert.Equal((400, "BadSyntax"), Code(await bench.CallAsync(HttpMethod.Post, ["conversations", TeamsBench.Requests, "activities"], "[]")));
        Assert.Empty((JsonArray)(await bench.StateAsync())["messages"]![TeamsBench.Requests]!);
    }

    [Fact]
    public async Task Seven_messages_a_second_pass_in_one_conversation_and_the_eighth_waits()
    {
        await using var bench = await TeamsBench.StartAsync(t => t with { Throttles = true });
        for (var i = 0; i < 7; i++) Assert.Equal(201, (await SendAsync(bench, TeamsBench.Requests)).Status);
        var eighth = await SendAsync(bench, TeamsBench.Requests);
        Assert.Equal((429, "Throttled"), Code(eighth));
        Assert.Equal(1, eighth.RetryAfter);
        Assert.Equal(201, (await SendAsync(bench, "19:operations@thread.tacv2")).Status);
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(201, (await SendAsync(bench, TeamsBench.Requests)).Status);
        // eight within two seconds
        Assert.Equal(429, (await SendAsync(bench, TeamsBench.Requests)).Status);
    }

    [Fact]
    public async Task A_fault_meets_the_next_call_and_with_after_effect_only_its_answer_is_lost()
    {
        await using var bench = await TeamsBench.StartAsync();
        await bench.DoAsync("faults", new { call = "activities.send", status = 412 });
        Assert.Equal((412, "PreconditionFailed"), Code(await SendAsync(bench, TeamsBench.Requests)));
        Assert.Empty((JsonArray)(await bench.StateAsync())["messages"]![TeamsBench.Requests]!);
        await bench.DoAsync("faults", new { call = "activities.send", status = 502, after_effect = true });
        Assert.Equal(502, (await SendAsync(bench, TeamsBench.Requests)).Status);
        Assert.Single((JsonArray)(await bench.StateAsync())["messages"]![TeamsBench.Requests]!);
        await bench.DoAsync("faults", new { call = "activities.send", status = 0, after_effect = true });
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => SendAsync(bench, TeamsBench.Requests));
        Assert.Equal(2, ((JsonArray)(await bench.StateAsync())["messages"]![TeamsBench.Requests]!).Count);
        Assert.Equal(201, (await SendAsync(bench, TeamsBench.Requests)).Status);
    }

    [Fact]
    public async Task The_team_tells_its_name_and_its_channels()
    {
        await using var bench = await TeamsBench.StartAsync();
        var (_, team, _) = await bench.CallAsync(HttpMethod.Get, ["teams", "19:general@thread.tacv2"]);
        Assert.Equal("Example", (string)team!["name"]!);
        var (_, channels, _) = await bench.CallAsync(HttpMethod.Get, ["teams", "19:general@thread.tacv2", "conversations"]);
        Assert.Equal([null, "access-requests", "break-glass", "operations"], ((JsonArray)channels!["conversations"]!).Select(c => (string?)c!["name"]));
    }

    private static Task<(int Status, JsonNode? Answer, int? RetryAfter)> SendAsync(TeamsBench bench, string conversation) => bench.CallAsync(HttpMethod.Post, ["conversations", conversation, "activities"], Hello);

    private static Task<(int Status, JsonNode? Answer, int? RetryAfter)> CreateAsync(TeamsBench bench, string member) => bench.CallAsync(HttpMethod.Post, ["conversations"],
        new { isGroup = false, bot = new { id = "28:" + bench.Teams.Options.AppId }, members = new[] { new { id = member } }, tenantId = bench.Teams.Options.TenantId, channelData = new { tenant = new { id = bench.Teams.Options.TenantId } } });

    private static (int, string?) Code((int Status, JsonNode? Answer, int? RetryAfter) answer) => (answer.Status, (string?)answer.Answer?["error"]?["code"]);
}

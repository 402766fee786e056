using System.Text.Json.Nodes;
using JitBroker.Tests.Chat;
using JitBroker.Tests.Loop;
using JitBroker.Tests.Slack;

namespace JitBroker.Tests.Teams;

/// <summary>What only Teams has: views of one's own, clients that know only <c>Action.Submit</c>, data that anybody may edit, forms in cards and in dialogs (D5, D6).</summary>
public sealed class ActingTests
{
    [Fact]
    public async Task In_a_channel_nobody_sees_buttons_but_those_who_decide()
    {
        await using var chat = await StartAsync();
        await chat.AskAsync();
        await chat.UntilButtonAsync("bea", "approve", Place.Requests);
        Assert.Empty((await chat.CardAsync("cy"))!.Buttons);
        Assert.Empty((await chat.CardAsync("ana"))!.Buttons);
        Assert.Equal((await chat.CardAsync("bea"))!.Text.Replace("Asked you because you are in data-owners", "", StringComparison.Ordinal).Trim()[..20], (await chat.CardAsync("cy"))!.Text.Trim()[..20]);
    }

    [Fact]
    public async Task A_refresh_shows_a_request_to_who_may_read_it_and_does_nothing_else()
    {
        await using var chat = await StartAsync();
        var card = await chat.AskAsync();
        var id = (await chat.QueryAsync<string>("select id from requests"))[0];
        var rows = await chat.QueryAsync<long>("select (select count(*) from events) + (select count(*) from inbox) + (select count(*) from deliveries)");

        Assert.Contains("\"verb\":\"approve\"", await InvokeAsync(chat, "bea", "refresh", new { id, card = "approval_card" }), StringComparison.Ordinal);
        Assert.DoesNotContain("\"verb\":\"approve\"", await InvokeAsync(chat, "cy", "refresh", new { id, card = "approval_card" }, chat.IdOf(card)), StringComparison.Ordinal);

        // Without the card before them, somebody who may not read it learns nothing of it, nor of anybody's own card.
        foreach (var forged in new object[] { new { id, card = "approval_card" }, new { id, card = "asker_card" }, new { id, card = "emergency_card" }, new { id, card = "nonsense" } })
            Assert.DoesNotContain("INC-42", await InvokeAsync(chat, "cy", "refresh", forged), StringComparison.Ordinal);
        Assert.DoesNotContain("Withdraw", await InvokeAsync(chat, "bea", "refresh", new { id, card = "asker_card" }), StringComparison.Ordinal);
        Assert.Equal(rows, await chat.QueryAsync<long>("select (select count(*) from events) + (select count(*) from inbox) + (select count(*) from deliveries)"));
    }

    [Fact]
    public async Task An_input_cannot_shadow_what_a_button_sends_nor_a_key_an_input()
    {
        await using var chat = await StartAsync();
        await chat.AskAsync();
        var id = (await chat.QueryAsync<string>("select id from requests"))[0];
        var forged = new { id = "01JDA0000000000000000REQ01", in_id = id, in_verb = "approve", reason = "not what was typed", approver = "dan@example.com", state = "approved" };
        Assert.Contains("There is no request", await InvokeAsync(chat, "bea", "approve", forged), StringComparison.Ordinal);
        Assert.Contains("Deny this request", await InvokeAsync(chat, "bea", "deny", new { id, reason = "not what was typed" }), StringComparison.Ordinal);
        Assert.Equal("pending", Assert.Single(await chat.QueryAsync<string>("select state from requests")));

        Assert.Contains("Denied by", await InvokeAsync(chat, "bea", "deny", new { id, in_reason = "use the replica", card = "approval_card" }), StringComparison.Ordinal);
        Assert.Equal("bea@example.com", Assert.Single(await chat.QueryAsync<string>("select person from decisions")));
    }

    [Theory]
    [InlineData("Action.Submit")]
    [InlineData("Action.Http")]
    [InlineData(null)]
    public async Task What_is_no_press_is_not_supported(string? type)
    {
        await using var chat = await StartAsync();
        var answer = await DeliverAsync(chat, "bea", "adaptiveCard/action", new { action = new { type, verb = "approve", data = new { id = "x" } } });
        Assert.Equal(400, (int)answer["status"]!);
        Assert.Contains("NotSupported", (string?)answer["body"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_knows_only_Submit_approves_all_the_same_and_is_answered_privately()
    {
        await using var chat = await StartAsync();
        var card = await chat.AskAsync();
        var id = (await chat.QueryAsync<string>("select id from requests"))[0];
        await SubmitAsync(chat, "ana", card, new { verb = "approve", id });
        await chat.UntilToldAsync("ana", "You can't decide your own request.");
        await SubmitAsync(chat, "bea", card, new { verb = "approve", id, card = "approval_card" });
        await chat.UntilCardAsync("ready for Ana");
        Assert.Single(await chat.QueryAsync<string>("select id from grants"));
    }

    [Fact]
    public async Task The_same_words_work_in_ones_own_chat_with_and_without_a_slash()
    {
        await using var chat = await StartAsync();
        await OwnAsync(chat, "dan", "/access whoami");
        await chat.UntilToldAsync("dan", "You are Dan");
        await OwnAsync(chat, "ana", "request logs:auto 1h INC-7 at once");
        await chat.UntilCardAsync("ready for Ana", "ana", Place.Direct);
    }

    [Fact]
    public async Task Mine_is_a_Home_that_is_true_again_after_each_press()
    {
        await using var chat = await StartAsync();
        await chat.AskAsync();
        await OwnAsync(chat, "bea", "mine");
        var home = await chat.UntilToldAsync("bea", "Waiting on me (1)");
        await chat.PressAsync("bea", home, "approve");
        var after = (await chat.SeesAsync("bea", Place.Direct)).First(m => chat.IdOf(m) == chat.IdOf(home));
        Assert.Contains("Approved. Its asker has been told.", after.Text, StringComparison.Ordinal);
        Assert.Contains("Nothing waits for you.", after.Text, StringComparison.Ordinal);
        Assert.True(after.Has("request_access"));
        Assert.DoesNotContain(await chat.QueryAsync<string>("select message from copies where surface = 'teams'"), m => m == chat.IdOf(home));
    }

    [Fact]
    public async Task A_dialog_asks_by_the_button_of_mine_and_keeps_what_was_entered()
    {
        await using var chat = await StartAsync();
        await OwnAsync(chat, "ana", "mine");
        await chat.PressAsync("ana", await chat.UntilToldAsync("ana", "You hold no access"), "request_access");
        await chat.UntilFormAsync("ana", "What do you need?");
        await chat.ChooseAsync("ana", "entitlement", TestCatalog.Two);
        await chat.UntilFormAsync("ana", "2 of 3 data-owners");

        var refused = await chat.SubmitAsync("ana", ("starts", "2026-11-22"), ("reason", "INC-9"));
        Assert.Contains("no date and time", refused.Faults["starts"], StringComparison.Ordinal);
        Assert.Equal("INC-9", (await chat.FormAsync("ana"))!["reason"]);
        Assert.Equal(TestCatalog.Two, (await chat.FormAsync("ana"))!["entitlement"]);
        Assert.Equal("2026-11-22", (await chat.FormAsync("ana"))!["starts"]);
        Assert.True((await chat.SubmitAsync("ana", ("starts_time", "12:30"))).IsAccepted);
        Assert.Equal("2026-11-22T12:30:00.000000Z", Assert.Single(await chat.QueryAsync<string>("select starts_at from requests")));
    }

    [Fact]
    public async Task A_day_and_a_time_are_the_senders_own()
    {
        await using var chat = await StartAsync();
        await DeliverAsync(
            chat, "ana", "task/submit",
            new { data = new { verb = "request", id = "-", in_entitlement = TestCatalog.Logs, in_duration = "PT1H", in_reason = "INC-1", in_starts = "2026-11-22", in_starts_time = "14:00" } },
            new { localTimestamp = "2026-11-22T11:00:00+01:00" });
        Assert.Equal("2026-11-22T13:00:00.000000Z", Assert.Single(await chat.QueryAsync<string>("select starts_at from requests")));
    }

    [Fact]
    public async Task No_secret_stands_in_any_card_and_Collect_only_leads_somewhere()
    {
        await using var chat = await StartAsync();
        var grant = await chat.GrantedAsync();
        var card = await chat.UntilButtonAsync("ana", "collect");
        Assert.Equal($"https://jit.example/c/{grant}", CardShapes.All(card.Raw["card"], "Action.OpenUrl").Select(a => (string?)a["url"]).Single());
        var pressed = await InvokeAsync(chat, "ana", "collect", new { id = grant, card = "asker_card" });
        Assert.Contains("A credential never stands in chat", pressed, StringComparison.Ordinal);
        Assert.DoesNotContain("jit creds", await InvokeAsync(chat, "cy", "collect", new { id = grant }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"commandId":"jit_request_for"}""", "")]
    [InlineData("""{"commandId":"jit_request_for","messagePayload":"x"}""", "")]
    [InlineData("""{"commandId":"jit_request_for","messagePayload":{"body":{"contentType":"html","content":"<p>INC-1 &lt;b&gt; <a href=\"https://evil.example\">here</a><script>x</script> <"}}}""", "INC-1 <b> here x <")]
    [InlineData("""{"commandId":"jit_request_for","messagePayload":{"body":{"contentType":"text","content":"INC-1 <b>"},"linkToMessage":"https://teams.microsoft.com/l/message/1/2"}}""", "INC-1 <b> https://teams.microsoft.com/l/message/1/2")]
    [InlineData("""{"commandId":"something_else"}""", null)]
    public async Task Whatever_a_message_is_said_to_hold_is_a_reason_and_nothing_else(string value, string? reason)
    {
        await using var chat = await StartAsync();
        var answer = JsonNode.Parse((string)(await DeliverAsync(chat, "ana", "composeExtension/fetchTask", JsonNode.Parse(value)!))["body"]!)!["task"]!;
        Assert.Equal(reason is null ? "message" : "continue", (string?)answer["type"]);
        if (reason is not null)
            Assert.Equal(reason, (string?)CardShapes.All(answer["value"]!["card"]!["content"], "Input.Text").First(i => (string?)i["id"] == "in_reason")["value"] ?? "");
        Assert.Empty(await chat.QueryAsync<string>("select id from inbox"));
        Assert.Empty(await chat.QueryAsync<string>("select id from requests"));
    }

    private static async Task<ChatBench> StartAsync() => new TeamsChat(await SlackBench.StartAsync(wiring: Wiring.Teams));

    private static Task<JsonObject> OwnAsync(ChatBench chat, string person, string text) => chat.Host.DoAsync("teams/say", new { person, conversation = "personal", text });

    private static Task<JsonObject> SubmitAsync(ChatBench chat, string person, Seen card, object data) => chat.Host.DoAsync(
        "teams/act", new { person, conversation = TeamsChat.Requests, id = chat.IdOf(card), action = new { type = "Action.Submit", title = "x", data } });

    private static async Task<string> InvokeAsync(ChatBench chat, string person, string verb, object data, string? replyToId = null) =>
        (string?)(await DeliverAsync(chat, person, "adaptiveCard/action", new { action = new { type = "Action.Execute", verb, data }, trigger = "manual" }, null, replyToId))["body"] ?? "";

    private static Task<JsonObject> DeliverAsync(ChatBench chat, string person, string name, object value, object? change = null, string? replyToId = null) =>
        chat.Host.DoAsync("teams/deliver", new { person, conversation = TeamsChat.Requests, type = "invoke", name, value, change, replyToId });
}

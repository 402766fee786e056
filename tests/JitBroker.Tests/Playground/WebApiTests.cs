using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Playground;

namespace JitBroker.Tests.Playground;

/// <summary>The Web API's rules: tokens, scopes, limits, and what each method refuses.</summary>
public sealed class WebApiTests
{
    [Fact]
    public async Task A_missing_scope_names_what_is_needed()
    {
        await using var bench = await Workbench.StartAsync(o => o with { Scopes = ["commands"] });
        var (response, answer) = await bench.SendAsync("chat.postMessage", ("channel", "C0ACCESS"), ("text", "x"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(("missing_scope", "chat:write", "commands"), ((string)answer["error"]!, (string)answer["needed"]!, (string)answer["provided"]!));
        Assert.Equal("commands", response.Headers.GetValues("x-oauth-scopes").Single());
    }

    [Fact]
    public async Task A_JSON_body_is_taken_like_a_form()
    {
        await using var bench = await Workbench.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(bench.Host.ApiUrl, "chat.postMessage"));
        request.Headers.Authorization = new("Bearer", bench.Host.Options.BotToken);
        request.Content = new StringContent($$"""{"channel":"C0ACCESS","text":"x","blocks":{{DeliveryTests.Card}}}""", Encoding.UTF8, "application/json");
        var answer = JsonNode.Parse(await (await bench.Http.SendAsync(request)).Content.ReadAsStringAsync())!;
        Assert.True((bool)answer["ok"]!);
        Assert.Equal(2, ((JsonArray)answer["message"]!["blocks"]!).Count);
    }

    [Theory]
    [InlineData("application/json", "{", "invalid_json")]
    [InlineData("application/json", "[]", "json_not_object")]
    [InlineData("application/json", """{"a":1,"a":2}""", "invalid_json")]
    [InlineData("text/plain", "x", "invalid_post_type")]
    public async Task A_body_that_cannot_be_read_is_refused(string type, string body, string error)
    {
        await using var bench = await Workbench.StartAsync();
        using var content = new StringContent(body, Encoding.UTF8, type);
        var answer = JsonNode.Parse(await (await bench.Http.PostAsync(new Uri(bench.Host.ApiUrl, "auth.test"), content)).Content.ReadAsStringAsync())!;
        Assert.Equal(error, (string)answer["error"]!);
    }

    [Fact]
    public async Task A_trigger_lives_three_seconds_and_works_once()
    {
        await using var bench = await Workbench.StartAsync();
        var first = await bench.TriggerAsync();
        bench.Clock.Advance(TimeSpan.FromMilliseconds(2999));
        Assert.True((bool)(await bench.CallAsync("views.open", ("trigger_id", first), ("view", Form)))["ok"]!);
        Assert.Equal("exchanged_trigger_id", (string)(await bench.CallAsync("views.open", ("trigger_id", first), ("view", Form)))["error"]!);
        var second = await bench.TriggerAsync();
        bench.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("expired_trigger_id", (string)(await bench.CallAsync("views.open", ("trigger_id", second), ("view", Form)))["error"]!);
        Assert.Equal("invalid_trigger_id", (string)(await bench.CallAsync("views.open", ("trigger_id", "x"), ("view", Form)))["error"]!);
    }

    [Fact]
    public async Task A_refused_view_does_not_use_the_trigger_up()
    {
        await using var bench = await Workbench.StartAsync();
        var trigger = await bench.TriggerAsync();
        Assert.Equal("invalid_arguments", (string)(await bench.CallAsync("views.open", ("trigger_id", trigger), ("view", "{}")))["error"]!);
        Assert.True((bool)(await bench.CallAsync("views.open", ("trigger_id", trigger), ("view", Form)))["ok"]!);
    }

    [Fact]
    public async Task A_view_of_more_than_250_kB_is_too_large()
    {
        await using var bench = await Workbench.StartAsync();
        var view = JsonNode.Parse(Form)!;
        view["blocks"] = new JsonArray([.. Enumerable.Range(0, 90).Select(_ => (JsonNode)new JsonObject { ["type"] = "section", ["text"] = new JsonObject { ["type"] = "mrkdwn", ["text"] = new string('x', 2900) } })]);
        Assert.Equal("view_too_large", (string)(await bench.CallAsync("views.open", ("trigger_id", await bench.TriggerAsync()), ("view", view.ToJsonString())))["error"]!);
    }

    [Fact]
    public async Task An_update_keeps_what_was_typed_where_the_block_id_stays()
    {
        await using var bench = await Workbench.StartAsync();
        var id = await bench.OpenAsync(Form);
        await bench.DoAsync("act", new { person = "ana", view_id = id, block_id = "reason", action_id = "value", value = "typed" });
        await bench.CallAsync("views.update", ("view_id", id), ("view", Form.Replace("Form", "Again", StringComparison.Ordinal)));
        Assert.Equal("typed", (string)(await bench.ModalAsync())!["state"]!["values"]!["reason"]!["value"]!["value"]!);
        await bench.CallAsync("views.update", ("view_id", id), ("view", Form.Replace("\"reason\"", "\"other\"", StringComparison.Ordinal)));
        Assert.Null((await bench.ModalAsync())!["state"]!["values"]!["other"]!["value"]!["value"]);
    }

    [Fact]
    public async Task An_update_without_blocks_keeps_them_and_an_empty_list_takes_them_away()
    {
        await using var bench = await Workbench.StartAsync();
        var ts = await DeliveryTests.PostCardAsync(bench);
        await bench.CallAsync("chat.update", ("channel", "C0ACCESS"), ("ts", ts), ("text", "two"));
        Assert.Equal(2, ((JsonArray)(await bench.MessagesAsync())[0]!["blocks"]!).Count);
        await bench.CallAsync("chat.update", ("channel", "C0ACCESS"), ("ts", ts), ("text", "three"), ("blocks", "[]"));
        var message = (await bench.MessagesAsync())[0]!;
        Assert.Null(message["blocks"]);
        Assert.Equal("three", (string)message["text"]!);
        Assert.NotNull(message["edited"]);
    }

    [Fact]
    public async Task Too_much_text_is_refused()
    {
        await using var bench = await Workbench.StartAsync();
        var ts = await DeliveryTests.PostCardAsync(bench);
        Assert.Equal("msg_too_long", (string)(await bench.CallAsync("chat.update", ("channel", "C0ACCESS"), ("ts", ts), ("text", new string('x', 4001))))["error"]!);
        var blocks = new JsonArray([.. Enumerable.Range(0, 5).Select(_ => (JsonNode)new JsonObject { ["type"] = "section", ["text"] = new JsonObject { ["type"] = "mrkdwn", ["text"] = new string('x', 3000) } })]);
        Assert.Equal("msg_blocks_too_long", (string)(await bench.CallAsync("chat.postMessage", ("channel", "C0ACCESS"), ("text", "x"), ("blocks", blocks.ToJsonString())))["error"]!);
    }

    [Fact]
    public async Task A_channel_takes_its_burst_then_one_message_a_second()
    {
        await using var bench = await Workbench.StartAsync(o => o with { RateLimits = new PlaygroundRateLimits { ChannelBurst = 2 } });
        (string, object)[] message = [("channel", "C0ACCESS"), ("text", "x")];
        Assert.True((bool)(await bench.CallAsync("chat.postMessage", message))["ok"]!);
        Assert.True((bool)(await bench.CallAsync("chat.postMessage", message))["ok"]!);
        var (response, answer) = await bench.SendAsync("chat.postMessage", message);
        Assert.Equal((HttpStatusCode.TooManyRequests, "ratelimited", TimeSpan.FromSeconds(1)), (response.StatusCode, (string)answer["error"]!, response.Headers.RetryAfter!.Delta!.Value));
        Assert.True((bool)(await bench.CallAsync("chat.postMessage", ("channel", "C0OPS"), ("text", "x")))["ok"]!);
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True((bool)(await bench.CallAsync("chat.postMessage", message))["ok"]!);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await bench.SendAsync("chat.postMessage", message)).Response.StatusCode);
    }

    [Fact]
    public async Task A_method_of_tier_three_takes_fifty_calls_a_minute()
    {
        await using var bench = await Workbench.StartAsync();
        for (var i = 0; i < 50; i++) Assert.True((bool)(await bench.CallAsync("conversations.info", ("channel", "C0ACCESS")))["ok"]!);
        var (response, _) = await bench.SendAsync("conversations.info", ("channel", "C0ACCESS"));
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(2), response.Headers.RetryAfter!.Delta);
    }

    [Fact]
    public async Task Limits_can_be_switched_off()
    {
        await using var bench = await Workbench.StartAsync(o => o with { RateLimits = new PlaygroundRateLimits { Enabled = false } });
        for (var i = 0; i < 60; i++) Assert.True((bool)(await bench.CallAsync("chat.postMessage", ("channel", "C0ACCESS"), ("text", "x")))["ok"]!);
    }

    internal const string Form = """
        {"type":"modal","callback_id":"request","title":{"type":"plain_text","text":"Form"},"submit":{"type":"plain_text","text":"Ask"},"blocks":[
        {"type":"input","block_id":"reason","label":{"type":"plain_text","text":"Why"},"element":{"type":"plain_text_input","action_id":"value","min_length":2}}]}
        """;
}

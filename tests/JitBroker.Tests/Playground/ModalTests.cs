using System.Text.Json.Nodes;

namespace JitBroker.Tests.Playground;

/// <summary>Modals as people meet them: required fields, the app's errors, the stack, live options.</summary>
public sealed class ModalTests
{
    private const string Chooser = """
        {"type":"modal","callback_id":"request","title":{"type":"plain_text","text":"Ask"},"submit":{"type":"plain_text","text":"Ask"},"notify_on_close":true,"blocks":[
        {"type":"input","block_id":"what","dispatch_action":true,"label":{"type":"plain_text","text":"What"},"element":{"type":"external_select","action_id":"value","min_query_length":2}},
        {"type":"input","block_id":"long","optional":true,"label":{"type":"plain_text","text":"How long"},"element":{"type":"static_select","action_id":"value","options":[
          {"text":{"type":"plain_text","text":"1 h"},"value":"1h"},{"text":{"type":"plain_text","text":"2 h"},"value":"2h"}],"initial_option":{"text":{"type":"plain_text","text":"1 h"},"value":"1h"}}}]}
        """;

    private const string Offers = """{"options":[{"text":{"type":"plain_text","text":"Orders"},"value":"orders-db:read"}]}""";

    [Fact]
    public async Task A_required_field_left_empty_never_reaches_the_app()
    {
        await using var bench = await Workbench.StartAsync();
        await bench.OpenAsync(WebApiTests.Form);
        var before = bench.App.Arrivals.Count;
        var submitted = await bench.DoAsync("submit", new { person = "ana" });
        Assert.Equal("Please complete this required field.", (string)submitted["errors"]!["reason"]!);
        Assert.Equal(before, bench.App.Arrivals.Count);
        await bench.DoAsync("submit", new { person = "ana", force = true });
        Assert.Null(bench.App.Last.Json["view"]!["state"]!["values"]!["reason"]!["value"]!["value"]);
    }

    [Fact]
    public async Task The_apps_errors_stand_at_the_field_and_the_input_stays()
    {
        await using var bench = await Workbench.StartAsync();
        await bench.OpenAsync(WebApiTests.Form);
        bench.App.Answers("""{"response_action":"errors","errors":{"reason":"Name a ticket"}}""");
        await SubmitAsync(bench, "because");
        var view = (await bench.ModalAsync())!;
        Assert.Equal(("Name a ticket", "because"), ((string)view["errors"]!["reason"]!, (string)view["state"]!["values"]!["reason"]!["value"]!["value"]!));
        bench.App.Answers(200);
        await SubmitAsync(bench, "INC-42");
        Assert.Null(await bench.ModalAsync());
    }

    [Theory]
    [InlineData("""{"response_action":"errors","errors":{"nowhere":"x"}}""")]
    [InlineData("""{"response_action":"errors"}""")]
    [InlineData("""{"response_action":"dance"}""")]
    [InlineData("""{"response_action":"update","view":{"type":"modal"}}""")]
    public async Task An_answer_that_Slack_would_not_take_leaves_the_form_with_a_notice(string answer)
    {
        await using var bench = await Workbench.StartAsync();
        await bench.OpenAsync(WebApiTests.Form);
        bench.App.Answers(answer);
        Assert.False((bool)(await SubmitAsync(bench, "because"))["ok"]!);
        Assert.Equal("We had some trouble connecting. Try again?", (string)(await bench.ModalAsync())!["notice"]!);
    }

    [Fact]
    public async Task Push_goes_three_deep_and_clear_closes_all()
    {
        await using var bench = await Workbench.StartAsync();
        await bench.OpenAsync(WebApiTests.Form);
        bench.App.Answers(new JsonObject { ["response_action"] = "push", ["view"] = JsonNode.Parse(WebApiTests.Form) }.ToJsonString());
        for (var i = 0; i < 2; i++) Assert.True((bool)(await SubmitAsync(bench, "more"))["ok"]!);
        Assert.Equal("push_limit_reached", (string)(await SubmitAsync(bench, "more"))["error"]!);
        Assert.Equal(3, ((JsonArray)(await bench.StateAsync())["modals"]!).Count);
        bench.App.Answers("""{"response_action":"clear"}""");
        await SubmitAsync(bench, "done");
        Assert.Empty((JsonArray)(await bench.StateAsync())["modals"]!);
    }

    [Fact]
    public async Task Closing_tells_an_app_that_asked_for_it()
    {
        await using var bench = await Workbench.StartAsync();
        await bench.OpenAsync(Chooser);
        await bench.DoAsync("close", new { person = "ana", all = true });
        Assert.Equal("view_closed", (string)bench.App.Last.Json["type"]!);
        Assert.True((bool)bench.App.Last.Json["is_cleared"]!);
        Assert.Null(bench.App.Last.Json["trigger_id"]);
        Assert.Null(await bench.ModalAsync());
    }

    [Fact]
    public async Task Options_are_asked_for_from_the_least_length_on_and_choosing_one_dispatches()
    {
        await using var bench = await Workbench.StartAsync();
        var id = await bench.OpenAsync(Chooser);
        var before = bench.App.Arrivals.Count;
        Assert.Empty((JsonArray)(await SuggestAsync(bench, id, "o"))["options"]!);
        Assert.Equal(before, bench.App.Arrivals.Count);
        bench.App.Answers(Offers);
        Assert.Equal("orders-db:read", (string)(await SuggestAsync(bench, id, "or"))["options"]![0]!["value"]!);
        Assert.Equal(("block_suggestion", "what", "value", "or"), (Field("type"), Field("block_id"), Field("action_id"), Field("value")));
        await bench.DoAsync("act", new { person = "ana", view_id = id, block_id = "what", action_id = "value", value = "orders-db:read" });
        Assert.Equal("block_actions", Field("type"));
        Assert.Equal("orders-db:read", (string)bench.App.Last.Json["view"]!["state"]!["values"]!["what"]!["value"]!["selected_option"]!["value"]!);
        Assert.Equal("1h", (string)bench.App.Last.Json["view"]!["state"]!["values"]!["long"]!["value"]!["selected_option"]!["value"]!);

        string Field(string name) => (string)bench.App.Last.Json[name]!;
    }

    [Fact]
    public async Task An_option_that_was_not_offered_cannot_be_chosen_by_its_value()
    {
        await using var bench = await Workbench.StartAsync();
        var id = await bench.OpenAsync(Chooser);
        var refused = await bench.DoAsync("act", new { person = "ana", view_id = id, block_id = "what", action_id = "value", value = "payments" });
        Assert.StartsWith("There is no option \"payments\"", (string)refused["error"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"options":[{"text":{"type":"mrkdwn","text":"x"},"value":"x"}]}""")]
    [InlineData("""{"choices":[]}""")]
    public async Task Options_that_Slack_would_not_take_are_refused(string answer)
    {
        await using var bench = await Workbench.StartAsync();
        var id = await bench.OpenAsync(Chooser);
        bench.App.Answers(answer);
        Assert.False((bool)(await SuggestAsync(bench, id, "orders"))["ok"]!);
    }

    private static Task<JsonObject> SubmitAsync(Workbench bench, string reason) => bench.DoAsync("submit", new { person = "ana", values = new { reason = new { value = reason } } });

    private static Task<JsonObject> SuggestAsync(Workbench bench, string id, string typed) => bench.DoAsync("suggest", new { person = "ana", view_id = id, block_id = "what", action_id = "value", value = typed });
}

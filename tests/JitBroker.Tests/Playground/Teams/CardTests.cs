using System.Text.Json.Nodes;

namespace JitBroker.Tests.Playground.Teams;

/// <summary>Cards as people meet them: buttons, views of single people, refresh, dialogs (chat-wire B6, B7).</summary>
public sealed class CardTests
{
    private const string Buttons = """
        ,"actions":[{"type":"Action.Execute","title":"Approve","verb":"approve","data":{"id":"r1"}},
        {"type":"Action.Submit","title":"Deny…","data":{"msteams":{"type":"task/fetch"},"verb":"deny","id":"r1"}},
        {"type":"Action.Submit","title":"Old","data":{"verb":"old"}}]
        """;

    private const string Form = """
        {"type":"AdaptiveCard","version":"1.5","body":[{"type":"Input.Text","id":"in_reason","label":"Why?","isRequired":true,"errorMessage":"Say why.","maxLength":20},
        {"type":"Input.Toggle","id":"in_sure","title":"Sure","value":"false"}],"actions":[{"type":"Action.Submit","title":"Deny","data":{"verb":"deny","id":"r1"}}]}
        """;

    private static string Refreshed(string text) => TeamsBench.Card(text, $$$""","refresh":{"action":{"type":"Action.Execute","title":"Refresh","verb":"refresh","data":{"id":"r1"}},"userIds":["{{{TeamsBench.Bea}}}"]}""");

    [Fact]
    public async Task A_press_is_an_invoke_and_the_card_in_its_answer_is_seen_by_that_person_alone()
    {
        await using var bench = await TeamsBench.StartAsync();
        var id = await bench.PostAsync(TeamsBench.Card("pending", Buttons));
        bench.Bot.Answers(TeamsBench.Shows(TeamsBench.Card("approved by you")));
        var pressed = await bench.DoAsync("act", new { person = "bea", conversation = "access-requests", id, verb = "approve" });
        Assert.Equal((true, "card"), ((bool)pressed["ok"]!, (string)pressed["shown"]!));
        var activity = bench.Bot.Last.Activity();
        Assert.Equal(("invoke", "adaptiveCard/action", id), ((string)activity["type"]!, (string)activity["name"]!, (string)activity["replyToId"]!));
        Assert.Equal("""{"type":"Action.Execute","title":"Approve","verb":"approve","data":{"id":"r1"}}""", activity["value"]!["action"]!.ToJsonString());
        Assert.Equal($"{TeamsBench.Requests};messageid={id}", (string)activity["conversation"]!["id"]!);
        Assert.Equal("approved by you", Line(await bench.MessageAsync(id, "bea")));
        Assert.Equal("pending", Line(await bench.MessageAsync(id)));
        await bench.EditAsync(id, TeamsBench.Card("approved"));
        Assert.Equal("approved", Line(await bench.MessageAsync(id, "bea")));
    }

    [Fact]
    public async Task Text_and_errors_stand_under_the_card_of_that_person_and_the_card_stays()
    {
        await using var bench = await TeamsBench.StartAsync();
        var id = await bench.PostAsync(TeamsBench.Card("pending", Buttons));
        bench.Bot.Answers("""{"statusCode":200,"type":"application/vnd.microsoft.activity.message","value":"Noted."}""");
        Assert.Equal("text", (string)(await bench.DoAsync("act", new { person = "bea", conversation = "access-requests", id, verb = "approve" }))["shown"]!);
        Assert.Equal(("Noted.", false), Note(await bench.MessageAsync(id, "bea")));
        bench.Bot.Answers("""{"statusCode":400,"type":"application/vnd.microsoft.error","value":{"code":"own_request","message":"You can't decide your own request."}}""");
        Assert.False((bool)(await bench.DoAsync("act", new { person = "bea", conversation = "access-requests", id, verb = "approve" }))["ok"]!);
        Assert.Equal(("You can't decide your own request.", true), Note(await bench.MessageAsync(id, "bea")));
        Assert.Null((await bench.MessageAsync(id))["note"]);
    }

    [Theory]
    [InlineData("""{"statusCode":200,"type":"application/vnd.microsoft.card.adaptive","value":{"type":"AdaptiveCard","version":"1.6","body":[{"type":"TextBlock","text":"x"}]}}""")]
    [InlineData("""{"statusCode":200,"type":"application/json","value":{}}""")]
    [InlineData("{}")]
    public async Task An_answer_that_Teams_would_not_take_is_an_error_to_the_person(string answer)
    {
        await using var bench = await TeamsBench.StartAsync();
        var id = await bench.PostAsync(TeamsBench.Card("pending", Buttons));
        bench.Bot.Answers(answer);
        Assert.Equal("error", (string)(await bench.DoAsync("act", new { person = "bea", conversation = "access-requests", id, verb = "approve" }))["shown"]!);
        Assert.Equal(("Something went wrong. Please try again.", true), Note(await bench.MessageAsync(id, "bea")));
    }

    [Fact]
    public async Task A_submit_without_a_dialog_is_a_message_with_a_value_and_no_text()
    {
        await using var bench = await TeamsBench.StartAsync();
        var id = await bench.PostAsync(TeamsBench.Card("pending", Buttons));
        Assert.True((bool)(await bench.DoAsync("act", new { person = "bea", conversation = "access-requests", id, title = "Old", @override = new { id = "forged" } }))["ok"]!);
        var activity = bench.Bot.Last.Activity();
        Assert.Equal(("message", id, """{"verb":"old","id":"forged"}"""), ((string)activity["type"]!, (string)activity["replyToId"]!, activity["value"]!.ToJsonString()));
        Assert.Null(activity["text"]);
    }

    [Fact]
    public async Task The_clients_of_those_named_ask_for_their_view_when_the_card_comes_and_when_it_changes()
    {
        await using var bench = await TeamsBench.StartAsync(t => t with { RefreshesByItself = true });
        bench.Bot.Answers(TeamsBench.Shows(Refreshed("decide, Bea")));
        var id = await bench.PostAsync(Refreshed("pending"));
        await Workbench.EventuallyAsync(async () => Line(await bench.MessageAsync(id, "bea")) == "decide, Bea");
        var activity = bench.Bot.Last.Activity();
        Assert.Equal(("refresh", "automatic", TeamsBench.Bea), ((string)activity["value"]!["action"]!["verb"]!, (string)activity["value"]!["trigger"]!, (string)activity["from"]!["id"]!));
        Assert.Equal("pending", Line(await bench.MessageAsync(id)));
        bench.Bot.Answers(TeamsBench.Shows(Refreshed("decided, Bea")));
        await bench.EditAsync(id, Refreshed("approved"));
        await Workbench.EventuallyAsync(async () => Line(await bench.MessageAsync(id, "bea")) == "decided, Bea");
        Assert.Equal("approved", Line(await bench.MessageAsync(id, "dan")));
    }

    [Fact]
    public async Task An_answer_to_an_older_card_is_thrown_away()
    {
        await using var bench = await TeamsBench.StartAsync();
        var id = await bench.PostAsync(TeamsBench.Card("pending", Buttons));
        var goOn = new TaskCompletionSource();
        bench.Bot.Answer = async _ => { await goOn.Task; return (200, TeamsBench.Shows(TeamsBench.Card("old news"))); };
        var press = bench.DoAsync("act", new { person = "bea", conversation = "access-requests", id, verb = "approve" });
        await Workbench.EventuallyAsync(() => Task.FromResult(bench.Bot.Last.Text.Contains("adaptiveCard/action", StringComparison.Ordinal)));
        await bench.EditAsync(id, TeamsBench.Card("approved"));
        goOn.SetResult();
        await press;
        Assert.Equal("approved", Line(await bench.MessageAsync(id, "bea")));
    }

    [Fact]
    public async Task A_dialog_opens_checks_its_inputs_comes_again_with_an_error_and_closes()
    {
        await using var bench = await TeamsBench.StartAsync();
        var id = await bench.PostAsync(TeamsBench.Card("pending", Buttons));
        bench.Bot.Answers(TeamsBench.Opens(Form, "Deny"));
        Assert.Equal("dialog", (string)(await bench.DoAsync("act", new { person = "bea", conversation = "access-requests", id, verb = "deny" }))["shown"]!);
        Assert.Equal("task/fetch", (string)bench.Bot.Last.Activity()["name"]!);
        Assert.Equal("Deny", (string)(await bench.StateAsync("bea"))["dialog"]!["title"]!);
        Assert.Null((await bench.StateAsync())["dialog"]);

        var before = bench.Bot.Arrivals.Count;
        Assert.Equal("Say why.", (string)(await bench.DoAsync("submit", new { person = "bea" }))["errors"]!["in_reason"]!);
        Assert.Equal(before, bench.Bot.Arrivals.Count);

        bench.Bot.Answers(TeamsBench.Opens(Form.Replace("Why?", "Why, exactly?", StringComparison.Ordinal)));
        Assert.Equal("dialog", (string)(await bench.DoAsync("submit", new { person = "bea", inputs = new { in_reason = "no" } }))["shown"]!);
        Assert.Equal("""{"verb":"deny","id":"r1","in_reason":"no","in_sure":"false"}""", bench.Bot.Last.Activity()["value"]!["data"]!.ToJsonString());
        Assert.Equal(2, (int)(await bench.StateAsync("bea"))["dialog"]!["step"]!);

        bench.Bot.Answers("""{"task":{"type":"message","value":"Denied."}}""");
        await bench.DoAsync("submit", new { person = "bea", inputs = new { in_reason = "really no" } });
        Assert.Null((await bench.StateAsync("bea"))["dialog"]);
        Assert.Equal(("Denied.", false), Note(await bench.MessageAsync(id, "bea")));
    }

    [Fact]
    public async Task A_bot_that_fails_leaves_the_dialog_open_with_what_was_entered()
    {
        await using var bench = await TeamsBench.StartAsync();
        var id = await bench.PostAsync(TeamsBench.Card("pending", Buttons));
        bench.Bot.Answers(TeamsBench.Opens(Form));
        await bench.DoAsync("act", new { person = "bea", conversation = "access-requests", id, verb = "deny" });
        bench.Bot.Answers(500);
        Assert.False((bool)(await bench.DoAsync("submit", new { person = "bea", inputs = new { in_reason = "no" } }))["ok"]!);
        var dialog = (await bench.StateAsync("bea"))["dialog"]!;
        Assert.Equal(("Something went wrong. Please try again.", "no"), ((string)dialog["notice"]!, (string)dialog["inputs"]!["in_reason"]!));
    }

    private static string Line(JsonObject message) => (string)message["card"]!["body"]![0]!["text"]!;

    private static (string?, bool) Note(JsonObject message) => ((string?)message["note"]?["text"], (bool?)message["note"]?["is_error"] == true);
}

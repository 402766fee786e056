using System.Collections.Frozen;
using System.Text.Json.Nodes;
using JitBroker.Catalog;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Slack;

/// <summary>Asking: at once, or through the form.</summary>
public abstract class AskSuite(Wiring wiring) : ChatSuite(wiring)
{
    [Fact]
    public async Task A_complete_request_is_submitted_answered_privately_and_told_to_those_who_decide()
    {
        await using var bench = await StartAsync();
        var card = await bench.AskAsync();

        var text = SlackBench.Text(card);
        Assert.Contains("*Ana* asks for *Logs* · *1 h*", text, StringComparison.Ordinal);
        Assert.Contains("Why: INC-42 slow checkout", text, StringComparison.Ordinal);
        Assert.Contains("needs 1 approval", text, StringComparison.Ordinal);
        Assert.Contains("First time Ana asks for this", text, StringComparison.Ordinal);
        Assert.True(SlackBench.HasButton(card, "approve") && SlackBench.HasButton(card, "deny"));
        await bench.UntilWhisperAsync("ana", "Needs 1 of 3 data-owners (Bea, Dan, Eli)");
        Assert.Equal("pending", Assert.Single(await bench.QueryAsync<string>("select state from requests")));
        Assert.Equal("slack", Assert.Single(await bench.QueryAsync<string>("select surface from requests")));
        Assert.Contains("Withdraw", SlackBench.Text(await bench.CardAsync("ana", SlackBench.Direct("ana"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_partial_request_opens_the_form_filled_and_its_faults_come_back_at_their_fields()
    {
        var strict = TestCatalog.Of(e => e with { Reason = new ReasonRule(true, @"INC-\d+", "Name a ticket, e.g. INC-42") });
        await using var bench = await StartAsync(strict);
        await bench.SayAsync("ana", "/access request logs:read 3h");
        await bench.UntilAsync(async () => SlackBench.Text(await bench.ModalAsync("ana")).Contains("data-owners", StringComparison.Ordinal));

        var modal = (await bench.ModalAsync("ana"))!;
        Assert.Equal("request", (string?)modal["callback_id"]);
        Assert.Equal("logs:read", (string?)modal["state"]!["values"]!["entitlement"]!["value"]!["selected_option"]!["value"]);
        Assert.Equal("PT3H", (string?)modal["state"]!["values"]!["duration"]!["value"]!["selected_option"]!["value"]);
        Assert.Contains("Name a ticket", SlackBench.Text(modal), StringComparison.Ordinal);

        var refused = await bench.SubmitAsync("ana", new { reason = new { value = "because" } });
        Assert.Contains("Name a ticket", (string?)refused["errors"]!["reason"], StringComparison.Ordinal);
        Assert.Equal("because", (string?)(await bench.ModalAsync("ana"))!["state"]!["values"]!["reason"]!["value"]!["value"]);
        Assert.Empty(await bench.QueryAsync<string>("select id from requests"));

        var accepted = await bench.SubmitAsync("ana", new { reason = new { value = "INC-7 because" } });
        Assert.True((bool)accepted["ok"]!, accepted.ToJsonString());
        Assert.Null(await bench.ModalAsync("ana"));
        Assert.Equal(3 * 3600, Assert.Single(await bench.QueryAsync<long>("select duration_s from requests")));
        await bench.UntilCardAsync("INC-7 because");
    }

    [Fact]
    public async Task A_bundle_is_asked_for_by_its_name_all_or_none()
    {
        await using var bench = await SlackBench.StartAsync(Kit());
        await bench.SayAsync("ana", "/access request kit 9h INC-1");
        await bench.UntilAsync(async () => SlackBench.Text(await bench.ModalAsync("ana")).Contains("at most 8 h", StringComparison.Ordinal));
        Assert.Equal("kit", (string?)(await bench.ModalAsync("ana"))!["state"]!["values"]!["entitlement"]!["value"]!["selected_option"]!["value"]);
        Assert.Contains("at most 8 h", (string?)(await bench.SubmitAsync("ana"))["errors"]!["duration"], StringComparison.Ordinal);
        Assert.Empty(await bench.QueryAsync<string>("select id from requests"));

        await bench.SayAsync("ana", "/access request kit 1h INC-1");
        await bench.UntilWhisperAsync("ana", "Needs 2 of 3 data-owners");
        Assert.Equal([TestCatalog.Logs, TestCatalog.Two], (await bench.QueryAsync<string>("select entitlement from requests where bundle = 'kit'")).Order());
    }

    [Fact]
    public async Task The_form_offers_a_bundle_and_asks_for_all_of_it()
    {
        await using var bench = await SlackBench.StartAsync(Kit());
        await bench.SayAsync("ana", "/access request");
        await bench.UntilAsync(async () => SlackBench.Text(await bench.ModalAsync("ana")).Contains("What do you need?", StringComparison.Ordinal));
        var offered = ((JsonArray)(await bench.SuggestAsync("ana", "kit"))["options"]!).Select(o => (string?)o!["value"]).ToList();
        Assert.Equal(["kit"], offered);
        await bench.SubmitAsync("ana", new { entitlement = new { value = "kit" }, reason = new { value = "INC-7" } });
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select id from requests where bundle = 'kit'")).Count == 2);
    }

    private static CatalogSnapshot Kit() => TestCatalog.Of() with
    {
        Bundles = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["kit"] = [TestCatalog.Logs, TestCatalog.Two] }.ToFrozenDictionary(StringComparer.Ordinal),
    };

    [Fact]
    public async Task A_faulty_request_opens_the_form_with_the_fault_named_at_its_field()
    {
        await using var bench = await StartAsync();
        await bench.SayAsync("ana", "/access request logs:raed 1h INC-1");
        await bench.UntilAsync(async () => SlackBench.Text(await bench.ModalAsync("ana")).Contains("Did you mean logs:read?", StringComparison.Ordinal));
        Assert.Equal("INC-1", (string?)(await bench.ModalAsync("ana"))!["state"]!["values"]!["reason"]!["value"]!["value"]);
    }

    [Fact]
    public async Task A_duration_beyond_the_limit_is_kept_marked_and_refused_at_its_field()
    {
        await using var bench = await StartAsync();
        await bench.SayAsync("ana", "/access request logs:read 9h INC-1");
        await bench.UntilAsync(async () => SlackBench.Text(await bench.ModalAsync("ana")).Contains("not possible here", StringComparison.Ordinal));
        var refused = await bench.SubmitAsync("ana");
        Assert.Contains("at most 8 h", (string?)refused["errors"]!["duration"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_form_offers_only_what_this_person_may_ask_for_and_its_live_line_follows_the_choice()
    {
        await using var bench = await StartAsync();
        await bench.SayAsync("ana", "/access request");
        await bench.UntilAsync(async () => SlackBench.Text(await bench.ModalAsync("ana")).Contains("What do you need?", StringComparison.Ordinal));
        var offered = ((JsonArray)(await bench.SuggestAsync("ana", ""))["options"]!).Select(o => (string?)o!["value"]).ToList();
        Assert.Equal(["logs:auto", "logs:read", "logs:staged", "logs:two"], offered.Order());
        Assert.Single((JsonArray)(await bench.SuggestAsync("ana", "two"))["options"]!);

        await bench.ChooseAsync("ana", "entitlement", "logs:two");
        await bench.UntilAsync(async () => SlackBench.Text(await bench.ModalAsync("ana")).Contains("2 of 3 data-owners", StringComparison.Ordinal));

        await bench.SuggestAsync("ana", "logs");
        Assert.True((bool)(await bench.ChooseAsync("ana", "entitlement", "logs:read"))["ok"]!);
        Assert.True((bool)(await bench.ChooseAsync("ana", "duration", "PT2H"))["ok"]!);
        await bench.UntilAsync(async () => SlackBench.Text(await bench.ModalAsync("ana")).Contains("1 of 3 data-owners", StringComparison.Ordinal));
        Assert.Equal("PT2H", (string?)(await bench.ModalAsync("ana"))!["state"]!["values"]!["duration"]!["value"]!["selected_option"]!["value"]);

        await bench.SayAsync("bea", "/access request");
        await bench.UntilAsync(async () => SlackBench.Text(await bench.ModalAsync("bea")).Contains("What do you need?", StringComparison.Ordinal));
        Assert.Empty((JsonArray)(await bench.SuggestAsync("bea", ""))["options"]!);
    }

    [Fact]
    public async Task What_nobody_could_approve_is_said_in_the_form_and_refused_at_submit()
    {
        await using var bench = await StartAsync(TestCatalog.With(["ana@example.com"]));
        await bench.SayAsync("ana", "/access request logs:read 1h INC-1");
        await bench.UntilAsync(async () => SlackBench.Text(await bench.ModalAsync("ana")).Contains("Nobody could approve this", StringComparison.Ordinal));
        var refused = await bench.SubmitAsync("ana");
        Assert.Contains("Nobody could approve this", (string?)refused["errors"]!["entitlement"], StringComparison.Ordinal);
        Assert.Empty(await bench.QueryAsync<string>("select id from requests"));
    }

    [Fact]
    public async Task What_a_rule_approves_is_ready_at_once()
    {
        await using var bench = await StartAsync();
        await bench.AskAsync(entitlement: TestCatalog.Auto);
        await bench.UntilWhisperAsync("ana", "Approved by rule");
        await bench.UntilCardAsync("ready for Ana", "ana", SlackBench.Direct("ana"));
    }

    [Fact]
    public async Task A_trigger_that_came_too_late_is_told_privately()
    {
        await using var bench = await StartAsync();
        await bench.FaultAsync(new { method = "views.open", status = 200, error = "expired_trigger_id" });
        await bench.SayAsync("ana", "/access request");
        await bench.UntilWhisperAsync("ana", "took too long");
    }

    [Fact]
    public async Task A_forged_form_is_worth_what_its_fields_say_and_no_more()
    {
        await using var bench = await StartAsync();
        await bench.SayAsync("ana", "/access request logs:read 1h");
        await bench.UntilAsync(async () => SlackBench.Text(await bench.ModalAsync("ana")).Contains("data-owners", StringComparison.Ordinal));
        var refused = await bench.SubmitAsync(
            "ana",
            new
            {
                entitlement = new { value = new { type = "external_select", selected_option = new { value = "payroll:admin", text = new { type = "plain_text", text = "x" } } } },
                duration = new { value = new { type = "static_select", selected_option = new { value = "PT900H", text = new { type = "plain_text", text = "x" } } } },
                reason = new { value = "INC-1" },
            },
            force: true);
        Assert.Contains("There is no entitlement payroll:admin", (string?)refused["errors"]!["entitlement"], StringComparison.Ordinal);
        Assert.Empty(await bench.QueryAsync<string>("select id from requests"));
    }
}

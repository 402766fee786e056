using System.Collections.Frozen;
using JitBroker.Catalog;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Chat;

/// <summary>Asking: at once, or through the form.</summary>
public abstract class AskSuite(Wiring wiring) : ChatSuite(wiring)
{
    [Fact]
    public async Task A_complete_request_is_submitted_answered_privately_and_told_to_those_who_decide()
    {
        await using var bench = await StartAsync();
        var card = await bench.AskAsync();

        Assert.Contains("Ana asks for Logs · 1 h", card.Text, StringComparison.Ordinal);
        Assert.Contains("Why: INC-42 slow checkout", card.Text, StringComparison.Ordinal);
        Assert.Contains("needs 1 approval", card.Text, StringComparison.Ordinal);
        Assert.Contains("First time Ana asks for this", card.Text, StringComparison.Ordinal);
        await bench.UntilButtonAsync("bea", "approve", Place.Requests);
        Assert.True((await bench.CardAsync())!.Has("deny"));
        await bench.UntilToldAsync("ana", "Needs 1 of 3 data-owners (Bea, Dan, Eli)");
        Assert.Equal("pending", Assert.Single(await bench.QueryAsync<string>("select state from requests")));
        Assert.Equal(bench.Surface, Assert.Single(await bench.QueryAsync<string>("select surface from requests")));
        Assert.True((await bench.CardAsync("ana", Place.Direct, "cancel")) is not null);
    }

    [Fact]
    public async Task A_partial_request_opens_the_form_filled_and_its_faults_come_back_at_their_fields()
    {
        var strict = TestCatalog.Of(e => e with { Reason = new ReasonRule(true, @"INC-\d+", "Name a ticket, e.g. INC-42") });
        await using var bench = await StartAsync(strict);
        await bench.SayAsync("ana", "request logs:read 3h");
        var form = await bench.UntilFormAsync("ana", "data-owners");

        Assert.Equal("request", form.Name);
        Assert.Equal("logs:read", form["entitlement"]);
        Assert.Equal("PT3H", form["duration"]);
        Assert.Contains("Name a ticket", form.Text, StringComparison.Ordinal);

        var refused = await bench.SubmitAsync("ana", ("reason", "because"));
        Assert.Contains("Name a ticket", refused.Faults["reason"], StringComparison.Ordinal);
        Assert.Equal("because", (await bench.FormAsync("ana"))!["reason"]);
        Assert.Empty(await bench.QueryAsync<string>("select id from requests"));

        var accepted = await bench.SubmitAsync("ana", ("reason", "INC-7 because"));
        Assert.True(accepted.IsAccepted, accepted.Says);
        Assert.Null(await bench.FormAsync("ana"));
        Assert.Equal(3 * 3600, Assert.Single(await bench.QueryAsync<long>("select duration_s from requests")));
        await bench.UntilCardAsync("INC-7 because");
    }

    [Fact]
    public async Task A_form_that_is_sent_empty_says_what_is_missing_and_an_opened_one_says_nothing()
    {
        await using var bench = await StartAsync();
        await bench.SayAsync("ana", "request");
        Assert.DoesNotContain("⚠", (await bench.UntilFormAsync("ana", "What do you need?")).Text, StringComparison.Ordinal);
        Assert.NotEmpty((await bench.SendEmptyAsync("ana")).Faults["entitlement"]);
        Assert.Empty(await bench.QueryAsync<string>("select id from requests"));
    }

    [Fact]
    public async Task A_bundle_is_asked_for_by_its_name_all_or_none()
    {
        await using var bench = await StartAsync(Kit());
        await bench.SayAsync("ana", "request kit 9h INC-1");
        Assert.Equal("kit", (await bench.UntilFormAsync("ana", "at most 8 h"))["entitlement"]);
        Assert.Contains("at most 8 h", (await bench.SubmitAsync("ana")).Faults["duration"], StringComparison.Ordinal);
        Assert.Empty(await bench.QueryAsync<string>("select id from requests"));

        await bench.SayAsync("ana", "request kit 1h INC-1");
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select id from requests")).Count == 2);
        await bench.UntilToldAsync("ana", "Needs 2 of 3 data-owners");
        Assert.Equal([TestCatalog.Logs, TestCatalog.Two], (await bench.QueryAsync<string>("select entitlement from requests where bundle = 'kit'")).Order());
    }

    [Fact]
    public async Task The_form_offers_a_bundle_and_asks_for_all_of_it()
    {
        await using var bench = await StartAsync(Kit());
        await bench.SayAsync("ana", "request");
        await bench.UntilFormAsync("ana", "What do you need?");
        Assert.Equal(["kit"], await bench.OffersAsync("ana", "kit"));
        await bench.SubmitAsync("ana", ("entitlement", "kit"), ("reason", "INC-7"));
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select id from requests where bundle = 'kit'")).Count == 2);
    }

    [Fact]
    public async Task A_faulty_request_opens_the_form_with_the_fault_named_at_its_field()
    {
        await using var bench = await StartAsync();
        await bench.SayAsync("ana", "request logs:raed 1h INC-1");
        Assert.Equal("INC-1", (await bench.UntilFormAsync("ana", "Did you mean logs:read?"))["reason"]);
    }

    [Fact]
    public async Task A_duration_beyond_the_limit_is_kept_marked_and_refused_at_its_field()
    {
        await using var bench = await StartAsync();
        await bench.SayAsync("ana", "request logs:read 9h INC-1");
        await bench.UntilFormAsync("ana", "not possible here");
        Assert.Contains("at most 8 h", (await bench.SubmitAsync("ana")).Faults["duration"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_form_offers_only_what_this_person_may_ask_for_and_its_live_line_follows_the_choice()
    {
        await using var bench = await StartAsync();
        await bench.SayAsync("ana", "request");
        await bench.UntilFormAsync("ana", "What do you need?");
        Assert.Equal(["logs:auto", "logs:read", "logs:staged", "logs:two"], (await bench.OffersAsync("ana", "")).Order());
        Assert.Single(await bench.OffersAsync("ana", "two"));

        await bench.ChooseAsync("ana", "entitlement", "logs:two");
        await bench.UntilFormAsync("ana", "2 of 3 data-owners");
        await bench.ChooseAsync("ana", "entitlement", "logs:read");
        await bench.ChooseAsync("ana", "duration", "PT2H");
        Assert.Equal("PT2H", (await bench.UntilFormAsync("ana", "1 of 3 data-owners"))["duration"]);

        await bench.SayAsync("bea", "request");
        await bench.UntilFormAsync("bea", "What do you need?");
        Assert.Empty(await bench.OffersAsync("bea", ""));
    }

    [Fact]
    public async Task What_nobody_could_approve_is_said_in_the_form_and_refused_at_submit()
    {
        await using var bench = await StartAsync(TestCatalog.With(["ana@example.com"]));
        await bench.SayAsync("ana", "request logs:read 1h INC-1");
        await bench.UntilFormAsync("ana", "Nobody could approve this");
        Assert.Contains("Nobody could approve this", (await bench.SubmitAsync("ana")).Faults["entitlement"], StringComparison.Ordinal);
        Assert.Empty(await bench.QueryAsync<string>("select id from requests"));
    }

    [Fact]
    public async Task What_a_rule_approves_is_ready_at_once()
    {
        await using var bench = await StartAsync();
        await bench.AskAsync(entitlement: TestCatalog.Auto);
        await bench.UntilToldAsync("ana", "Approved by rule");
        await bench.UntilCardAsync("ready for Ana", "ana", Place.Direct);
    }

    [Fact]
    public async Task A_forged_form_is_worth_what_its_fields_say_and_no_more()
    {
        await using var bench = await StartAsync();
        await bench.SayAsync("ana", "request logs:read 1h");
        await bench.UntilFormAsync("ana", "data-owners");
        var refused = await bench.ForgeFormAsync("ana", "request", "01JDA0000000000000000REQ01", ("entitlement", "payroll:admin"), ("duration", "PT900H"), ("reason", "INC-1"));
        Assert.Contains("There is no entitlement payroll:admin", refused.Says, StringComparison.Ordinal);
        Assert.Empty(await bench.QueryAsync<string>("select id from requests"));
    }

    private static CatalogSnapshot Kit() => TestCatalog.Of() with
    {
        Bundles = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["kit"] = [TestCatalog.Logs, TestCatalog.Two] }.ToFrozenDictionary(StringComparer.Ordinal),
    };
}

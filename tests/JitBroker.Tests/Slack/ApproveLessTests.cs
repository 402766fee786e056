using System.Text.Json.Nodes;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Slack;

/// <summary>A yes to less than was asked, by its form: never to more (D6).</summary>
public sealed class ApproveLessTests
{
    private static readonly string Ana = SlackBench.Direct("ana");

    [Fact]
    public async Task It_is_granted_for_less_and_every_card_says_so()
    {
        await using var bench = await SlackBench.StartAsync();
        await OpenAsync(bench, await bench.AskAsync());
        Assert.True((bool)(await bench.SubmitAsync("bea", new { duration = new { value = "20m" } }))["ok"]!);
        await bench.UntilCardAsync("Approved for 20 min by Bea");
        await bench.UntilCardAsync("Approved for 20 min by Bea", "ana", Ana);
        var grant = Assert.Single(await bench.QueryAsync<Window>("select starts_at, ends_at from grants"));
        Assert.Equal(TimeSpan.FromMinutes(20), grant.EndsAt - grant.StartsAt);
        Assert.Contains("· *1 h*", SlackBench.Text(await bench.CardAsync()), StringComparison.Ordinal);
        Assert.Equal(1200, Assert.Single(await bench.QueryAsync<long>("select duration_s from decisions")));
    }

    [Fact]
    public async Task A_preset_is_enough_and_no_preset_is_wider_than_was_asked()
    {
        await using var bench = await SlackBench.StartAsync();
        await OpenAsync(bench, await bench.AskAsync());
        var form = await bench.ModalAsync("bea");
        Assert.DoesNotContain("2 h", SlackBench.Text(form), StringComparison.Ordinal);
        Assert.True((bool)(await bench.SubmitAsync("bea"))["ok"]!);
        await bench.UntilCardAsync("Approved for 30 min by Bea");
    }

    [Theory]
    [InlineData("2h", "2 h is more than the 1 h that was asked for", "wider_than_asked")]
    [InlineData("soon", "soon", "invalid_duration")]
    [InlineData("0m", "", "invalid_duration")]
    public async Task What_is_typed_wrong_is_said_at_its_field_and_stays_there(string typed, string says, string code)
    {
        await using var bench = await SlackBench.StartAsync();
        await OpenAsync(bench, await bench.AskAsync());
        var answer = await bench.SubmitAsync("bea", new { duration = new { value = typed } });
        Assert.Contains(says, (string)answer["errors"]!["duration"]!, StringComparison.Ordinal);
        Assert.Equal(typed, SlackBench.Entered(await bench.ModalAsync("bea"), "duration"));
        Assert.Equal("pending", Assert.Single(await bench.QueryAsync<string>("select state from requests")));
        Assert.Contains(code, Assert.Single(await bench.QueryAsync<string>("select data from events where type = 'refused'")), StringComparison.Ordinal);

        Assert.True((bool)(await bench.SubmitAsync("bea", new { duration = new { value = "PT30M" } }))["ok"]!);
        await bench.UntilCardAsync("Approved for 30 min by Bea");
    }

    [Fact]
    public async Task Of_two_approvals_the_shorter_holds_and_the_card_says_who_gave_what()
    {
        await using var bench = await SlackBench.StartAsync();
        await OpenAsync(bench, await bench.AskAsync(entitlement: TestCatalog.Two));
        await bench.SubmitAsync("bea", new { duration = new { value = "10m" } });
        await bench.UntilCardAsync("1 of 2 approved");
        Assert.Contains("for 10 min", SlackBench.Text(await bench.CardAsync()), StringComparison.Ordinal);
        await bench.PressAsync("dan", (await bench.CardAsync("dan"))!, "approve");
        await bench.UntilCardAsync("Approved for 10 min by Bea");
    }

    [Fact]
    public async Task Neither_the_asker_nor_one_who_has_no_say_gets_the_form()
    {
        await using var bench = await SlackBench.StartAsync();
        var card = await bench.AskAsync();
        await bench.PressAsync("ana", card, "approve_less");
        await bench.UntilWhisperAsync("ana", "can't decide your own");
        await bench.PressAsync("cy", card, "approve_less");
        await bench.UntilWhisperAsync("cy", "not among those who decide");
        Assert.Null(await bench.ModalAsync("ana"));
        Assert.Null(await bench.ModalAsync("cy"));
        Assert.Equal(2, (await bench.QueryAsync<string>("select id from events where type = 'refused'")).Count);
    }

    [Theory]
    [InlineData("ana", "can't decide your own")]
    [InlineData("cy", "not among those who decide")]
    public async Task A_form_that_is_forged_decides_nothing(string who, string says)
    {
        await using var bench = await SlackBench.StartAsync();
        await bench.AskAsync();
        var id = (await bench.QueryAsync<string>("select id from requests"))[0];
        foreach (var typed in new[] { "10m", "nonsense" })
        {
            var answer = await SubmitRawAsync(bench, "U0" + who.ToUpperInvariant(), id, typed);
            Assert.Contains(says, (string)answer["errors"]!["duration"]!, StringComparison.Ordinal);
        }

        Assert.Empty(await bench.QueryAsync<string>("select id from decisions"));
        Assert.Contains("no request", (string)(await SubmitRawAsync(bench, "U0BEA", "01JDA0000000000000000REQ01", "10m"))["errors"]!["duration"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_the_decision_the_form_is_told_who_won()
    {
        await using var bench = await SlackBench.StartAsync();
        var card = await bench.AskAsync();
        await OpenAsync(bench, card);
        await bench.PressAsync("dan", card, "approve");
        await bench.UntilCardAsync("ready for Ana");
        var answer = await bench.SubmitAsync("bea", new { duration = new { value = "10m" } });
        Assert.Contains("Dan approved this", (string)answer["errors"]!["duration"]!, StringComparison.Ordinal);
    }

    private static async Task OpenAsync(SlackBench bench, JsonObject card)
    {
        await bench.PressAsync("bea", card, "approve_less");
        await bench.UntilAsync(async () => SlackBench.Text(await bench.ModalAsync("bea")).Contains("never for more", StringComparison.Ordinal));
    }

    private static async Task<JsonObject> SubmitRawAsync(SlackBench bench, string user, string metadata, string typed)
    {
        var body = new JsonObject
        {
            ["type"] = "view_submission", ["api_app_id"] = "A0JIT", ["trigger_id"] = $"forged.{user}.{typed}.{metadata}", ["team"] = new JsonObject { ["id"] = "T0EX" },
            ["user"] = new JsonObject { ["id"] = user, ["team_id"] = "T0EX" },
            ["view"] = new JsonObject
            {
                ["callback_id"] = "approve_less", ["private_metadata"] = metadata,
                ["state"] = new JsonObject { ["values"] = new JsonObject { ["duration"] = new JsonObject { ["value"] = new JsonObject { ["type"] = "plain_text_input", ["value"] = typed } } } },
            },
        };
        var answer = await bench.DoAsync("deliver", new { kind = "interaction", body = "payload=" + Uri.EscapeDataString(body.ToJsonString()) });
        return (JsonObject)JsonNode.Parse((string)answer["body"]!)!;
    }

    private sealed record Window
    {
        public required DateTimeOffset StartsAt { get; init; }

        public required DateTimeOffset EndsAt { get; init; }
    }
}

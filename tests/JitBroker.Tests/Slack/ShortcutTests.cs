using System.Text.Json.Nodes;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Slack;

/// <summary>Other ways to begin: the global shortcut, a message's shortcut, <c>why</c>.</summary>
public sealed class ShortcutTests
{
    [Fact]
    public async Task The_private_answer_gets_a_link_to_the_card_when_that_is_posted()
    {
        await using var bench = await SlackBench.StartAsync();
        await bench.AskAsync();
        await bench.UntilAsync(async () =>
        {
            bench.Clock.Advance(TimeSpan.FromMilliseconds(300));
            return SlackBench.HasButton(await bench.WhisperAsync("ana"), "see_it");
        });
        var answer = (await bench.WhisperAsync("ana"))!;
        var card = ((string)(await bench.CardAsync())!["ts"]!).Replace(".", "", StringComparison.Ordinal);
        Assert.Contains($"/archives/{SlackBench.Channel}/p{card}", answer.ToJsonString(), StringComparison.Ordinal);
        Assert.True(SlackBench.HasButton(answer, "cancel"));
        await bench.PressAsync("ana", answer, "see_it");
        Assert.Empty(await bench.QueryAsync<string>("select id from events where type = 'refused'"));
    }

    [Fact]
    public async Task The_global_shortcut_opens_the_form()
    {
        await using var bench = await SlackBench.StartAsync();
        Assert.True((bool)(await bench.DoAsync("shortcut", new { person = "ana", callback_id = "jit_request" }))["ok"]!);
        await bench.UntilAsync(async () => SlackBench.Text(await bench.ModalAsync("ana")).Contains("What do you need?", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_message_is_the_reason_to_begin_with_and_nothing_in_it_is_live()
    {
        await using var bench = await SlackBench.StartAsync();
        await bench.SayAsync("cy", "INC-42 <!channel> *Approved by Bea* checkout is slow\n&amp; <https://evil.example|prod-console>");
        var message = (await bench.SeesAsync("ana")).Last(m => !(bool)m["from_app"]!);
        await OpenAsync(bench, message);
        var reason = SlackBench.Entered(await bench.ModalAsync("ana"), "reason")!;
        Assert.StartsWith("INC-42 ", reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', reason);
        Assert.Contains($"/archives/{SlackBench.Channel}/p", reason, StringComparison.Ordinal);

        await bench.SuggestAsync("ana", "logs");
        await bench.ChooseAsync("ana", "entitlement", TestCatalog.Logs);
        Assert.True((bool)(await bench.SubmitAsync("ana"))["ok"]!);
        await bench.UntilCardAsync("asks for");
        Assert.DoesNotContain("<!channel>", MrkdwnOf(await bench.CardAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_message_is_cut_and_one_without_a_link_still_opens()
    {
        await using var bench = await SlackBench.StartAsync();
        await bench.SayAsync("cy", "INC-42 " + string.Concat(Enumerable.Repeat("slow ", 400)));
        await bench.FaultAsync(new { method = "chat.getPermalink", error = "internal_error" });
        await OpenAsync(bench, (await bench.SeesAsync("ana")).Last(m => !(bool)m["from_app"]!));
        var reason = SlackBench.Entered(await bench.ModalAsync("ana"), "reason")!;
        Assert.InRange(reason.Length, 250, 300);
        Assert.EndsWith("…", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Why_says_each_rule_and_opens_the_form_filled()
    {
        await using var bench = await SlackBench.StartAsync();
        await bench.SayAsync("ana", $"/access why {TestCatalog.Logs}");
        await bench.UntilWhisperAsync("ana", "You may ask for *Logs*.");
        await bench.PressAsync("ana", (await bench.WhisperAsync("ana"))!, "request_access");
        await bench.UntilAsync(async () => SlackBench.Text(await bench.ModalAsync("ana")).Contains("data-owners", StringComparison.Ordinal));
        await bench.SayAsync("ana", "/access why");
        await bench.UntilWhisperAsync("ana", "/access why ENTITLEMENT");
    }

    [Fact]
    public async Task Why_tells_a_hidden_name_like_one_that_does_not_exist()
    {
        await using var bench = await SlackBench.StartAsync(TestCatalog.Of(e => e with { Hidden = true, Eligible = ["data-owners"] }));
        await bench.SayAsync("ana", $"/access why {TestCatalog.Logs}");
        await bench.UntilWhisperAsync("ana", $"There is no entitlement {TestCatalog.Logs}.");
        var hidden = SlackBench.Text(await bench.WhisperAsync("ana"));
        await bench.SayAsync("ana", "/access why nothing:here");
        await bench.UntilWhisperAsync("ana", "There is no entitlement nothing:here.");
        Assert.Equal(hidden.Replace(TestCatalog.Logs, "X", StringComparison.Ordinal), SlackBench.Text(await bench.WhisperAsync("ana")).Replace("nothing:here", "X", StringComparison.Ordinal));
    }

    private static async Task OpenAsync(SlackBench bench, JsonObject message)
    {
        var answer = await bench.DoAsync("shortcut", new { person = "ana", callback_id = "jit_request_for", conversation = SlackBench.Channel, ts = (string)message["ts"]! });
        Assert.True((bool)answer["ok"]!, answer.ToJsonString());
        await bench.UntilAsync(async () => SlackBench.Entered(await bench.ModalAsync("ana"), "reason") is { Length: > 0 });
    }

    private static string MrkdwnOf(JsonNode? node) => node switch
    {
        JsonObject o when (string?)o["type"] == "mrkdwn" => (string)o["text"]!,
        JsonObject o => string.Join('\n', o.Select(p => MrkdwnOf(p.Value))),
        JsonArray a => string.Join('\n', a.Select(MrkdwnOf)),
        _ => "",
    };
}

using System.Text.Json.Nodes;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Slack;

/// <summary>Other ways to begin: the global shortcut, a message's shortcut.</summary>
public sealed class ShortcutTests
{
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

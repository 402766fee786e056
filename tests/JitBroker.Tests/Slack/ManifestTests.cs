using System.Runtime.CompilerServices;
using JitBroker.Bots.Slack;
using JitBroker.Playground;
using YamlDotNet.RepresentationModel;

namespace JitBroker.Tests.Slack;

/// <summary>The manifest asks for what the code uses and for nothing else.</summary>
public sealed class ManifestTests
{
    private static readonly YamlMappingNode Manifest = Read();

    [Fact]
    public void It_asks_for_the_scopes_the_code_needs_and_no_others() =>
        Assert.Equal(SlackScopes.Needed.Order(), Texts(At("oauth_config", "scopes", "bot")).Order());

    [Fact]
    public async Task Those_scopes_are_enough_for_the_whole_way_of_a_request()
    {
        await using var bench = await SlackBench.StartAsync(workspace: o => o with { Scopes = SlackScopes.Needed });
        var card = await bench.AskAsync();
        await bench.PressAsync("bea", card, "approve");
        await bench.UntilCardAsync("ready for Ana");
        await bench.SayAsync("ana", "/access request");
        await bench.UntilAsync(async () => SlackBench.Text(await bench.ModalAsync("ana")).Contains("What do you need?", StringComparison.Ordinal));
        Assert.DoesNotContain(((System.Text.Json.Nodes.JsonArray)(await bench.LogAsync())["calls"]!).Select(c => (string?)c!["answer"]?["error"]), e => e == "missing_scope");
    }

    [Fact]
    public void It_registers_the_command_the_shortcut_and_the_events_the_code_handles()
    {
        var command = (YamlMappingNode)((YamlSequenceNode)At("features", "slash_commands")).Single();
        Assert.Equal("/access", Text(command, "command"));
        Assert.Equal("true", Text(command, "should_escape"));
        Assert.EndsWith("/slack/commands", Text(command, "url"), StringComparison.Ordinal);
        Assert.Equal(
            [("global", RequestFormDesk.ShortcutId), ("message", RequestFormDesk.MessageShortcutId)],
            ((YamlSequenceNode)At("features", "shortcuts")).Cast<YamlMappingNode>().Select(s => (Text(s, "type"), Text(s, "callback_id"))).Order());
        Assert.Equal("true", Text((YamlMappingNode)At("features", "app_home"), "home_tab_enabled"));
        Assert.Equal(["app_home_opened", "app_uninstalled", "tokens_revoked"], Texts(At("settings", "event_subscriptions", "bot_events")).Order());
        Assert.EndsWith("/slack/interactions", ((YamlScalarNode)At("settings", "interactivity", "message_menu_options_url")).Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_limits_are_Slacks()
    {
        Assert.InRange(Text((YamlMappingNode)At("display_information"), "description")!.Length, 1, 140);
        Assert.InRange(new PlaygroundOptions { Clock = new ManualClock() }.Commands.Count, 1, 1);
    }

    private static YamlNode At(params string[] path) => path.Aggregate((YamlNode)Manifest, (node, name) => ((YamlMappingNode)node).Children[new YamlScalarNode(name)]);

    private static string? Text(YamlMappingNode node, string name) => ((YamlScalarNode)node.Children[new YamlScalarNode(name)]).Value;

    private static IEnumerable<string> Texts(YamlNode node) => ((YamlSequenceNode)node).Select(n => ((YamlScalarNode)n).Value!);

    private static YamlMappingNode Read([CallerFilePath] string here = "")
    {
        var yaml = new YamlStream();
        using var text = File.OpenText(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "bots", "slack-manifest.yaml"));
        yaml.Load(text);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }
}

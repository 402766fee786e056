using System.Text.Json.Nodes;
using static JitBroker.Playground.Blocks.ElementShapes;
using static JitBroker.Playground.Blocks.Rules;

namespace JitBroker.Playground.Blocks;

/// <summary>Modals and home tabs.</summary>
internal static class ViewShapes
{
    private static readonly Property[] Common =
    [
        new("blocks", BlockShapes.OfView, true), new("private_metadata", Text(3000, 0)), new("callback_id", Text(255, 0)), new("external_id", Text(255, 0)),
    ];

    private static bool HasInput(JsonObject view) => view["blocks"] is JsonArray blocks && blocks.OfType<JsonObject>().Any(b => Wire.Text(b["type"]) == "input");

    /// <summary>A modal; one with an input block must say what its submit button says.</summary>
    public static Rule Modal { get; } = All(
        Shape([new("type", OneOf("modal"), true), new("title", Plain(24), true), new("submit", Plain(24)), new("close", Plain(24)),
            new("clear_on_close", Flag), new("notify_on_close", Flag), new("submit_disabled", Flag), .. Common]),
        Must(v => v["submit"] is not null || !HasInput(v), "`submit` is required when an `input` block is used", "/submit"));

    /// <summary>A home tab.</summary>
    public static Rule Home { get; } = Shape([new("type", OneOf("home"), true), .. Common]);

    /// <summary>Every fault of blocks that stand in a message.</summary>
    public static List<string> FaultsOfMessage(JsonNode? blocks)
    {
        var findings = new Findings();
        BlockShapes.OfMessage(findings, blocks, "/blocks");
        return findings.Messages;
    }

    /// <summary>Every fault of a view of that type.</summary>
    public static List<string> FaultsOfView(JsonNode? view, string type)
    {
        var findings = new Findings();
        (type == "home" ? Home : Modal)(findings, view, "/view");
        return findings.Messages;
    }

    /// <summary>Every fault of an app's answer to <c>block_suggestion</c>.</summary>
    public static List<string> FaultsOfOptions(JsonObject answer)
    {
        var findings = new Findings();
        Shape(new("options", Options), new("option_groups", OptionGroups))(findings, answer, "");
        if (answer["options"] is null == answer["option_groups"] is null) findings.Add("must have exactly one of options and option_groups", "");
        return findings.Messages;
    }
}

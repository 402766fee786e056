using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Playground.Blocks;
using JitBroker.Playground.State;

namespace JitBroker.Playground.Control;

/// <summary>What Slack's own client checks before it sends a form.</summary>
internal static class FormChecks
{
    public static IEnumerable<(string BlockId, string What)> Faults(OpenView view)
    {
        foreach (var block in view.Blocks.OfType<JsonObject>())
        {
            if (Wire.Text(block["type"]) != "input" || block["element"] is not JsonObject element || InputKind.Of(element) is not { } kind) continue;
            var blockId = (string)block["block_id"]!;
            var state = view.Inputs.Get(blockId, (string)element["action_id"]!);
            if (!kind.IsFilled(state))
            {
                if (!Wire.Flag(block["optional"])) yield return (blockId, "Please complete this required field.");
                continue;
            }
            if (Wire.Text(state![kind.Key]) is { } text && Length(element, text) is { } what) yield return (blockId, what);
        }
    }

    private static string? Length(JsonObject element, string text)
    {
        if (Wire.Text(element["type"]) != "plain_text_input") return null;
        if (element["max_length"] is JsonValue max && max.TryGetValue<int>(out var most) && text.Length > most)
            return string.Create(CultureInfo.InvariantCulture, $"This field can't have more than {most} characters.");
        if (element["min_length"] is JsonValue min && min.TryGetValue<int>(out var least) && text.Length < least)
            return string.Create(CultureInfo.InvariantCulture, $"This field needs at least {least} characters.");
        return null;
    }
}

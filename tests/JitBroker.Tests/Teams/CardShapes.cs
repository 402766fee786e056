using System.Text.Json.Nodes;

namespace JitBroker.Tests.Teams;

/// <summary>What the bot uses of Adaptive Cards 1.5, written down a second time: another element or property in a card is a fault. What it means is checked by Microsoft's own parser (<c>tests/peers</c>).</summary>
internal static class CardShapes
{
    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["AdaptiveCard"] = "$schema version body fallbackText msteams refresh actions",
        ["RichTextBlock"] = "inlines",
        ["TextRun"] = "text weight size isSubtle fontType",
        ["TextBlock"] = "text wrap weight size style",
        ["Container"] = "style items",
        ["ColumnSet"] = "columns",
        ["Column"] = "width items",
        ["ActionSet"] = "actions",
        ["Input.Text"] = "id label isMultiline maxLength placeholder value isRequired errorMessage",
        ["Input.ChoiceSet"] = "id label style choices placeholder value isRequired errorMessage",
        ["Input.Date"] = "id label value",
        ["Input.Time"] = "id label value",
        ["Action.Execute"] = "title verb data style fallback associatedInputs",
        ["Action.Submit"] = "title data style associatedInputs",
        ["Action.ShowCard"] = "title card style",
        ["Action.OpenUrl"] = "title url",
    };

    private static readonly string[] Anywhere = ["type", "separator", "spacing"];

    /// <summary>Objects that are no elements.</summary>
    private static readonly string[] Opaque = ["data", "msteams", "choices"];

    public static IReadOnlyList<string> FaultsOf(JsonObject card)
    {
        var faults = new List<string>();
        if ((string?)card["version"] != "1.5")
            faults.Add("version is not 1.5");
        Walk(card, "", faults);
        return faults;
    }

    /// <summary>Every object of a type, wherever it stands.</summary>
    public static IEnumerable<JsonObject> All(JsonNode? node, params string[] types) => node switch
    {
        JsonObject o => (o["type"] is JsonValue v && types.Contains(v.ToString(), StringComparer.Ordinal) ? [o] : Array.Empty<JsonObject>()).Concat(o.SelectMany(p => All(p.Value, types))),
        JsonArray a => a.SelectMany(n => All(n, types)),
        _ => [],
    };

    private static void Walk(JsonNode? node, string path, List<string> faults)
    {
        if (node is JsonArray array)
        {
            for (var i = 0; i < array.Count; i++)
                Walk(array[i], $"{path}/{i}", faults);
            return;
        }

        if (node is not JsonObject element)
            return;
        if (path.EndsWith("/refresh", StringComparison.Ordinal))
        {
            Walk(element["action"], path + "/action", faults);
            return;
        }

        if (!Known.TryGetValue((string?)element["type"] ?? "", out var known))
        {
            faults.Add($"{path}: {element["type"]} is not used");
            return;
        }

        foreach (var (name, value) in element)
        {
            if (!Anywhere.Contains(name, StringComparer.Ordinal) && !known.Split(' ').Contains(name, StringComparer.Ordinal))
                faults.Add($"{path}: {element["type"]} has {name}");
            if (!Opaque.Contains(name, StringComparer.Ordinal))
                Walk(value, $"{path}/{name}", faults);
        }

        if (element is { } e && e["type"]!.ToString().StartsWith("Action.", StringComparison.Ordinal) && string.IsNullOrWhiteSpace((string?)e["title"]))
            faults.Add($"{path}: a button without a title");
        if ((string?)element["type"] is "TextRun" or "TextBlock" && string.IsNullOrEmpty((string?)element["text"]))
            faults.Add($"{path}: an empty text");
    }
}

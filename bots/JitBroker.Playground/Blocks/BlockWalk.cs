using System.Text.Json.Nodes;

namespace JitBroker.Playground.Blocks;

/// <summary>Finds the interactive elements of blocks that were found valid.</summary>
internal static class BlockWalk
{
    /// <summary>Each element beside the block it sits in, in reading order.</summary>
    public static IEnumerable<(JsonObject Block, JsonObject Element)> Elements(JsonArray? blocks)
    {
        foreach (var node in blocks ?? [])
        {
            if (node is not JsonObject block) continue;
            if (block["accessory"] is JsonObject accessory) yield return (block, accessory);
            if (block["element"] is JsonObject element) yield return (block, element);
            if (block["elements"] is not JsonArray elements || (string?)block["type"] != "actions") continue;
            foreach (var one in elements.OfType<JsonObject>()) yield return (block, one);
        }
    }

    /// <summary>The element with that action id; the block id narrows where it is given.</summary>
    public static (JsonObject Block, JsonObject Element)? Find(JsonArray? blocks, string? blockId, string actionId)
    {
        foreach (var (block, element) in Elements(blocks))
            if ((string?)element["action_id"] == actionId && (blockId is null || (string?)block["block_id"] == blockId))
                return (block, element);
        return null;
    }

    /// <summary>Every option of a select, radio, checkbox or overflow element.</summary>
    public static IEnumerable<JsonObject> Options(JsonObject element)
    {
        foreach (var option in (element["options"] as JsonArray ?? []).OfType<JsonObject>()) yield return option;
        foreach (var group in (element["option_groups"] as JsonArray ?? []).OfType<JsonObject>())
            foreach (var option in (group["options"] as JsonArray ?? []).OfType<JsonObject>())
                yield return option;
    }

    /// <summary>Gives each block without an id one of Slack's kind.</summary>
    public static JsonArray WithIds(JsonArray blocks, Func<string> newId)
    {
        var copy = (JsonArray)blocks.DeepClone();
        foreach (var block in copy.OfType<JsonObject>())
            if (string.IsNullOrEmpty((string?)block["block_id"])) block["block_id"] = newId();
        foreach (var (_, element) in Elements(copy))
            if (string.IsNullOrEmpty((string?)element["action_id"]) && (string?)element["type"] != "image") element["action_id"] = newId();
        return copy;
    }
}

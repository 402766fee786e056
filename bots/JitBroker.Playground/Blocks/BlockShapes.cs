using System.Text.Json.Nodes;
using static JitBroker.Playground.Blocks.ElementShapes;
using static JitBroker.Playground.Blocks.Rules;

namespace JitBroker.Playground.Blocks;

/// <summary>The blocks themselves: which there are, what each holds and where it may stand.</summary>
internal static class BlockShapes
{
    private static readonly Property Id = new("block_id", Text(255));

    private static Rule Block(string type, params Property[] more) => Shape([new("type", OneOf(type), true), Id, .. more]);

    private static bool IsTyped(string type) => type.EndsWith("_input", StringComparison.Ordinal);

    private static Rule Elements(Func<string, bool> allowed) => Typed(ElementShapes.ByType, allowed);

    private static readonly Rule ContextElement = Typed(new Dictionary<string, Rule>(StringComparer.Ordinal)
    {
        ["plain_text"] = Rich(3000), ["mrkdwn"] = Rich(3000), ["image"] = ElementShapes.ByType["image"],
    });

    private static readonly Rule DistinctActions = (f, n, p) =>
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, element) in BlockWalk.Elements(n is null ? null : [n.DeepClone()]))
            if (Wire.Text(element["action_id"]) is { } id && !seen.Add(id))
                f.Add($"`action_id` `{id}` already exists. `action_id`s have to be unique within a block.", p);
    };

    private static readonly IReadOnlyDictionary<string, Rule> Types = new Dictionary<string, Rule>(StringComparer.Ordinal)
    {
        ["section"] = All(
            Block("section", new("text", Rich(3000)), new("fields", List(1, 10, Rich(2000))), new("expand", Flag),
                new("accessory", Elements(t => !IsTyped(t) && t != "datetimepicker"))),
            Must(o => o["text"] is not null || o["fields"] is not null, "must have one of: text, fields")),
        ["header"] = Block("header", new("text", Plain(150), true), new("level", Whole(1, 4))),
        ["divider"] = Block("divider"),
        ["context"] = Block("context", new Property("elements", List(1, 10, ContextElement), true)),
        ["actions"] = All(Block("actions", new Property("elements", List(1, 25, Elements(t => !IsTyped(t) && t != "image")), true)), DistinctActions),
        ["input"] = Block("input", new("label", Plain(2000), true), new("hint", Plain(2000)), new("optional", Flag), new("dispatch_action", Flag),
            new("element", Elements(t => t is not ("button" or "image" or "overflow")), true)),
        ["image"] = Block("image", new("image_url", Link(3000)), new("slack_file", Any), new("alt_text", Text(2000), true), new("title", Plain(2000))),
        ["rich_text"] = Block("rich_text", new Property("elements", List(0, 100, RichTextShapes.Part), true)),
        ["markdown"] = Block("markdown", new Property("text", Text(12_000), true)),
    };

    private static readonly Rule One = All(Typed(Types), UniqueId);

    /// <summary>The blocks of a message: at most 50.</summary>
    public static Rule OfMessage { get; } = List(0, 50, One);

    /// <summary>The blocks of a modal or home: at most 100, and no <c>markdown</c>.</summary>
    public static Rule OfView { get; } = List(1, 100, All(Typed(Types, t => t != "markdown"), UniqueId));

    private static void UniqueId(Findings f, JsonNode? n, string p)
    {
        if (n is JsonObject o && Wire.Text(o["block_id"]) is { Length: > 0 } id) f.BlockId(id, p);
    }
}

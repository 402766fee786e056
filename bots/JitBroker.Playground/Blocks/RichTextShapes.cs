using static JitBroker.Playground.Blocks.Rules;

namespace JitBroker.Playground.Blocks;

/// <summary>What a rich_text block may hold.</summary>
internal static class RichTextShapes
{
    private static readonly Property Style = new("style", Shape(new("bold", Flag), new("italic", Flag), new("strike", Flag), new("code", Flag),
        new("underline", Flag), new("highlight", Flag), new("client_highlight", Flag), new("unlink", Flag)));

    private static Rule Bit(string type, params Property[] more) => Shape([new("type", OneOf(type), true), Style, .. more]);

    private static readonly Rule Inline = Typed(new Dictionary<string, Rule>(StringComparer.Ordinal)
    {
        ["text"] = Bit("text", new Property("text", Text(3000), true)),
        ["link"] = Bit("link", new("url", Link(3000), true), new("text", Text(3000, 0)), new("unsafe", Flag)),
        ["user"] = Bit("user", new Property("user_id", Text(255), true)),
        ["channel"] = Bit("channel", new Property("channel_id", Text(255), true)),
        ["usergroup"] = Bit("usergroup", new Property("usergroup_id", Text(255), true)),
        ["emoji"] = Bit("emoji", new("name", Text(255), true), new("unicode", Text(64)), new("skin_tone", Whole(1, 6))),
        ["broadcast"] = Bit("broadcast", new Property("range", OneOf("here", "channel", "everyone"), true)),
        ["date"] = Bit("date", new("timestamp", Whole(0, 9_999_999_999), true), new("format", Text(255), true), new("url", Link(3000)), new("fallback", Text(3000))),
        ["color"] = Bit("color", new Property("value", Text(16), true)),
    });

    private static readonly Rule Inlines = List(0, 500, Inline);
    private static readonly Property Border = new("border", Whole(0, 1));

    private static readonly Rule Section = Shape(new("type", Any, true), new("elements", Inlines, true));

    /// <summary>A section, list, quote or preformatted part.</summary>
    public static Rule Part { get; } = Typed(new Dictionary<string, Rule>(StringComparer.Ordinal)
    {
        ["rich_text_section"] = Section,
        ["rich_text_preformatted"] = Shape(new("type", Any, true), new("elements", Inlines, true), Border, new("language", Text(64))),
        ["rich_text_quote"] = Shape(new("type", Any, true), new("elements", Inlines, true), Border),
        ["rich_text_list"] = Shape(new("type", Any, true), new("elements", List(0, 100, Typed(new Dictionary<string, Rule>(StringComparer.Ordinal) { ["rich_text_section"] = Section })), true),
            new("style", OneOf("bullet", "ordered"), true), new("indent", Whole(0, 8)), new("offset", Whole(0, 10_000)), Border),
    });
}

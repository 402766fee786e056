using System.Text.Json.Serialization;

namespace JitBroker.Bots.Slack;

/// <summary>Block Kit, as much of it as the bot says. Property names on the wire are snake case; see <see cref="SlackJson"/>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(SectionBlock), "section")]
[JsonDerivedType(typeof(ContextBlock), "context")]
[JsonDerivedType(typeof(ActionsBlock), "actions")]
[JsonDerivedType(typeof(DividerBlock), "divider")]
[JsonDerivedType(typeof(InputBlock), "input")]
[JsonDerivedType(typeof(HeaderBlock), "header")]
internal abstract record Block
{
    /// <summary>Unique within a message or view; null: Slack makes one.</summary>
    public string? BlockId { get; init; }
}

internal sealed record SectionBlock(TextObject Text) : Block
{
    /// <summary>Stands beside the text.</summary>
    public Element? Accessory { get; init; }
}

internal sealed record HeaderBlock(TextObject Text) : Block;

internal sealed record ContextBlock(IReadOnlyList<TextObject> Elements) : Block;

internal sealed record ActionsBlock(IReadOnlyList<Element> Elements) : Block;

internal sealed record DividerBlock : Block;

internal sealed record InputBlock(TextObject Label, Element Element) : Block
{
    public TextObject? Hint { get; init; }

    public bool Optional { get; init; }

    /// <summary>True: each change is told to the app as a <c>block_actions</c>.</summary>
    public bool DispatchAction { get; init; }
}

[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(PlainText), "plain_text")]
[JsonDerivedType(typeof(MrkdwnText), "mrkdwn")]
internal abstract record TextObject(string Text);

/// <summary>Never parsed: what people wrote goes here.</summary>
internal sealed record PlainText(string Text) : TextObject(Text)
{
    public bool Emoji { get; init; }
}

/// <summary>Parsed: every piece of data in it went through <see cref="Mrkdwn"/>.</summary>
internal sealed record MrkdwnText(string Text) : TextObject(Text)
{
    /// <summary>No links or names are made of bare text.</summary>
    public bool Verbatim { get; init; } = true;
}

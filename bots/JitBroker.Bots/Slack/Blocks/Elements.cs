using System.Text.Json.Serialization;

namespace JitBroker.Bots.Slack;

/// <summary>Interactive elements.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ButtonElement), "button")]
[JsonDerivedType(typeof(StaticSelect), "static_select")]
[JsonDerivedType(typeof(ExternalSelect), "external_select")]
[JsonDerivedType(typeof(PlainTextInput), "plain_text_input")]
[JsonDerivedType(typeof(DateTimePicker), "datetimepicker")]
internal abstract record Element(string ActionId);

internal sealed record ButtonElement(string ActionId, TextObject Text, string Value) : Element(ActionId)
{
    /// <summary><c>primary</c> or <c>danger</c>; null: plain.</summary>
    public string? Style { get; init; }

    public ConfirmDialog? Confirm { get; init; }

    /// <summary>Opened by the press, which is sent to us all the same.</summary>
    public string? Url { get; init; }
}

internal sealed record ConfirmDialog(TextObject Title, TextObject Text, TextObject Confirm, TextObject Deny);

internal sealed record SelectOption(TextObject Text, string Value)
{
    public TextObject? Description { get; init; }
}

internal sealed record StaticSelect(string ActionId, IReadOnlyList<SelectOption> Options) : Element(ActionId)
{
    /// <summary>Equal to one of the options.</summary>
    public SelectOption? InitialOption { get; init; }

    public TextObject? Placeholder { get; init; }
}

/// <summary>Its options come from us while a person types: <c>block_suggestion</c>.</summary>
internal sealed record ExternalSelect(string ActionId) : Element(ActionId)
{
    public int MinQueryLength { get; init; }

    public SelectOption? InitialOption { get; init; }

    public TextObject? Placeholder { get; init; }
}

internal sealed record PlainTextInput(string ActionId) : Element(ActionId)
{
    public bool Multiline { get; init; }

    public string? InitialValue { get; init; }

    public int? MaxLength { get; init; }

    public TextObject? Placeholder { get; init; }
}

internal sealed record DateTimePicker(string ActionId) : Element(ActionId)
{
    /// <summary>Unix seconds.</summary>
    public long? InitialDateTime { get; init; }
}

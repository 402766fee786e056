using System.Text.Json.Nodes;
using JitBroker.Playground.Blocks;
using static JitBroker.Playground.Blocks.Rules;
using static JitBroker.Playground.Teams.Cards.CardRules;

namespace JitBroker.Playground.Teams.Cards;

/// <summary>The elements of Adaptive Cards 1.5 that this tenant's client draws: what each holds.</summary>
internal static class CardElements
{
    private static Rule Element(string type, params Property[] more) => Shape(
    [
        new("type", OneOf(type), true), new("id", Text(255)), new("isVisible", Flag), new("separator", Flag), new("spacing", AnyCase(Spacings)),
        new("height", AnyCase("auto", "stretch")), new("fallback", Fallback(() => One)), new("requires", AnyObject), .. more,
    ]);

    private static Rule Input(string type, params Property[] more) => All(
        Element(type, [new("label", Text(2000)), new("isRequired", Flag), new("errorMessage", Text(2000)), .. more]),
        Must(o => Wire.Text(o["id"]) is { Length: > 0 }, "missing required field: id"));

    private static readonly Property[] Wording =
    [
        new("color", AnyCase(Colors)), new("fontType", AnyCase("default", "monospace")), new("isSubtle", Flag), new("size", AnyCase(Sizes)),
        new("weight", AnyCase("default", "lighter", "bolder")),
    ];

    private static readonly Rule Run = Either(n => Wire.Text(n) is not null, Any, Shape(
    [
        new("type", OneOf("TextRun"), true), new("text", Text(8000), true), new("highlight", Flag), new("italic", Flag), new("strikethrough", Flag), new("underline", Flag),
        new("selectAction", Later(() => CardActions.Select)), .. Wording,
    ]));

    private static readonly Rule Choice = Shape(new("title", Text(1000), true), new Property("value", Text(1000, min: 0), true));

    private static readonly Rule Fact = Shape(new("title", Text(1000, min: 0), true), new Property("value", Text(8000, min: 0), true));

    private static Property Items(string name, bool required = false) => new(name, List(0, 200, Later(() => One)), required);

    private static readonly Property[] Boxed =
    [
        new("selectAction", Later(() => CardActions.Select)), new("style", AnyCase(Styles)), new("verticalContentAlignment", AnyCase(Heights)), new("bleed", Flag),
        new("minHeight", Pixels), new("rtl", Flag),
    ];

    private static readonly Rule Column = Either(n => n?["type"] is null, Shape(ColumnProperties(false)), Shape(ColumnProperties(true)));

    public static IReadOnlyDictionary<string, Rule> ByType { get; } = new Dictionary<string, Rule>(StringComparer.Ordinal)
    {
        ["TextBlock"] = Element("TextBlock", [new("text", Text(16_000, min: 0), true), new("wrap", Flag), new("maxLines", Whole(0, 1000)), new("horizontalAlignment", AnyCase(Sides)),
            new("style", AnyCase("default", "heading", "columnHeader")), .. Wording]),
        ["RichTextBlock"] = Element("RichTextBlock", new Property("inlines", List(1, 200, Run), true), new Property("horizontalAlignment", AnyCase(Sides))),
        ["Image"] = Element("Image", new Property("url", Link(3000), true), new Property("altText", Text(1000)), new Property("size", AnyCase("auto", "stretch", "small", "medium", "large")),
            new Property("style", AnyCase("default", "person")), new Property("width", Pixels), new Property("horizontalAlignment", AnyCase(Sides))),
        ["FactSet"] = Element("FactSet", new Property("facts", List(1, 100, Fact), true)),
        ["Container"] = Element("Container", [Items("items", required: true), .. Boxed]),
        ["ColumnSet"] = Element("ColumnSet", [new("columns", List(0, 20, Column)), new("horizontalAlignment", AnyCase(Sides)), new("style", AnyCase(Styles)), new("bleed", Flag),
            new("minHeight", Pixels), new("selectAction", Later(() => CardActions.Select))]),
        ["ActionSet"] = Element("ActionSet", new Property("actions", Later(() => CardActions.Set), true)),
        ["Input.Text"] = Input("Input.Text", new("placeholder", Text(1000)), new("value", Text(8000, min: 0)), new("maxLength", Whole(1, 100_000)), new("isMultiline", Flag),
            new("regex", Text(1000)), new("style", AnyCase("text", "tel", "url", "email", "password")), new Property("inlineAction", Later(() => CardActions.Select))),
        ["Input.Number"] = Input("Input.Number", new("placeholder", Text(1000)), new("value", Number), new("min", Number), new Property("max", Number)),
        ["Input.Date"] = Input("Input.Date", new("placeholder", Text(1000)), new("value", Date), new("min", Date), new Property("max", Date)),
        ["Input.Time"] = Input("Input.Time", new("placeholder", Text(1000)), new("value", Time), new("min", Time), new Property("max", Time)),
        ["Input.Toggle"] = Input("Input.Toggle", new("title", Text(1000), true), new("value", Text(1000, min: 0)), new("valueOn", Text(1000)), new("valueOff", Text(1000)), new Property("wrap", Flag)),
        ["Input.ChoiceSet"] = All(
            Input("Input.ChoiceSet", new("choices", List(0, 500, Choice)), new("choices.data", AnyObject), new("isMultiSelect", Flag), new("style", AnyCase("compact", "expanded", "filtered")),
                new("value", Text(8000, min: 0)), new("placeholder", Text(1000)), new Property("wrap", Flag)),
            Must(o => o["choices"] is JsonArray { Count: > 0 } || o["choices.data"] is not null, "must have at least one of: choices")),
    };

    /// <summary>Any element.</summary>
    public static Rule One { get; } = Typed(ByType);

    private static Property[] ColumnProperties(bool typed) =>
    [
        .. typed ? [new Property("type", OneOf("Column"), true)] : Array.Empty<Property>(), new("id", Text(255)), new("isVisible", Flag), new("separator", Flag), new("spacing", AnyCase(Spacings)),
        new("fallback", Any), new("requires", AnyObject), Items("items"), new("width", Either(n => Wire.Text(n) is not null, Any, Number)), .. Boxed,
    ];
}

using System.Text.Json.Nodes;
using JitBroker.Playground.Blocks;
using static JitBroker.Playground.Blocks.Rules;
using static JitBroker.Playground.Teams.Cards.CardRules;

namespace JitBroker.Playground.Teams.Cards;

/// <summary>The actions of Adaptive Cards 1.5. <c>Action.Http</c> is not among them: Teams has none.</summary>
internal static class CardActions
{
    /// <summary>Teams shows at most six actions of a card.</summary>
    public const int Most = 6;

    private static Rule Action(string type, bool titled, params Property[] more) => Shape(
    [
        new("type", OneOf(type), true), new("id", Text(255)), new("title", Text(200), titled), new("iconUrl", Link(3000)), new("style", AnyCase("default", "positive", "destructive")),
        new("tooltip", Text(1000)), new("isEnabled", Flag), new("mode", AnyCase("primary", "secondary")), new("fallback", Fallback(() => One)), new("requires", AnyObject), .. more,
    ]);

    private static Dictionary<string, Rule> Types(bool titled) => new(StringComparer.Ordinal)
    {
        ["Action.Execute"] = Action("Action.Execute", titled, new("verb", Text(255)), new("data", Data), new Property("associatedInputs", AnyCase("auto", "none"))),
        ["Action.Submit"] = Action("Action.Submit", titled, new("data", Data), new Property("associatedInputs", AnyCase("auto", "none"))),
        ["Action.OpenUrl"] = Action("Action.OpenUrl", titled, new Property("url", Link(3000), true)),
        ["Action.ToggleVisibility"] = Action("Action.ToggleVisibility", titled, new Property("targetElements", List(1, 100, Any), true)),
        ["Action.ShowCard"] = Action("Action.ShowCard", titled, new Property("card", Later(() => CardShape.Inner), true)),
    };

    /// <summary>A button.</summary>
    public static Rule One { get; } = Typed(Types(titled: true));

    /// <summary>What a press on an element does.</summary>
    public static Rule Select { get; } = Typed(Types(titled: false), t => t != "Action.ShowCard");

    /// <summary>A row of buttons.</summary>
    public static Rule Set { get; } = List(1, Most, Later(() => One));

    /// <summary>The refresh of a card: an <c>Action.Execute</c> whose title nobody sees.</summary>
    public static Rule Refresh { get; } = All(Typed(Types(titled: false), t => t == "Action.Execute"), Must(o => o["verb"] is JsonValue, "missing required field: verb"));
}

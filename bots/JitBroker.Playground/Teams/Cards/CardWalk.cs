using System.Text.Json.Nodes;

namespace JitBroker.Playground.Teams.Cards;

/// <summary>An action of a card, with the inputs that go with it: those of its own card and of the cards around it.</summary>
internal sealed record CardAction(JsonObject Action, IReadOnlyList<JsonObject> Inputs);

/// <summary>Walks a card that was found to be well shaped.</summary>
internal static class CardWalk
{
    /// <summary>All elements of a card, also of those that its buttons show.</summary>
    public static IEnumerable<JsonObject> Elements(JsonObject card) => Within(card["body"]).Concat(Shown(card).SelectMany(Elements));

    /// <summary>All actions, in the order in which they are drawn.</summary>
    public static IEnumerable<CardAction> Actions(JsonObject card) => Actions(card, []);

    /// <summary>The inputs of this card, without those of cards that its buttons show.</summary>
    public static IEnumerable<JsonObject> Inputs(JsonObject card) =>
        Within(card["body"]).Where(e => Wire.Text(e["type"])?.StartsWith("Input.", StringComparison.Ordinal) == true && Wire.Text(e["id"]) is not null);

    private static IEnumerable<CardAction> Actions(JsonObject card, IReadOnlyList<JsonObject> around)
    {
        IReadOnlyList<JsonObject> inputs = [.. around, .. Inputs(card)];
        foreach (var action in Own(card))
        {
            yield return new CardAction(action, inputs);
            if (action["card"] is JsonObject inner)
                foreach (var deeper in Actions(inner, inputs)) yield return deeper;
        }
    }

    private static IEnumerable<JsonObject> Shown(JsonObject card) => Own(card).Select(a => a["card"]).OfType<JsonObject>();

    private static IEnumerable<JsonObject> Own(JsonObject card) =>
        Within(card["body"]).SelectMany(e => Objects(e["actions"]).Concat(Objects(e["selectAction"])).Concat(Objects(e["inlineAction"]))).Concat(Objects(card["actions"])).Concat(Objects(card["selectAction"]));

    private static IEnumerable<JsonObject> Within(JsonNode? items)
    {
        foreach (var element in Objects(items))
        {
            yield return element;
            foreach (var inner in Within(element["items"]).Concat(Within(element["columns"]))) yield return inner;
        }
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch { JsonArray list => list.OfType<JsonObject>(), JsonObject one => [one], _ => [] };
}

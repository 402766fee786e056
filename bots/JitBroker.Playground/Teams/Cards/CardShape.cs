using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JitBroker.Playground.Blocks;
using static JitBroker.Playground.Blocks.Rules;
using static JitBroker.Playground.Teams.Cards.CardRules;

namespace JitBroker.Playground.Teams.Cards;

/// <summary>A whole Adaptive Card as Teams takes it: version 1.5 at most, ids of inputs once, mentions that are declared.</summary>
internal static partial class CardShape
{
    /// <summary>People whose clients refresh a card by themselves.</summary>
    public const int MostRefreshing = 60;

    private static readonly Property[] Shared =
    [
        new("type", OneOf("AdaptiveCard"), true), new("$schema", Text(1000)), new("body", List(0, 200, Later(() => CardElements.One))), new("actions", Later(() => CardActions.Set)),
        new("selectAction", Later(() => CardActions.Select)), new("fallbackText", Text(8000)), new("speak", Text(8000)), new("lang", Text(20)), new("rtl", Flag), new("minHeight", Pixels),
        new("verticalContentAlignment", AnyCase(CardRules.Heights)), new("style", AnyCase(CardRules.Styles)),
    ];

    private static readonly Rule Refresh = Shape(new("action", CardActions.Refresh, true), new("userIds", List(0, MostRefreshing, Text(255))), new Property("expires", Text(40)));

    private static readonly Rule Mention = Shape(new("type", OneOf("mention"), true), new("text", Shaped(t => AtTag().IsMatch(t), "must be <at>name</at>"), true), new Property("mentioned", AnyObject, true));

    private static readonly Rule ForTeams = Shape(new("width", AnyCase("full")), new("entities", List(0, 50, Mention)), new Property("allowExpand", Flag));

    private static readonly Rule Outer = All(
        Shape([.. Shared, new("version", Shaped(v => v is "1.0" or "1.1" or "1.2" or "1.3" or "1.4" or "1.5", "unsupported version, Teams shows up to 1.5"), true), new("refresh", Refresh),
            new("msteams", ForTeams), new("metadata", AnyObject)]),
        Must(o => o["body"] is JsonArray { Count: > 0 } || o["actions"] is JsonArray { Count: > 0 }, "an empty card cannot be shown"), OnceEach, Declared);

    /// <summary>The card of an <c>Action.ShowCard</c>.</summary>
    public static Rule Inner { get; } = Shape([.. Shared, new("version", Text(10))]);

    /// <summary>What is wrong with the card; empty when nothing is.</summary>
    /// <param name="inDialog">Whether it stands in a dialog, where only <c>Action.Submit</c> reaches the bot.</param>
    public static IReadOnlyList<string> Faults(JsonNode? card, bool inDialog = false)
    {
        var findings = new Findings();
        Outer(findings, card, "");
        if (inDialog && card is JsonObject shown && CardWalk.Actions(shown).Any(a => Wire.Text(a.Action["type"]) == "Action.Execute"))
            findings.Add("Action.Execute does nothing in a dialog, use Action.Submit", "/actions");
        return findings.Messages;
    }

    private static void OnceEach(Findings f, JsonNode? n, string p)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var element in n is JsonObject card ? CardWalk.Elements(card) : [])
            if (Wire.Text(element["id"]) is { } id && !seen.Add(id)) f.Add($"id `{id}` already exists; ids have to be unique within a card", p);
    }

    /// <summary>An <c>at</c> tag without its entity makes Teams refuse the card.</summary>
    private static void Declared(Findings f, JsonNode? n, string p)
    {
        if (n is not JsonObject card) return;
        var declared = (card["msteams"]?["entities"] as JsonArray ?? []).OfType<JsonObject>().Select(e => Wire.Text(e["text"])).ToHashSet(StringComparer.Ordinal);
        foreach (var text in CardWalk.Elements(card).Where(e => Wire.Text(e["type"]) == "TextBlock").Select(e => Wire.Text(e["text"]) ?? ""))
            foreach (Match tag in AtTag().Matches(text))
                if (!declared.Contains(tag.Value)) f.Add($"mention {tag.Value} is not declared in msteams.entities", p);
    }

    [GeneratedRegex("<at>[^<]*</at>", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex AtTag();
}

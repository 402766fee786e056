using System.Text.Json.Nodes;
using JitBroker.Playground.Teams.Cards;

namespace JitBroker.Playground.Teams.Connector;

/// <summary>What an activity of the bot says: text and at most one card, checked as Teams does.</summary>
internal sealed record SentActivity(string Text, string TextFormat, string? Summary, JsonObject? Card)
{
    public const string CardType = "application/vnd.microsoft.card.adaptive";

    /// <summary>The content, or why Teams refuses it.</summary>
    public static (SentActivity? Sent, ConnectorAnswer? Refused) Read(JsonObject activity)
    {
        if (Wire.Text(activity["type"]) != "message") return (null, Bad($"unknown activity type \"{Wire.Text(activity["type"])}\""));
        var attachments = (activity["attachments"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        if (attachments.Count > 1) return (null, Bad("this tenant shows one card per message"));
        JsonObject? card = null;
        if (attachments is [var only])
        {
            if (Wire.Text(only["contentType"]) != CardType) return (null, Bad($"unknown attachment \"{Wire.Text(only["contentType"])}\""));
            if (CardShape.Faults(only["content"]) is { Count: > 0 } faults) return (null, Bad("the card is not valid: " + string.Join("; ", faults)));
            card = (JsonObject)only["content"]!.DeepClone();
        }
        var text = Wire.Text(activity["text"]) ?? "";
        if (text.Length == 0 && card is null) return (null, Bad("a message needs text or a card"));
        var format = Wire.Text(activity["textFormat"]) ?? "markdown";
        if (format is not ("markdown" or "plain" or "xml")) return (null, Bad($"unknown textFormat \"{format}\""));
        return (new SentActivity(text, format, Wire.Text(activity["summary"]), card), null);
    }

    private static ConnectorAnswer Bad(string why) => ConnectorAnswer.Fail(400, "BadSyntax", "Bad Request: " + why);
}

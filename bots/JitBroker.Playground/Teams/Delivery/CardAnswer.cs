using System.Text.Json.Nodes;
using JitBroker.Playground.Delivery;
using JitBroker.Playground.Teams.Cards;

namespace JitBroker.Playground.Teams.Delivery;

/// <summary>What the client makes of the answer to <c>adaptiveCard/action</c>: another card for this person, a line of text, or nothing it understands.</summary>
internal sealed record CardAnswer(JsonObject? Card, string? Text, bool IsError)
{
    /// <summary>What Teams says when a bot fails.</summary>
    public const string Trouble = "Something went wrong. Please try again.";

    public static CardAnswer Of(DeliveryOutcome outcome)
    {
        if (!outcome.Ok || outcome.Json is not { } body) return Failed(outcome.Failure ?? "the answer to an invoke must be a JSON object");
        var (status, type, value) = (body["statusCode"] is JsonValue code && code.TryGetValue<int>(out var n) ? n : 0, Wire.Text(body["type"]), body["value"]);
        return (status, type) switch
        {
            (200, "application/vnd.microsoft.card.adaptive") => CardShape.Faults(value) is { Count: > 0 } faults ? Failed(string.Join("; ", faults)) : new CardAnswer((JsonObject)value!.DeepClone(), null, false),
            (200, "application/vnd.microsoft.activity.message") => new CardAnswer(null, Wire.Text(value) ?? "", false),
            (>= 400, "application/vnd.microsoft.error" or "application/vnd.microsoft.error.preconditionFailed") when Wire.Text(value?["message"]) is { } message => new CardAnswer(null, message, true),
            _ => Failed($"nothing in this answer is known: {status} {type}"),
        };
    }

    /// <summary>Why the client could not use the answer; for tests and the log, never for the person.</summary>
    public string? Problem { get; private init; }

    private static CardAnswer Failed(string problem) => new(null, Trouble, true) { Problem = problem };
}

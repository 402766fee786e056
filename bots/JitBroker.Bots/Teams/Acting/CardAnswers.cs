using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;
using JitBroker.Policy;

namespace JitBroker.Bots.Teams;

/// <summary>Answers to a press on a card (chat-wire B6). Each is seen by the presser only.</summary>
internal static class CardAnswers
{
    private const string Message = "application/vnd.microsoft.activity.message";
    private const string Error = "application/vnd.microsoft.error";

    public const string Adaptive = "application/vnd.microsoft.card.adaptive";

    /// <summary>The presser's own view, in the place of the card.</summary>
    public static TeamsAnswer Card(JsonObject card) => Of(200, Adaptive, card);

    /// <summary>A sentence; the card stays.</summary>
    public static TeamsAnswer Said(ChatText text) => Of(200, Message, CardText.Plain(text, CardLimits.Fault));

    /// <summary>A no, red at the foot of the card, which stays as it is.</summary>
    public static TeamsAnswer Refused(Refusal refusal) => Of(400, Error, new JsonObject { ["code"] = refusal.Code, ["message"] = TeamsWords.Of(refusal) });

    /// <summary>What is no press at all: the status says so too.</summary>
    public static TeamsAnswer NotSupported(string? type) => Of(400, Error, new JsonObject
    {
        ["code"] = "NotSupported", ["message"] = $"The action {Cut.To(Clean.Line(type) is { Length: > 0 } named ? named : "without a type", 60)} is not supported.",
    }) with { Status = 400 };

    private static TeamsAnswer Of(int status, string type, JsonNode value) => new(200, new JsonObject { ["statusCode"] = status, ["type"] = type, ["value"] = value });
}

using System.Text.Json.Nodes;

namespace JitBroker.Playground.Teams.Connector;

/// <summary>What a call is answered: a status, with a body or without one.</summary>
internal sealed record ConnectorAnswer(int Status, JsonNode? Body)
{
    /// <summary>Seconds to wait, with a 429.</summary>
    public int? RetryAfter { get; init; }

    public static ConnectorAnswer Fail(int status, string code, string message) =>
        new(status, new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message } });

    public static ConnectorAnswer NotFound { get; } = Fail(404, "ConversationNotFound", "Conversation not found.");

    public static ConnectorAnswer NotInRoster { get; } = Fail(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.");
}

using System.Text.Json.Nodes;

namespace JitBroker.Bots.Teams;

/// <summary>The commands that Teams offers beside the composer and in the menu of each message, as Slack does its shortcuts. A message is told to the bot only when somebody chooses one on it.</summary>
internal static class TeamsExtension
{
    public const string Request = "jit_request";
    public const string RequestFor = "jit_request_for";

    public static bool Has(string? command) => command is Request or RequestFor;

    /// <summary>As the manifest says it.</summary>
    public static JsonObject Of(string appId) => new()
    {
        ["botId"] = appId,
        ["commands"] = new JsonArray(
            Command(Request, "Request access", "Ask for access for a while", "compose", "commandBox"),
            Command(RequestFor, "Request access for this", "Ask for access because of this message", "message")),
    };

    private static JsonObject Command(string id, string title, string description, params string[] context) => new()
    {
        ["id"] = id, ["type"] = "action", ["title"] = title, ["description"] = description, ["fetchTask"] = true, ["context"] = new JsonArray([.. context.Select(c => (JsonNode)c)]),
    };
}

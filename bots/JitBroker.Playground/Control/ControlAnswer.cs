using System.Text.Json.Nodes;
using JitBroker.Playground.Delivery;

namespace JitBroker.Playground.Control;

/// <summary>What a control call answers: what happened to the app, or in a sentence why nothing could be done.</summary>
internal sealed record ControlAnswer(int Status, JsonObject Body)
{
    public static ControlAnswer Done(params ReadOnlySpan<(string Name, JsonNode? Value)> fields)
    {
        var body = new JsonObject { ["ok"] = true };
        foreach (var (name, value) in fields) body[name] = value;
        return new ControlAnswer(200, body);
    }

    /// <summary>The app's outcome: <c>ok</c>, the delivery's id, status and failure.</summary>
    public static ControlAnswer From(DeliveryOutcome outcome, string? error = null) => new(200, new JsonObject
    {
        ["ok"] = outcome.Ok && error is null, ["error"] = error ?? outcome.Failure, ["delivery"] = outcome.Id, ["status"] = outcome.Status,
    });

    public static ControlAnswer Refused(string why) => new(400, new JsonObject { ["ok"] = false, ["error"] = why });
}

using System.Text.Json.Nodes;

namespace JitBroker.Playground.Delivery;

/// <summary>Which of the app's three addresses a delivery goes to.</summary>
internal enum DeliveryKind { Event, Command, Interaction }

/// <summary>
/// Something Slack tells the app. <see cref="Payload"/> is the JSON that a socket would carry; <see cref="Body"/> is the same as HTTP carries it.
/// </summary>
internal sealed record AppDelivery(DeliveryKind Kind, string Type, JsonObject Payload, byte[] Body, string ContentType)
{
    /// <summary>How often it was tried before, for events only.</summary>
    public int RetryNumber { get; init; }

    /// <summary>Slack's word for why the last try failed; null on the first.</summary>
    public string? RetryReason { get; init; }

    /// <summary>A signature to send instead of the right one; null signs rightly.</summary>
    public string? Signature { get; init; }

    /// <summary>A timestamp to send instead of now's.</summary>
    public string? Timestamp { get; init; }

    /// <summary>Headers to add or replace.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>A path on the app to use instead of the kind's own.</summary>
    public string? Path { get; init; }
}

/// <summary>What came of a delivery. <see cref="Failure"/> is null exactly when the app answered 200 in time.</summary>
/// <param name="Failure"><c>operation_timeout</c>, <c>connection_failed</c>, <c>http_error</c> or <c>not_connected</c>.</param>
internal sealed record DeliveryOutcome(string Id, int Status, string ContentType, string Body, string? Failure, bool NoRetry = false)
{
    public bool Ok => Failure is null;

    /// <summary>The answer as a JSON object; null when it is empty or something else.</summary>
    public JsonObject? Json => Wire.Parse(Body) as JsonObject;
}

/// <summary>How deliveries reach the app: over signed HTTP, or over a socket that the app has open.</summary>
internal interface IAppDelivery
{
    /// <summary>Delivers once, and waits at most Slack's three seconds. Never throws for what the app did.</summary>
    Task<DeliveryOutcome> DeliverAsync(AppDelivery delivery, CancellationToken ct);
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Playground.Delivery;

namespace JitBroker.Playground.Sockets;

/// <summary>Deliveries as envelopes over a socket that the app has open: three seconds for the acknowledgement, whose payload is the answer.</summary>
internal sealed class SocketAppDelivery(PlaygroundOptions options, SocketHub hub, DeliveryLog log, Func<Uri> origin) : IAppDelivery
{
    /// <summary>What was not acknowledged when its socket went goes over another one while there is time.</summary>
    public async Task<DeliveryOutcome> DeliverAsync(AppDelivery delivery, CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(HttpAppDelivery.Patience, options.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        for (var attempt = delivery.RetryNumber; ; attempt++)
        {
            if (hub.Next() is not { } connection) return new DeliveryOutcome("", 0, "", "", hub.WasUsed ? "connection_failed" : "not_connected");
            var id = EnvelopeId();
            var envelope = Envelope(delivery, id, attempt, delivery.RetryReason ?? "connection_closed");
            var record = new DeliveryRecord(log.NextId(), options.Clock.GetUtcNow(), delivery.Kind, delivery.Type, Address(connection), [], Encoding.UTF8.GetBytes(envelope)) { Source = delivery };
            log.Add(record);
            var started = options.Clock.GetTimestamp();
            try
            {
                var answer = await connection.AskAsync(id, envelope, either.Token);
                record.Outcome = answer is null ? new DeliveryOutcome(record.Id, 0, "", "", "connection_failed") : Acknowledged(record.Id, delivery, answer);
            }
            catch (OperationCanceledException) when (patience.IsCancellationRequested)
            {
                record.Outcome = new DeliveryOutcome(record.Id, 0, "", "", "operation_timeout");
            }
            record.Took = options.Clock.GetElapsedTime(started);
            if (record.Outcome.Failure != "connection_failed") return record.Outcome;
        }
    }

    private static string Envelope(AppDelivery delivery, string id, int attempt, string reason)
    {
        var envelope = new JsonObject
        {
            ["envelope_id"] = id,
            ["payload"] = delivery.Payload.DeepClone(),
            ["type"] = delivery.Kind switch { DeliveryKind.Command => "slash_commands", DeliveryKind.Interaction => "interactive", DeliveryKind.Event => "events_api" },
            ["accepts_response_payload"] = delivery.Kind != DeliveryKind.Event,
        };
        if (attempt > 0 || delivery.Kind == DeliveryKind.Event)
        {
            envelope["retry_attempt"] = attempt;
            envelope["retry_reason"] = attempt > 0 ? reason : "";
        }
        return envelope.ToJsonString(Wire.Json);
    }

    private static DeliveryOutcome Acknowledged(string id, AppDelivery delivery, JsonObject answer)
    {
        // the official client always sends a payload, empty when there is none
        var payload = delivery.Kind != DeliveryKind.Event && answer["payload"] is JsonObject { Count: > 0 } given ? given.ToJsonString(Wire.Json) : "";
        return new DeliveryOutcome(id, 200, payload.Length > 0 ? "application/json" : "", payload, null);
    }

    private Uri Address(SocketConnection connection) => new(string.Create(CultureInfo.InvariantCulture, $"ws://{origin().Authority}/link/#{connection.Number}"));

    private static string EnvelopeId() => new Guid(RandomNumberGenerator.GetBytes(16)).ToString("D", CultureInfo.InvariantCulture);
}

using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Slack;

/// <summary>
/// Takes the envelopes of every socket (chat-wire A9) as <see cref="SlackEndpoint"/> takes requests: the same inbox, the same work after it. A socket has no signatures: whoever
/// holds its ticket is Slack.
/// </summary>
internal sealed partial class SocketDesk(SlackOptions options, SlackInbox inbox, ILogger<SocketDesk> log)
{
    private const int LongestId = 200;

    /// <summary>Stores the delivery and says how to acknowledge it.</summary>
    /// <returns>The acknowledgement; null: none, since nothing was kept, and Slack shall tell the person or send it again.</returns>
    public async Task<string?> TakeAsync(JsonObject envelope, CancellationToken cancellationToken)
    {
        if (envelope.Text("envelope_id") is not { Length: > 0 and <= LongestId } id)
            return null;
        try
        {
            if (Read(envelope) is not { } read)
            {
                // Nothing we know: not acknowledged it would come again and again.
                LogUnknown(log, Shown(envelope.Text("type")));
                return Acknowledgement(id, null);
            }

            var (delivery, responseUrl) = SlackDelivery.Of(read.Kind, read.Payload, Encoding.UTF8.GetBytes(read.Payload.ToJsonString()));
            if (options.AppId.Length > 0 && delivery.AppId != options.AppId)
            {
                LogOtherApp(log, Shown(delivery.AppId));
                return null;
            }

            if (envelope["retry_attempt"] is JsonValue attempt && attempt.TryGetValue<int>(out var again) && again > 0)
                LogAgain(log, delivery.Id, again, Shown(envelope.Text("retry_reason")));
            var answer = await inbox.ReceiveAsync(delivery, responseUrl, cancellationToken);
            return answer.Status == 200 ? Acknowledgement(id, envelope.Flag("accepts_response_payload") ? answer.Json : null) : null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(log, Shown(envelope.Text("type")), e);
            return null;
        }
    }

    /// <summary>The delivery's kind and payload; null when it is none that we know.</summary>
    private static (string Kind, JsonObject Payload)? Read(JsonObject envelope)
    {
        if (envelope["payload"]?.DeepClone() is not JsonObject payload)
            return null;
        return envelope.Text("type") switch
        {
            "slash_commands" => (SlackKinds.Command, payload),
            "events_api" when payload.Text("type") == SlackKinds.Event => (SlackKinds.Event, payload),
            "interactive" when payload.Text("type") is { Length: > 0 and < 64 } kind && kind is not (SlackKinds.Event or SlackKinds.Command) => (kind, payload),
            _ => null,
        };
    }

    private static string Acknowledgement(string envelopeId, string? payload)
    {
        var acknowledgement = new JsonObject { ["envelope_id"] = envelopeId };
        if (payload is not null)
            acknowledgement["payload"] = JsonNode.Parse(payload);
        return acknowledgement.ToJsonString();
    }

    private static string Shown(string? text) => Chat.Cut.To(Chat.Clean.Line(text ?? ""), 60);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Slack sent an envelope of a kind that is not known here ({Type}); it was acknowledged and left alone")]
    private static partial void LogUnknown(ILogger log, string type);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A delivery made to app {AppId} came over our socket and was refused; Slack:AppId names another")]
    private static partial void LogOtherApp(ILogger log, string appId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Delivery {DeliveryId} came again over a socket (attempt {Attempt}, {Reason})")]
    private static partial void LogAgain(ILogger log, string deliveryId, int attempt, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "An envelope ({Type}) failed and was not acknowledged")]
    private static partial void LogFailed(ILogger log, string type, Exception exception);
}

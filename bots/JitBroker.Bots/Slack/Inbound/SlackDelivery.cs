using System.Security.Cryptography;
using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Slack;

/// <summary>The kinds of delivery, in Slack's words.</summary>
internal static class SlackKinds
{
    public const string Command = "slash_commands";
    public const string Press = "block_actions";
    public const string Submission = "view_submission";
    public const string Closed = "view_closed";
    public const string Suggestion = "block_suggestion";
    public const string Shortcut = "shortcut";
    public const string MessageShortcut = "message_action";
    public const string Event = "event_callback";
    public const string Verification = "url_verification";
}

/// <summary>
/// One thing Slack told us, as JSON without tokens and without bearer secrets: fit to be stored. Everything in it is a claim about who and where; the
/// signature vouches for who and where only, never for what a client could edit (values, metadata, state).
/// </summary>
/// <param name="Id">The delivery's id (contract §5).</param>
/// <param name="Payload">The payload, whether it came as a form or as JSON.</param>
internal sealed record SlackDelivery(string Id, string Kind, JsonObject Payload) : IInboxDelivery
{
    private const int LongestId = 200;

    string IInboxDelivery.DeliveryId => Id;

    /// <summary>The workspace it came from; null for an organisation-wide install.</summary>
    public string? TeamId => Payload.Text("team_id") ?? Payload.Text("team", "id");

    public string? EnterpriseId => Payload.Text("enterprise_id") ?? Payload.Text("enterprise", "id") ?? Payload.Text("team", "enterprise_id");

    public string? UserId => Payload.Text("user_id") ?? Payload.Text("user", "id") ?? Payload.Text("event", "user");

    /// <summary>The workspace the person is of; in a shared channel another than <see cref="TeamId"/>.</summary>
    public string? UserTeamId => Payload.Text("user", "team_id");

    public string? ChannelId => Payload.Text("channel_id") ?? Payload.Text("container", "channel_id") ?? Payload.Text("channel", "id");

    /// <summary>Good for three seconds and one use.</summary>
    public string? TriggerId => Payload.Text("trigger_id");

    public string? AppId => Payload.Text("api_app_id");

    /// <summary>The pressed element of a <c>block_actions</c>.</summary>
    public JsonObject? Action => (Payload["actions"] as JsonArray) is { Count: > 0 } actions ? actions[0] as JsonObject : null;

    /// <summary>Whether what was pressed is a message that only one person sees and that cannot be edited later.</summary>
    public bool IsEphemeral => Payload.At("container").Flag("is_ephemeral");

    /// <summary>Whether it was pressed on a Home, which has neither a channel nor a <c>response_url</c>.</summary>
    public bool IsHome => Payload.Text("view", "type") == "home";

    public string? MessageTs => Payload.Text("container", "message_ts") ?? Payload.Text("message", "ts");

    /// <summary>Takes the secrets out of a payload and gives it its id.</summary>
    /// <param name="raw">The signed bytes: the id of a delivery that carries none.</param>
    public static (SlackDelivery Delivery, string? ResponseUrl) Of(string kind, JsonObject payload, ReadOnlySpan<byte> raw)
    {
        var responseUrl = payload.Text("response_url");
        payload.Remove("token");
        payload.Remove("response_url");
        payload.Remove("response_urls");
        payload.Remove("bot_access_token");
        var id = payload.Text("event_id") ?? payload.Text("trigger_id");
        var isUsable = id is { Length: > 0 and <= LongestId } && id.All(c => c is > ' ' and < (char)127);
        return (new SlackDelivery(isUsable ? id! : Convert.ToHexStringLower(SHA256.HashData(raw)), kind, payload), responseUrl);
    }
}

/// <summary>What is answered in the same call.</summary>
/// <param name="Json">The body; null: empty.</param>
internal sealed record SlackAnswer(int Status, string? Json = null)
{
    public static SlackAnswer Empty { get; } = new(200);
}

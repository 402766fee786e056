using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Teams;

/// <summary>
/// One thing Teams told us; nothing of it is trusted before <see cref="TeamsTokens"/> has accepted the call. The token then vouches for who, where and which tenant, never for what a
/// client could edit (text, value, card data).
/// </summary>
/// <param name="Name">What an invoke asks for, such as <c>adaptiveCard/action</c>.</param>
/// <param name="ReplyToId">Of a press: the message that stands there.</param>
/// <param name="Text">What was typed, without the mention of the bot; null when nothing was.</param>
/// <param name="Value">What a card or dialog sent; empty when there is none.</param>
/// <param name="Raw">As received: fit to be stored, since an activity carries no secret.</param>
internal sealed record TeamsActivity(
    string Id, string Type, string? Name, string ServiceUrl, string TenantId, TeamsSender From, TeamsConversation Conversation, string? ReplyToId, string? Text, JsonObject Value, JsonObject Raw, DateTimeOffset ReceivedAt)
    : IInboxDelivery
{
    public const string Message = "message";
    public const string Invoke = "invoke";
    public const string Installation = "installationUpdate";
    public const string Members = "conversationUpdate";

    private const int LongestId = 1000;

    /// <summary>The id of its inbox row: an activity's id is unique in its conversation only.</summary>
    public string DeliveryId => "teams-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Conversation.Id}\n{Id}")));

    string IInboxDelivery.Kind => Type;

    public bool IsInvoke => Type == Invoke;

    /// <summary>A button of the kind that posts no invoke: a message that carries a value and no text.</summary>
    public bool IsSubmit => Type == Message && string.IsNullOrEmpty(Text) && Value.Count > 0;

    /// <summary>Null when it is not of a shape that we know what to do with.</summary>
    public static TeamsActivity? Of(JsonObject raw, DateTimeOffset receivedAt)
    {
        var (type, id, from, conversation) = (raw.Text("type"), raw.Text("id"), raw.At("from"), raw.At("conversation"));
        var service = raw.Text("serviceUrl");
        var tenant = raw.Text("channelData", "tenant", "id") ?? conversation.Text("tenantId");
        if (!IsId(type) || !IsId(id) || !IsId(from.Text("id")) || !IsId(conversation.Text("id")) || !IsId(service) || !IsId(tenant))
            return null;
        var sender = new TeamsSender(from.Text("id")!, Guid.TryParse(from.Text("aadObjectId"), out var objectId) ? objectId : null, from.Text("name"));
        return new TeamsActivity(
            id!, type!, raw.Text("name"), service!, tenant!.ToLowerInvariant(), sender, Place(raw, conversation!), raw.Text("replyToId"), TextOf(raw), raw.At("value") ?? [], raw, receivedAt);
    }

    private static TeamsConversation Place(JsonObject raw, JsonObject conversation)
    {
        var kind = conversation.Text("conversationType") switch
        {
            TeamsConversation.Personal => TeamsConversation.Personal,
            TeamsConversation.Channel => TeamsConversation.Channel,
            null when !conversation.Flag("isGroup") => TeamsConversation.Personal,
            _ => TeamsConversation.Group,
        };
        return new TeamsConversation(conversation.Text("id")!, kind, raw.Text("channelData", "team", "id"), raw.Text("channelData", "channel", "id"));
    }

    /// <summary>Only mentions of the bot go; others are part of what was said. Teams sends some of the rest as HTML would.</summary>
    private static string? TextOf(JsonObject raw)
    {
        if (raw.Text("text") is not { } text)
            return null;
        foreach (var mention in (raw["entities"] as JsonArray ?? []).OfType<JsonObject>().Where(e => e.Text("type") == "mention" && e.Text("mentioned", "id") == raw.Text("recipient", "id")))
        {
            if (mention.Text("text") is { Length: > 0 } shown)
                text = text.Replace(shown, "", StringComparison.Ordinal);
        }

        return WebUtility.HtmlDecode(text).Replace('\u00a0', ' ').Trim();
    }

    private static bool IsId(string? text) => text is { Length: > 0 and <= LongestId } && !text.Any(char.IsControl);
}

/// <summary>Who sent it.</summary>
/// <param name="Id">Their id in Teams, <c>29:…</c>, good for this bot only.</param>
/// <param name="ObjectId">Their account in Entra ID, which Teams vouches for; null when it says none.</param>
/// <param name="Name">How they call themselves: shown, believed by nobody.</param>
internal sealed record TeamsSender(string Id, Guid? ObjectId, string? Name);

/// <summary>Where it was sent.</summary>
/// <param name="Id">In a thread of a channel: with <c>;messageid=</c> behind it.</param>
/// <param name="Kind"><c>personal</c>, <c>groupChat</c> or <c>channel</c>.</param>
internal sealed record TeamsConversation(string Id, string Kind, string? TeamId, string? ChannelId)
{
    public const string Personal = "personal";
    public const string Channel = "channel";
    public const string Group = "groupChat";

    public bool IsPersonal => Kind == Personal;
}

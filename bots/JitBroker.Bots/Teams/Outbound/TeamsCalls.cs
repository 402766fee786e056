using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Teams;

/// <summary>A message as it is sent.</summary>
/// <param name="Summary">What its notification says; stands where cards cannot be shown.</param>
/// <param name="Card">An Adaptive Card; null: the summary is the message, as plain text.</param>
internal sealed record TeamsMessage(string Summary, JsonObject? Card)
{
    public static TeamsMessage Of(ChatMessage message, CardView view) => new(CardRenderer.Summary(message), CardRenderer.Render(message, view));

    /// <summary>What is left of a message that is too large even so: what it is about, its buttons, and where the rest is.</summary>
    public static ChatMessage Shortened(ChatMessage message) => new(
        message.Summary,
        [
            new ChatPart.Paragraph(ChatText.Plain(Cut.To(message.Summary.ToString(), 300))),
            new ChatPart.Fine(ChatText.Of($"There is more than fits into one message: {Say.Code("jit mine")} and {Say.Code("jit pending")} show all.")),
            .. message.Parts.OfType<ChatPart.Actions>().Take(1),
        ]);
}

/// <summary>The few calls the bot makes, by what they mean.</summary>
internal sealed class TeamsCalls(TeamsOptions options, TeamsConnector connector)
{
    private const int MostKept = 20_000;
    private readonly ConcurrentDictionary<string, string> _directs = new(StringComparer.Ordinal);

    /// <summary>Posts into a conversation, or into a thread of one.</summary>
    public Task<TeamsReply> PostAsync(TeamsPlace place, TeamsMessage message, Urgency urgency, CancellationToken cancellationToken) =>
        connector.CallAsync(HttpMethod.Post, place, $"v3/conversations/{Escaped(place.Conversation)}/activities", Activity(message, isAlert: true), TeamsLane.Send, urgency, cancellationToken);

    /// <summary>Begins a thread of its own in a channel; the answer's <c>activityId</c> is its message.</summary>
    public Task<TeamsReply> BeginAsync(TeamsPlace channel, TeamsMessage message, Urgency urgency, CancellationToken cancellationToken) => connector.CallAsync(
        HttpMethod.Post,
        channel,
        "v3/conversations",
        new JsonObject
        {
            ["isGroup"] = true,
            ["bot"] = new JsonObject { ["id"] = options.BotId },
            ["tenantId"] = channel.Tenant,
            ["channelData"] = new JsonObject { ["channel"] = new JsonObject { ["id"] = channel.Conversation }, ["tenant"] = new JsonObject { ["id"] = channel.Tenant } },
            ["activity"] = Activity(message, isAlert: true),
        },
        TeamsLane.Send,
        urgency,
        cancellationToken);

    public Task<TeamsReply> EditAsync(TeamsPlace place, string message, TeamsMessage now, CancellationToken cancellationToken)
    {
        var activity = Activity(now, isAlert: false);
        activity["id"] = message;
        return connector.CallAsync(
            HttpMethod.Put, place, $"v3/conversations/{Escaped(place.Conversation)}/activities/{Escaped(message)}", activity, TeamsLane.Send, Urgency.Notification, cancellationToken);
    }

    /// <summary>The private chat with somebody; made if there is none, the same one each time. Kept once known.</summary>
    /// <param name="member">Their id in Teams or, where the app is installed for them, that of their account.</param>
    public async Task<(TeamsPlace? Place, TeamsReply? Refused)> DirectAsync(Uri service, string tenant, string member, Urgency urgency, CancellationToken cancellationToken)
    {
        var key = $"{service} {tenant} {member}";
        if (_directs.TryGetValue(key, out var known))
            return (new TeamsPlace(tenant, service, known), null);
        var asked = new TeamsPlace(tenant, service, member);
        var reply = await connector.CallAsync(
            HttpMethod.Post,
            asked,
            "v3/conversations",
            new JsonObject
            {
                ["isGroup"] = false,
                ["bot"] = new JsonObject { ["id"] = options.BotId },
                ["members"] = new JsonArray(new JsonObject { ["id"] = member }),
                ["tenantId"] = tenant,
                ["channelData"] = new JsonObject { ["tenant"] = new JsonObject { ["id"] = tenant } },
            },
            TeamsLane.Send,
            urgency,
            cancellationToken);
        if (reply is not TeamsReply.Ok ok || ok.Body.Text("id") is not { Length: > 0 } conversation)
            return (null, reply is TeamsReply.Ok ? new TeamsReply.Failed("a conversation without an id", MayHaveHappened: false) : reply);
        if (_directs.Count >= MostKept)
            _directs.Clear();
        _directs[key] = conversation;

        // Where its service is said to be is not believed.
        return (asked with { Conversation = conversation }, null);
    }

    /// <summary>A private chat that turned out not to be there.</summary>
    public void ForgetDirect(TeamsPlace place)
    {
        foreach (var (key, conversation) in _directs)
        {
            if (conversation == place.Conversation)
                _directs.TryRemove(key, out _);
        }
    }

    /// <param name="member">Their id in Teams.</param>
    public Task<TeamsReply> MemberAsync(TeamsPlace place, string member, Urgency urgency, CancellationToken cancellationToken) => connector.CallAsync(
        HttpMethod.Get, place, $"v3/conversations/{Escaped(place.Conversation)}/members/{Escaped(member)}", body: null, TeamsLane.Members, urgency, cancellationToken);

    /// <summary>The channels of a team.</summary>
    public Task<TeamsReply> ChannelsAsync(TeamsPlace place, string team, CancellationToken cancellationToken) => connector.CallAsync(
        HttpMethod.Get, place with { Conversation = team }, $"v3/teams/{Escaped(team)}/conversations", body: null, TeamsLane.Members, Urgency.Notification, cancellationToken);

    /// <summary>What a team is called, in Teams and in the directory.</summary>
    public Task<TeamsReply> TeamAsync(TeamsPlace place, string team, CancellationToken cancellationToken) => connector.CallAsync(
        HttpMethod.Get, place with { Conversation = team }, $"v3/teams/{Escaped(team)}", body: null, TeamsLane.Members, Urgency.Notification, cancellationToken);

    private JsonObject Activity(TeamsMessage message, bool isAlert)
    {
        var activity = new JsonObject { ["type"] = TeamsActivity.Message, ["from"] = new JsonObject { ["id"] = options.BotId } };
        if (message.Card is null)
        {
            activity["text"] = message.Summary;
            activity["textFormat"] = "plain";
        }
        else
        {
            activity["summary"] = message.Summary;
            activity["attachments"] = new JsonArray(new JsonObject { ["contentType"] = "application/vnd.microsoft.card.adaptive", ["content"] = message.Card.DeepClone() });
        }

        if (isAlert)
            activity["channelData"] = new JsonObject { ["notification"] = new JsonObject { ["alert"] = true } };
        return activity;
    }

    private static string Escaped(string id) => Uri.EscapeDataString(id);
}

using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Slack;

/// <summary>The dozen calls the bot makes, by what they mean.</summary>
internal sealed class SlackCalls(SlackClient client)
{
    private const int MostKept = 20_000;
    private readonly ConcurrentDictionary<string, string> _directs = new(StringComparer.Ordinal);

    public Task<SlackReply> WhoAreWeAsync(CancellationToken cancellationToken) => client.CallAsync("auth.test", Urgency.Notification, cancellationToken);

    /// <param name="about">The id this message tells of, kept in Slack's metadata so that copies can be told apart by hand.</param>
    /// <param name="under">The message in whose thread it is posted; null: none.</param>
    /// <param name="isShownInChannel">In the channel too, and not in the thread alone.</param>
    public Task<SlackReply> PostAsync(string channel, SlackMessage message, string? about, Urgency urgency, CancellationToken cancellationToken, string? under = null, bool isShownInChannel = true) => client.CallAsync(
        "chat.postMessage",
        urgency,
        channel,
        [
            ("channel", channel), ("text", message.Text), ("blocks", SlackJson.Write(message.Blocks)), ("parse", "none"), ("link_names", "false"),
            ("unfurl_links", "false"), ("unfurl_media", "false"),
            ("thread_ts", under), ("reply_broadcast", under is null || !isShownInChannel ? null : "true"),
            ("metadata", about is null ? null : SlackJson.Write(new { EventType = "jit_card", EventPayload = new { About = about } })),
        ],
        cancellationToken);

    public Task<SlackReply> EditAsync(string channel, string ts, SlackMessage message, CancellationToken cancellationToken) => client.CallAsync(
        "chat.update",
        Urgency.Notification,
        channel,
        [("channel", channel), ("ts", ts), ("text", message.Text), ("blocks", SlackJson.Write(message.Blocks)), ("parse", "none"), ("link_names", "false")],
        cancellationToken);

    public Task<SlackReply> WhisperAsync(string channel, string user, SlackMessage message, CancellationToken cancellationToken) => client.CallAsync(
        "chat.postEphemeral",
        Urgency.Answer,
        channel,
        [("channel", channel), ("user", user), ("text", message.Text), ("blocks", SlackJson.Write(message.Blocks)), ("parse", "none"), ("link_names", "false")],
        cancellationToken);

    /// <summary>The channel of direct messages with a person; kept once known, since it never changes.</summary>
    /// <returns>The id, or the reply that says why there is none.</returns>
    public async Task<(string? Channel, SlackReply? Refused)> DirectAsync(string user, Urgency urgency, CancellationToken cancellationToken)
    {
        if (_directs.TryGetValue(user, out var known))
            return (known, null);
        var reply = await client.CallAsync("conversations.open", urgency, cancellationToken, ("users", user));
        if (reply is not SlackReply.Ok ok || ok.Body.Text("channel", "id") is not { } channel)
            return (null, reply is SlackReply.Ok ? new SlackReply.Failed("conversations.open: an answer without a channel", MayHaveHappened: false) : reply);
        if (_directs.Count >= MostKept)
            _directs.Clear();
        _directs[user] = channel;
        return (channel, null);
    }

    public Task<SlackReply> ChannelAsync(string channel, CancellationToken cancellationToken) =>
        client.CallAsync("conversations.info", Urgency.Notification, cancellationToken, ("channel", channel));

    public Task<SlackReply> PersonAsync(string user, CancellationToken cancellationToken) =>
        client.CallAsync("users.info", Urgency.Answer, cancellationToken, ("user", user));

    public Task<SlackReply> OpenViewAsync(string triggerId, ModalView view, CancellationToken cancellationToken) =>
        client.CallAsync("views.open", Urgency.Answer, cancellationToken, ("trigger_id", triggerId), ("view", SlackJson.Write(view)));

    /// <param name="hash">What the person saw; a view that was updated meanwhile is left alone. Null: whatever they see.</param>
    public Task<SlackReply> UpdateViewAsync(string viewId, string? hash, ModalView view, CancellationToken cancellationToken) =>
        client.CallAsync("views.update", Urgency.Answer, cancellationToken, ("view_id", viewId), ("hash", hash), ("view", SlackJson.Write(view)));

    /// <summary>Shows a person their Home.</summary>
    public Task<SlackReply> PublishAsync(string user, HomeView view, CancellationToken cancellationToken) =>
        client.CallAsync("views.publish", Urgency.Notification, cancellationToken, ("user_id", user), ("view", SlackJson.Write(view)));

    /// <summary>The address of a message; null when Slack tells none.</summary>
    public async Task<string?> LinkAsync(string channel, string ts, CancellationToken cancellationToken) =>
        await client.CallAsync("chat.getPermalink", Urgency.Answer, cancellationToken, ("channel", channel), ("message_ts", ts)) is SlackReply.Ok ok
        && ok.Body.Text("permalink") is { Length: < 1000 } link && Uri.TryCreate(link, UriKind.Absolute, out var address) && address.Scheme is "https" or "http"
            ? link
            : null;

    /// <summary>Answers where a command was typed or a button pressed.</summary>
    public Task<bool> RespondAsync(Uri responseUrl, SlackMessage message, bool replaceOriginal, CancellationToken cancellationToken) => client.RespondAsync(
        responseUrl,
        new JsonObject
        {
            ["response_type"] = "ephemeral",
            ["replace_original"] = replaceOriginal,
            ["text"] = message.Text,
            ["blocks"] = SlackJson.ToNode(message.Blocks),
        },
        cancellationToken);
}

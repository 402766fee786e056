using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using JitBroker.Playground.Teams.State;
using JitBroker.Playground.Teams.Tokens;

namespace JitBroker.Playground.Teams.Delivery;

/// <summary>Builds what Teams sends to a bot, field for field. Callers hold the gate.</summary>
internal sealed class Activities(Tenant tenant, BotFramework framework)
{
    /// <summary>What a person wrote. The bot hears of it with its mention as a tag, and other signs as entities of HTML.</summary>
    public JsonObject Message(string person, Chat chat, Post post)
    {
        var activity = Base("message", person, chat, post.Root ?? post.Id, post.Id);
        var mention = "@" + tenant.Options.AppName;
        var tag = $"<at>{tenant.Options.AppName}</at>";
        var isMentioned = Mentions(post.Text);
        var text = WebUtility.HtmlEncode(post.Text).Replace("&#39;", "'", StringComparison.Ordinal).Replace("&quot;", "\"", StringComparison.Ordinal);
        activity["text"] = isMentioned ? text.Replace(mention, tag, StringComparison.Ordinal) : text;
        activity["textFormat"] = "plain";
        activity["attachments"] = new JsonArray(new JsonObject { ["contentType"] = "text/html", ["content"] = $"<p>{Wire.Text(activity["text"])}</p>" });
        if (isMentioned)
            ((JsonArray)activity["entities"]!).Insert(0, new JsonObject
            {
                ["type"] = "mention", ["text"] = tag, ["mentioned"] = new JsonObject { ["id"] = tenant.BotId, ["name"] = tenant.Options.AppName },
            });
        return activity;
    }

    /// <summary>Whether a text mentions the bot.</summary>
    public bool Mentions(string text) => text.Contains("@" + tenant.Options.AppName, StringComparison.Ordinal);

    /// <summary>A press of <c>Action.Submit</c>: a message with a value and no text.</summary>
    public JsonObject Submit(string person, Chat chat, Post post, JsonNode? data)
    {
        var activity = Base("message", person, chat, post.Root ?? post.Id, tenant.NextId());
        activity["replyToId"] = post.Id;
        activity["value"] = data?.DeepClone();
        return activity;
    }

    /// <summary>What must be answered at once.</summary>
    /// <param name="postId">The message with the card.</param>
    public JsonObject Invoke(string person, Chat chat, string? postId, string name, JsonObject value)
    {
        var root = postId is null ? null : chat.Find(postId)?.Root ?? postId;
        var activity = Base("invoke", person, chat, root, tenant.NewEventId());
        activity["name"] = name;
        if (postId is not null) activity["replyToId"] = postId;
        activity["value"] = value;
        return activity;
    }

    /// <summary>A message as it is handed over when somebody acts on it.</summary>
    public JsonObject MessagePayload(Chat chat, Post post)
    {
        var root = post.Root ?? post.Id;
        var link = chat.Kind == ChatKind.Channel ? $"?tenantId={tenant.Options.TenantId}&groupId={tenant.Options.TeamObjectId}&parentMessageId={root}" : "?context=%7B%22contextType%22%3A%22chat%22%7D";
        return new JsonObject
        {
            ["id"] = post.Id,
            ["replyToId"] = post.Root,
            ["createdDateTime"] = post.At.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
            ["linkToMessage"] = $"https://teams.microsoft.com/l/message/{Uri.EscapeDataString(chat.Id)}/{post.Id}{link}",
            ["from"] = new JsonObject { ["user"] = new JsonObject { ["userIdentityType"] = "aadUser", ["id"] = tenant.People.GetValueOrDefault(post.From)?.ObjectId.ToString(), ["displayName"] = tenant.People.GetValueOrDefault(post.From)?.Name } },
            ["body"] = new JsonObject { ["contentType"] = "html", ["content"] = $"<div><div>{WebUtility.HtmlEncode(post.Text).Replace("\n", "<br>", StringComparison.Ordinal)}</div></div>" },
        };
    }

    /// <summary>What a bot hears when it is added to a chat or a team, or removed: two activities, in no promised order.</summary>
    public IReadOnlyList<JsonObject> Installed(string person, Chat chat, bool isAdded)
    {
        var update = Base("conversationUpdate", person, chat, null, tenant.NewEventId());
        update[isAdded ? "membersAdded" : "membersRemoved"] = new JsonArray(new JsonObject { ["id"] = tenant.BotId });
        if (chat.Kind == ChatKind.Channel) update["channelData"]!["eventType"] = isAdded ? "teamMemberAdded" : "teamMemberRemoved";
        var installation = Base("installationUpdate", person, chat, null, tenant.NewEventId());
        installation["action"] = isAdded ? "add" : "remove";
        return [update, installation];
    }

    private JsonObject Base(string type, string person, Chat chat, string? root, string id)
    {
        var from = tenant.People[person];
        var now = tenant.Clock.GetUtcNow();
        var activity = new JsonObject
        {
            ["type"] = type,
            ["id"] = id,
            ["timestamp"] = now.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
            ["localTimestamp"] = now.ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture),
            ["channelId"] = "msteams",
            ["serviceUrl"] = framework.ServiceUrl,
            ["from"] = new JsonObject { ["id"] = from.Id, ["name"] = from.Name },
            ["conversation"] = Conversation(chat, root),
            ["recipient"] = new JsonObject { ["id"] = tenant.BotId, ["name"] = tenant.Options.AppName },
            ["entities"] = new JsonArray(new JsonObject { ["type"] = "clientInfo", ["locale"] = "en-GB", ["country"] = "GB", ["platform"] = "Web", ["timezone"] = "Etc/UTC" }),
            ["channelData"] = ChannelData(chat),
            ["locale"] = "en-GB",
        };
        if (from.ShowsObjectId) activity["from"]!["aadObjectId"] = from.ObjectId.ToString();
        return activity;
    }

    private JsonObject Conversation(Chat chat, string? root)
    {
        var conversation = new JsonObject { ["conversationType"] = chat.Type, ["tenantId"] = tenant.Options.TenantId.ToString(), ["id"] = chat.ConversationOf(root) };
        if (chat.Kind != ChatKind.Personal) conversation["isGroup"] = true;
        if (chat.Kind == ChatKind.Channel && chat.Id != tenant.TeamId) conversation["name"] = chat.Name;
        return conversation;
    }

    private JsonObject ChannelData(Chat chat)
    {
        var data = new JsonObject { ["tenant"] = new JsonObject { ["id"] = tenant.Options.TenantId.ToString() } };
        if (chat.Kind != ChatKind.Channel) return data;
        data["channel"] = new JsonObject { ["id"] = chat.Id };
        data["teamsChannelId"] = chat.Id;
        data["teamsTeamId"] = tenant.TeamId;
        data["team"] = new JsonObject { ["id"] = tenant.TeamId, ["aadGroupId"] = tenant.Options.TeamObjectId.ToString(), ["name"] = tenant.Options.TeamName };
        return data;
    }
}

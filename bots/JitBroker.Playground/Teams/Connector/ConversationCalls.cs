using System.Text.Json.Nodes;
using JitBroker.Playground.Teams.State;
using JitBroker.Playground.Teams.Tokens;

namespace JitBroker.Playground.Teams.Connector;

/// <summary>Personal chats, new threads, and what a bot may know of the team. Callers hold the gate.</summary>
internal sealed class ConversationCalls(Tenant tenant, BotFramework framework, ActivityCalls activities)
{
    /// <summary>The personal chat with one person, always the same one; or a new thread in a channel, with its first message.</summary>
    public ConnectorAnswer Create(ConnectorCall call)
    {
        if (Wire.Text(call.Body["channelData"]?["channel"]?["id"]) is { } channel) return Thread(channel, call.Body["activity"] as JsonObject);
        if (Wire.Flag(call.Body["isGroup"]) || call.Body["members"] is not JsonArray { Count: 1 } members) return ConnectorAnswer.Fail(400, "BadSyntax", "Bad Request: a bot makes chats with one member only.");
        var asked = Wire.Text(call.Body["tenantId"]) ?? Wire.Text(call.Body["channelData"]?["tenant"]?["id"]);
        if (asked != tenant.Options.TenantId.ToString()) return ConnectorAnswer.Fail(400, "BadArgument", "Invalid or missing tenant id.");
        if (tenant.Find(Wire.Text(members[0]?["id"])) is not { } person) return ConnectorAnswer.Fail(400, "BadArgument", "Invalid user identity in provided tenant.");
        var chat = tenant.PersonalOf(person.Id)!;
        if (activities.Barred(chat, null) is { } barred) return barred;
        return new ConnectorAnswer(201, new JsonObject { ["id"] = chat.Id, ["serviceUrl"] = framework.ServiceUrl });
    }

    public ConnectorAnswer Team(ConnectorCall call) => Barred(call) ?? new ConnectorAnswer(200, new JsonObject
    {
        ["id"] = tenant.TeamId, ["name"] = tenant.Options.TeamName, ["aadGroupId"] = tenant.Options.TeamObjectId.ToString(), ["tenantId"] = tenant.Options.TenantId.ToString(),
        ["channelCount"] = tenant.Options.Channels.Count,
    });

    /// <summary>General has no name on the wire.</summary>
    public ConnectorAnswer Channels(ConnectorCall call) => Barred(call) ?? new ConnectorAnswer(200, new JsonObject
    {
        ["conversations"] = new JsonArray([.. tenant.Options.Channels.Select(c => new JsonObject { ["id"] = c.Id, ["name"] = c.Id == tenant.TeamId ? null : c.Name })]),
    });

    private ConnectorAnswer Thread(string channel, JsonObject? activity)
    {
        var (chat, root) = tenant.Locate(channel);
        if (chat is null || root is not null || chat.Kind != ChatKind.Channel) return ConnectorAnswer.NotFound;
        if (activities.Barred(chat, null) is { } barred) return barred;
        var (sent, refused) = SentActivity.Read(activity ?? []);
        if (sent is null) return refused!;
        var post = activities.Add(chat, null, sent);
        return new ConnectorAnswer(201, new JsonObject { ["id"] = chat.ConversationOf(post.Id), ["activityId"] = post.Id, ["serviceUrl"] = framework.ServiceUrl });
    }

    private ConnectorAnswer? Barred(ConnectorCall call) => call.Conversation != tenant.TeamId ? ConnectorAnswer.NotFound : tenant.IsInTeam ? null : ConnectorAnswer.NotInRoster;
}

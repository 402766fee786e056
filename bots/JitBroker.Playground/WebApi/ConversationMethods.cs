using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Playground.State;

namespace JitBroker.Playground.WebApi;

/// <summary>conversations.open, .info and .members.</summary>
internal sealed class ConversationMethods(Workspace workspace)
{
    public IEnumerable<ApiMethod> All =>
    [
        new("conversations.open", "im:write", Tier.Three, Open),
        new("conversations.info", null, Tier.Three, Info),
        new("conversations.members", null, Tier.Four, Members),
    ];

    private ApiAnswer Open(ApiCall call)
    {
        if (call.Text("channel") is { } id)
            return workspace.Conversations.TryGetValue(id, out var known) && known.Kind == ConversationKind.Direct ? Opened(known, true) : ApiAnswer.Fail("channel_not_found");
        var users = (call.Text("users") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (users.Length == 0) return ApiAnswer.Fail("users_list_not_supplied");
        if (users.Length > 8) return ApiAnswer.Fail("too_many_users");
        if (users.Length > 1) return ApiAnswer.MissingScope("mpim:write", workspace.Options.Scopes);
        if (!workspace.People.TryGetValue(users[0], out var person)) return ApiAnswer.Fail("user_not_found");
        if (person.Deleted) return ApiAnswer.Fail("user_disabled");
        if (person.IsBot) return ApiAnswer.Fail("cannot_dm_bot");
        if (person.IsStranger) return ApiAnswer.Fail("user_not_visible");
        var already = workspace.Conversations.ContainsKey("D" + person.Id[1..]);
        return Opened(workspace.OpenDirect(person.Id), already, call.Flag("return_im"));
    }

    private ApiAnswer Opened(Conversation direct, bool already, bool whole = false)
    {
        var channel = whole ? Describe(direct) : new JsonObject { ["id"] = direct.Id };
        return already ? ApiAnswer.With(("no_op", true), ("already_open", true), ("channel", channel)) : ApiAnswer.With(("channel", channel));
    }

    private ApiAnswer Info(ApiCall call)
    {
        var (channel, refused) = Readable(call);
        return channel is null ? refused! : ApiAnswer.With(("channel", Describe(channel, call.Flag("include_num_members"))));
    }

    private ApiAnswer Members(ApiCall call)
    {
        var (channel, refused) = Readable(call);
        if (channel is null) return refused!;
        var limit = int.TryParse(call.Text("limit"), NumberStyles.None, CultureInfo.InvariantCulture, out var l) ? l : 100;
        if (limit is < 1 or > 1000) return ApiAnswer.Fail("invalid_limit");
        if (!TryOffset(call.Text("cursor"), out var offset)) return ApiAnswer.Fail("invalid_cursor");
        var all = channel.Members.Order(StringComparer.Ordinal).ToList();
        var page = all.Skip(offset).Take(limit).Select(m => (JsonNode)m).ToArray();
        var next = offset + page.Length < all.Count ? Convert.ToBase64String(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"next:{offset + page.Length}"))) : "";
        return ApiAnswer.With(("members", new JsonArray(page)), ("response_metadata", new JsonObject { ["next_cursor"] = next }));
    }

    private static bool TryOffset(string? cursor, out int offset)
    {
        offset = 0;
        if (cursor is null) return true;
        var bytes = new byte[cursor.Length];
        if (!Convert.TryFromBase64String(cursor, bytes, out var length)) return false;
        var text = Encoding.ASCII.GetString(bytes, 0, length);
        return text.StartsWith("next:", StringComparison.Ordinal) && int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out offset);
    }

    private (Conversation? Channel, ApiAnswer? Refused) Readable(ApiCall call)
    {
        if (call.Text("channel") is not { } id || !workspace.Conversations.TryGetValue(id, out var channel)) return (null, ApiAnswer.Fail("channel_not_found"));
        var needed = channel.Kind switch { ConversationKind.Public => "channels:read", ConversationKind.Private => "groups:read", ConversationKind.Direct => "im:read" };
        if (!workspace.Options.Scopes.Contains(needed)) return (null, ApiAnswer.MissingScope(needed, workspace.Options.Scopes));
        var hidden = channel.Kind != ConversationKind.Public && !channel.Members.Contains(workspace.Options.BotUserId);
        return hidden ? (null, ApiAnswer.Fail("channel_not_found")) : (channel, null);
    }

    private JsonObject Describe(Conversation c, bool count = false)
    {
        var json = new JsonObject
        {
            ["id"] = c.Id,
            ["created"] = c.Created,
            ["is_archived"] = c.IsArchived,
            ["is_im"] = c.Kind == ConversationKind.Direct,
            ["is_org_shared"] = false,
            ["context_team_id"] = workspace.Options.TeamId,
        };
        if (c.Kind == ConversationKind.Direct)
        {
            json["user"] = c.Members.First(m => m != workspace.Options.BotUserId);
            json["is_user_deleted"] = workspace.People.TryGetValue((string)json["user"]!, out var p) && p.Deleted;
            return json;
        }
        json["name"] = c.Name;
        json["name_normalized"] = c.Name;
        json["is_channel"] = c.Kind == ConversationKind.Public;
        json["is_group"] = c.Kind == ConversationKind.Private;
        json["is_mpim"] = false;
        json["is_private"] = c.Kind == ConversationKind.Private;
        json["is_general"] = c.Name == "general";
        json["is_member"] = c.Members.Contains(workspace.Options.BotUserId);
        json["is_shared"] = c.IsExtShared;
        json["is_ext_shared"] = c.IsExtShared;
        json["is_pending_ext_shared"] = false;
        json["topic"] = new JsonObject { ["value"] = c.Topic, ["creator"] = "", ["last_set"] = 0 };
        json["purpose"] = new JsonObject { ["value"] = "", ["creator"] = "", ["last_set"] = 0 };
        if (count) json["num_members"] = c.Members.Count;
        return json;
    }
}

using System.Text.Json.Nodes;
using JitBroker.Playground.Delivery;
using JitBroker.Playground.State;

namespace JitBroker.Playground.WebApi;

/// <summary>chat.postMessage, .update, .delete, .postEphemeral and .getPermalink.</summary>
internal sealed class ChatMethods(Workspace workspace, Payloads payloads)
{
    public IEnumerable<ApiMethod> All =>
    [
        new("chat.postMessage", "chat:write", Tier.Special, Post) { Posts = true },
        new("chat.update", "chat:write", Tier.Three, Update),
        new("chat.delete", "chat:write", Tier.Three, Delete),
        new("chat.postEphemeral", "chat:write", Tier.Four, PostEphemeral),
        new("chat.getPermalink", null, Tier.Special, Permalink),
    ];

    private ApiAnswer Post(ApiCall call)
    {
        var (to, refused) = Target(call.Text("channel"), mayOpenDirect: true);
        if (to is null) return refused!;
        var (content, faulty) = MessageContent.Read(call, workspace);
        if (content is null) return faulty!;
        if (call.Text("thread_ts") is { } thread && to.Find(thread) is null) return ApiAnswer.Fail("thread_not_found");
        var message = workspace.Post(to, FromApp(content, call.Text("thread_ts"), ephemeralTo: null));
        return ApiAnswer.With(("channel", to.Id), ("ts", message.Ts), ("message", payloads.Message(message)));
    }

    private ApiAnswer PostEphemeral(ApiCall call)
    {
        var (to, refused) = Target(call.Text("channel"), mayOpenDirect: false);
        if (to is null) return refused!;
        if (call.Text("user") is not { } user) return ApiAnswer.Fail("invalid_arguments", ["[ERROR] missing required field: user"]);
        if (!workspace.People.ContainsKey(user) || !to.Members.Contains(user)) return ApiAnswer.Fail("user_not_in_channel");
        var (content, faulty) = MessageContent.Read(call, workspace);
        if (content is null) return faulty!;
        var message = workspace.Post(to, FromApp(content, call.Text("thread_ts"), user));
        return ApiAnswer.With(("message_ts", message.Ts));
    }

    private ApiAnswer Update(ApiCall call)
    {
        var (channel, message, refused) = Own(call, "cant_update_message");
        if (message is null) return refused!;
        var (content, faulty) = MessageContent.Read(call, workspace, maxText: MessageContent.MaxUpdateText);
        if (content is null) return faulty!;
        // what is left out stays as it was; an empty list of blocks takes them away
        message.Replace(call.Has("text") ? content.Text : message.Text, call.Has("blocks") ? content.Blocks : message.Blocks);
        if (content.Metadata is not null) message.Metadata = content.Metadata;
        message.EditedTs = workspace.NextTs();
        workspace.Changed();
        return ApiAnswer.With(("channel", channel!.Id), ("ts", message.Ts), ("text", message.Text), ("message", payloads.Message(message)));
    }

    private ApiAnswer Delete(ApiCall call)
    {
        var (channel, message, refused) = Own(call, "cant_delete_message");
        if (message is null) return refused!;
        channel!.Messages.Remove(message);
        workspace.Changed();
        return ApiAnswer.With(("channel", channel.Id), ("ts", message.Ts));
    }

    private ApiAnswer Permalink(ApiCall call)
    {
        var (where, refused) = Target(call.Text("channel"), mayOpenDirect: false);
        if (where is null) return refused!;
        if (call.Text("message_ts") is not { } ts || where.Find(ts) is not { EphemeralTo: null } message) return ApiAnswer.Fail("message_not_found");
        return ApiAnswer.With(("channel", where.Id), ("permalink", payloads.Permalink(where, message)));
    }

    private Message FromApp(MessageContent content, string? thread, string? ephemeralTo) => new()
    {
        Ts = workspace.NextTs(), User = workspace.Options.BotUserId, FromApp = true, Text = content.Text, Blocks = content.Blocks,
        Metadata = content.Metadata, ThreadTs = thread, EphemeralTo = ephemeralTo,
    };

    private (Conversation? Channel, Message? Message, ApiAnswer? Refused) Own(ApiCall call, string notOurs)
    {
        var (channel, refused) = Target(call.Text("channel"), mayOpenDirect: false);
        if (channel is null) return (null, null, refused);
        var message = call.Text("ts") is { } ts ? channel.Find(ts) : null;
        if (message is null || message.EphemeralTo is not null) return (channel, null, ApiAnswer.Fail("message_not_found"));
        return message.FromApp ? (channel, message, null) : (channel, null, ApiAnswer.Fail(notOurs));
    }

    private (Conversation? To, ApiAnswer? Refused) Target(string? id, bool mayOpenDirect)
    {
        if (id is null) return (null, ApiAnswer.Fail("invalid_arguments", ["[ERROR] missing required field: channel"]));
        if (mayOpenDirect && workspace.People.TryGetValue(id, out var person))
        {
            if (person.IsBot) return (null, ApiAnswer.Fail("cannot_dm_bot"));
            if (person.Deleted) return (null, ApiAnswer.Fail("user_disabled"));
            return (workspace.OpenDirect(id), null);
        }
        if (!workspace.Conversations.TryGetValue(id, out var to)) return (null, ApiAnswer.Fail("channel_not_found"));
        if (to.IsArchived) return (null, ApiAnswer.Fail("is_archived"));
        if (to.Members.Contains(workspace.Options.BotUserId)) return (to, null);
        if (to.Kind != ConversationKind.Public) return (null, ApiAnswer.Fail("channel_not_found"));
        return workspace.Options.Scopes.Contains("chat:write.public") ? (to, null) : (null, ApiAnswer.Fail("not_in_channel"));
    }
}

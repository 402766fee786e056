using System.Text.Json.Nodes;
using JitBroker.Playground.Teams.Delivery;
using JitBroker.Playground.Teams.State;

namespace JitBroker.Playground.Teams.Connector;

/// <summary>Sending, answering, changing and deleting messages. Callers hold the gate.</summary>
internal sealed class ActivityCalls(Tenant tenant, Refresher refresher)
{
    /// <summary>To a channel: a new thread; to a thread, or as a reply: into it.</summary>
    public ConnectorAnswer Send(ConnectorCall call)
    {
        var (chat, root) = tenant.Locate(call.Conversation);
        if (Barred(chat, root) is { } barred) return barred;
        // seen by others as three dots for a moment; nothing stays
        if (Wire.Text(call.Body["type"]) == "typing") return new ConnectorAnswer(201, new JsonObject { ["id"] = tenant.NextId() });
        if (call.Id is not null && chat!.Find(call.Id) is not { } parent) return ConnectorAnswer.Fail(404, "ActivityNotFoundInConversation", "The activity to reply to does not exist.");
        else if (call.Id is not null && chat!.Kind == ChatKind.Channel) root ??= chat.Find(call.Id)!.Root ?? call.Id;
        var (sent, refused) = SentActivity.Read(call.Body);
        return sent is null ? refused! : new ConnectorAnswer(201, new JsonObject { ["id"] = Add(chat!, root, sent).Id });
    }

    /// <summary>The whole message anew; what single people saw of it is gone.</summary>
    public ConnectorAnswer Update(ConnectorCall call)
    {
        var (chat, root) = tenant.Locate(call.Conversation);
        if (Barred(chat, root) is { } barred) return barred;
        if (Own(chat!, call.Id!) is not { } post) return Unknown();
        var (sent, refused) = SentActivity.Read(call.Body);
        if (sent is null) return refused!;
        post.Replace(sent.Text, sent.TextFormat, sent.Summary, sent.Card);
        Told(chat!, post);
        return new ConnectorAnswer(200, new JsonObject { ["id"] = post.Id });
    }

    public ConnectorAnswer Delete(ConnectorCall call)
    {
        var (chat, root) = tenant.Locate(call.Conversation);
        if (Barred(chat, root) is { } barred) return barred;
        if (Own(chat!, call.Id!) is not { } post) return Unknown();
        post.Replace("", "plain", null, null);
        post.IsDeleted = true;
        tenant.Changed();
        return new ConnectorAnswer(200, null);
    }

    /// <summary>Posts, and lets the clients of those named refresh it.</summary>
    public Post Add(Chat chat, string? root, SentActivity sent)
    {
        var post = new Post
        {
            Id = tenant.NextId(), From = tenant.BotId, IsByBot = true, Root = chat.Kind == ChatKind.Channel ? root : null, At = tenant.Clock.GetUtcNow(), Text = sent.Text,
            TextFormat = sent.TextFormat, Summary = sent.Summary, Card = sent.Card,
        };
        chat.Posts.Add(post);
        Told(chat, post);
        return post;
    }

    /// <summary>Why the bot may not speak there; null when it may.</summary>
    public ConnectorAnswer? Barred(Chat? chat, string? root)
    {
        if (chat is null || root is not null && chat.Find(root) is null) return ConnectorAnswer.NotFound;
        if (!tenant.HasBot(chat)) return ConnectorAnswer.NotInRoster;
        return chat.Kind == ChatKind.Personal && chat.Members.Any(m => tenant.People[m].BlocksBot)
            ? ConnectorAnswer.Fail(403, "ConversationBlockedByUser", "User blocked the conversation with the bot.") : null;
    }

    private void Told(Chat chat, Post post)
    {
        tenant.Changed();
        refresher.Start(chat, post);
    }

    private static Post? Own(Chat chat, string id) => chat.Find(id) is { IsByBot: true, IsDeleted: false } post ? post : null;

    private static ConnectorAnswer Unknown() => ConnectorAnswer.Fail(404, "ActivityNotFoundInConversation", "The activity does not exist in this conversation, or is not the bot's.");
}

using System.Text.Json.Nodes;
using JitBroker.Playground.Control;
using JitBroker.Playground.Teams.Delivery;
using JitBroker.Playground.Teams.State;

namespace JitBroker.Playground.Teams.Control;

/// <summary>What a person types into a conversation. The bot hears all of it in their personal chat, elsewhere only what mentions it.</summary>
internal sealed class TeamsComposer(Tenant tenant, Activities activities, IBotDelivery bot)
{
    /// <summary><c>{person, conversation, text, thread?}</c>; <c>@</c> and the bot's name mention it.</summary>
    public async Task<ControlAnswer> SayAsync(ControlRequest request, CancellationToken ct)
    {
        Chat chat;
        Post post;
        JsonObject? activity;
        lock (tenant.Gate)
        {
            var person = request.Person(tenant);
            chat = request.Chat(tenant, person);
            var text = request.Need("text").Trim();
            if (text.Length == 0) throw new ControlFault("There is nothing to send.");
            post = new Post { Id = tenant.NextId(), From = person, Root = Root(request, chat), At = tenant.Clock.GetUtcNow(), Text = text };
            chat.Posts.Add(post);
            chat.LastRead[person] = post.Id;
            tenant.Changed();
            var hears = tenant.HasBot(chat) && (chat.Kind == ChatKind.Personal || activities.Mentions(text));
            activity = hears ? activities.Message(person, chat, post) : null;
        }
        if (activity is null) return ControlAnswer.Done(("id", post.Id), ("delivered", false));
        var answer = ControlAnswer.From(await bot.DeliverAsync(activity, ct));
        answer.Body["id"] = post.Id;
        return answer;
    }

    private static string? Root(ControlRequest request, Chat chat)
    {
        if (chat.Kind != ChatKind.Channel || request.Text("thread") is not { } thread) return null;
        return chat.Find(thread) is { } parent ? parent.Root ?? parent.Id : throw new ControlFault($"There is no message {thread} in {chat.Id}.");
    }
}

namespace JitBroker.Playground.Teams.State;

internal enum ChatKind { Personal, Group, Channel }

/// <summary>A personal chat with the bot, a group chat or a channel, with what was posted in the order of its ids.</summary>
internal sealed class Chat
{
    public required string Id { get; init; }
    public required ChatKind Kind { get; init; }
    public required string Name { get; init; }
    public string Topic { get; init; } = "";
    public required HashSet<string> Members { get; init; }

    /// <summary>Whether the app was added to this chat; of a channel the team says so.</summary>
    public bool HasBot { get; set; }
    public List<Post> Posts { get; } = [];
    public Dictionary<string, string> LastRead { get; } = new(StringComparer.Ordinal);

    /// <summary>The wire's word.</summary>
    public string Type => Kind switch { ChatKind.Personal => "personal", ChatKind.Group => "groupChat", ChatKind.Channel => "channel" };

    public Post? Find(string id) => Posts.Find(p => p.Id == id);

    /// <summary>The conversation id that belongs to a message here: in a channel its thread's.</summary>
    public string ConversationOf(string? root) => Kind == ChatKind.Channel && root is not null ? $"{Id};messageid={root}" : Id;

    public int UnreadOf(string person)
    {
        var read = LastRead.GetValueOrDefault(person, "");
        return Posts.Count(p => p.From != person && !p.IsDeleted && string.CompareOrdinal(p.Id, read) > 0);
    }
}

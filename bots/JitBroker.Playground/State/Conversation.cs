namespace JitBroker.Playground.State;

internal enum ConversationKind { Public, Private, Direct }

/// <summary>A channel or a direct message, with its messages in the order of their timestamps.</summary>
internal sealed class Conversation
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required ConversationKind Kind { get; init; }
    public string Topic { get; init; } = "";
    public bool IsExtShared { get; init; }
    public bool IsArchived { get; init; }
    public long Created { get; init; }
    public HashSet<string> Members { get; init; } = new(StringComparer.Ordinal);
    public List<Message> Messages { get; } = [];
    public Dictionary<string, string> LastRead { get; } = new(StringComparer.Ordinal);

    public bool IsVisibleTo(string person) => Kind == ConversationKind.Public || Members.Contains(person);

    public Message? Find(string ts) => Messages.Find(m => m.Ts == ts);

    public int UnreadOf(string person)
    {
        var read = LastRead.GetValueOrDefault(person, "");
        return Messages.Count(m => m.User != person && m.IsVisibleTo(person) && string.CompareOrdinal(m.Ts, read) > 0);
    }
}

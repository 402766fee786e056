using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace JitBroker.Playground.State;

/// <summary>
/// Everything the workspace remembers, in memory. Callers hold <see cref="Gate"/> while they read or change it and never while they wait for the
/// app; <see cref="Changed"/> is called after each change so that open pages redraw.
/// </summary>
internal sealed class Workspace
{
    private long _lastTs;

    public Workspace(PlaygroundOptions options)
    {
        Options = options;
        Clock = options.Clock;
        Triggers = new Triggers(Clock, () => $"{Digits(12)}.{Digits(11)}.{RandomNumberGenerator.GetHexString(32, lowercase: true)}");
        foreach (var person in options.People) People[person.Id] = person;
        var home = options.People.Where(p => p.TeamId is null || p.TeamId == options.TeamId).Select(p => p.Id).ToList();
        foreach (var channel in options.Channels) Add(channel, home);
        foreach (var person in options.People.Where(p => !p.IsBot)) OpenDirect(person.Id);
    }

    public Lock Gate { get; } = new();
    public PlaygroundOptions Options { get; }
    public TimeProvider Clock { get; }
    public Triggers Triggers { get; }
    public Dictionary<string, PlaygroundPerson> People { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, Conversation> Conversations { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, OpenView> Views { get; } = new(StringComparer.Ordinal);

    /// <summary>Open modals of a person, the visible one last.</summary>
    public Dictionary<string, List<OpenView>> Modals { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, OpenView> Homes { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, ResponseUrl> ResponseUrls { get; } = new(StringComparer.Ordinal);
    public Changes Changes { get; } = new();

    /// <summary>Options the app offered for external selects of messages.</summary>
    public Dictionary<(string Channel, string Ts, string Block, string Action), JsonArray> Offered { get; } = [];

    public void Changed() => Changes.Tell();

    /// <summary>Slack's message id: seconds, a dot, six digits; never twice, always growing.</summary>
    public string NextTs()
    {
        var now = Clock.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
        _lastTs = Math.Max(_lastTs + 1, now);
        return string.Create(CultureInfo.InvariantCulture, $"{_lastTs / 1_000_000}.{_lastTs % 1_000_000:D6}");
    }

    public string NewId(string prefix) => prefix + RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", 10);

    public string NewBlockId() => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789", 5);

    public string NewHash() => string.Create(CultureInfo.InvariantCulture, $"{Clock.GetUtcNow().ToUnixTimeSeconds()}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}");

    /// <summary>The conversation between that person and the app, made when it is not there yet.</summary>
    public Conversation OpenDirect(string user)
    {
        var id = "D" + user[1..];
        if (!Conversations.TryGetValue(id, out var direct))
            Conversations[id] = direct = new Conversation
            {
                Id = id, Name = "directmessage", Kind = ConversationKind.Direct, Created = Clock.GetUtcNow().ToUnixTimeSeconds(), Members = [user, Options.BotUserId],
            };
        return direct;
    }

    public Message Post(Conversation to, Message message)
    {
        to.Messages.Add(message);
        to.LastRead[message.User] = message.Ts;
        Changed();
        return message;
    }

    public void Notice(Conversation to, string user, string text) =>
        Post(to, new Message { Ts = NextTs(), User = "USLACKBOT", IsNotice = true, EphemeralTo = user, Text = text });

    public List<OpenView> ModalsOf(string user)
    {
        if (!Modals.TryGetValue(user, out var stack)) Modals[user] = stack = [];
        return stack;
    }

    public void CloseFrom(OpenView view)
    {
        var stack = ModalsOf(view.User);
        var at = stack.IndexOf(view);
        if (at < 0) return;
        foreach (var gone in stack[at..]) Views.Remove(gone.Id);
        stack.RemoveRange(at, stack.Count - at);
        Changed();
    }

    private void Add(PlaygroundChannel channel, List<string> everybody)
    {
        var members = new HashSet<string>(channel.Members ?? everybody, StringComparer.Ordinal);
        if (channel.BotIsMember) members.Add(Options.BotUserId);
        Conversations[channel.Id] = new Conversation
        {
            Id = channel.Id, Name = channel.Name, Topic = channel.Topic, Kind = channel.IsPrivate ? ConversationKind.Private : ConversationKind.Public,
            IsExtShared = channel.IsExtShared, IsArchived = channel.IsArchived, Created = Clock.GetUtcNow().ToUnixTimeSeconds(), Members = members,
        };
    }

    private static string Digits(int count) => RandomNumberGenerator.GetString("123456789", count);
}

using System.Globalization;
using System.Security.Cryptography;
using JitBroker.Playground.State;

namespace JitBroker.Playground.Teams.State;

/// <summary>
/// Everything the tenant remembers, in memory. Callers hold <see cref="Gate"/> while they read or change it and never while they wait for the bot;
/// <see cref="Changed"/> is called after each change so that open pages redraw.
/// </summary>
internal sealed class Tenant
{
    private readonly Changes _changes;
    private long _lastId;

    public Tenant(PlaygroundOptions options, Changes changes)
    {
        (Options, Clock, _changes) = (options.Teams, options.Clock, changes);
        MessagesUrl = Options.MessagesUrl;
        foreach (var person in Options.People) Join(person);
        var everybody = Options.People.Where(p => p.TenantId is null).Select(p => p.Id).ToList();
        foreach (var channel in Options.Channels)
            Chats[channel.Id] = new Chat { Id = channel.Id, Kind = ChatKind.Channel, Name = channel.Name, Topic = channel.Topic, Members = [.. everybody] };
    }

    public Lock Gate { get; } = new();
    public PlaygroundTeamsOptions Options { get; }
    public TimeProvider Clock { get; }

    /// <summary>Where the bot listens; settable while running, since bot and tenant each need the other's address.</summary>
    public Uri? MessagesUrl { get; set; }

    public Dictionary<string, PlaygroundTeamsPerson> People { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, Chat> Chats { get; } = new(StringComparer.Ordinal);

    /// <summary>The dialog that a person has open, by person.</summary>
    public Dictionary<string, Dialog> Dialogs { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether the app was added to the team.</summary>
    public bool IsInTeam { get; set; }

    public string BotId => "28:" + Options.AppId;

    /// <summary>The team's id, which is General's.</summary>
    public string TeamId => Options.Channels[0].Id;

    public long Revision => _changes.Revision;

    public void Changed() => _changes.Tell();

    public Task<long> ChangedAfterAsync(long seen, CancellationToken ct) => _changes.AfterAsync(seen, ct);

    /// <summary>Teams' message id: milliseconds; never twice, always growing.</summary>
    public string NextId()
    {
        _lastId = Math.Max(_lastId + 1, Clock.GetUtcNow().ToUnixTimeMilliseconds());
        return _lastId.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The id of an activity that no message stands for.</summary>
    public string NewEventId() => "f:" + new Guid(RandomNumberGenerator.GetBytes(16));

    /// <summary>Adds or changes an account; a new one gets its chat with the bot, in which the app is not yet.</summary>
    public void Join(PlaygroundTeamsPerson person)
    {
        People[person.Id] = person;
        if (PersonalOf(person.Id) is not null) return;
        var id = "a:1" + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", 48);
        Chats[id] = new Chat { Id = id, Kind = ChatKind.Personal, Name = Options.AppName, Members = [person.Id] };
    }

    /// <summary>The chat between that person and the bot.</summary>
    public Chat? PersonalOf(string person) => Chats.Values.FirstOrDefault(c => c.Kind == ChatKind.Personal && c.Members.Contains(person));

    /// <summary>By <c>29:</c> id, object id or handle.</summary>
    public PlaygroundTeamsPerson? Find(string? given) => given is null ? null
        : People.GetValueOrDefault(given) ?? People.Values.FirstOrDefault(p => p.Handle == given || Guid.TryParse(given, out var id) && p.ObjectId == id);

    /// <summary>Whether the bot may speak there.</summary>
    public bool HasBot(Chat chat) => chat.Kind == ChatKind.Channel ? IsInTeam : chat.HasBot;

    /// <summary>A conversation id, which for a channel may name a thread: <c>19:…@thread.tacv2;messageid=…</c>.</summary>
    public (Chat? Chat, string? Root) Locate(string conversation)
    {
        const string mark = ";messageid=";
        var at = conversation.IndexOf(mark, StringComparison.Ordinal);
        return at < 0 ? (Chats.GetValueOrDefault(conversation), null) : (Chats.GetValueOrDefault(conversation[..at]), conversation[(at + mark.Length)..]);
    }
}

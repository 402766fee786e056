using System.Security.Cryptography;

namespace JitBroker.Playground;

/// <summary>What a local workspace is made of. Everything has a default except the clock.</summary>
public sealed record PlaygroundOptions
{
    /// <summary>The only source of time: timestamps, trigger expiry, rate limits, the app's three seconds and the retries of events.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Where to listen. Loopback only, since whoever reaches the page can act as anybody; port 0 takes a free one.</summary>
    public Uri Listen { get; init; } = new("http://127.0.0.1:0/");

    /// <summary>The team id that users, tokens and payloads carry.</summary>
    public string TeamId { get; init; } = "T0EX";

    /// <summary>The workspace's shown name.</summary>
    public string TeamName { get; init; } = "Example";

    /// <summary>The workspace's sub-domain at Slack.</summary>
    public string TeamDomain { get; init; } = "example";

    /// <summary>The app's id, as <c>api_app_id</c>.</summary>
    public string AppId { get; init; } = "A0JIT";

    /// <summary>The app's shown name.</summary>
    public string AppName { get; init; } = "JitBroker";

    /// <summary>The user id of the app's bot.</summary>
    public string BotUserId { get; init; } = "U0JIT";

    /// <summary>The bot id, as <c>bot_id</c>.</summary>
    public string BotId { get; init; } = "B0JIT";

    /// <summary>The bearer token of the Web API; random for each start unless given.</summary>
    public string BotToken { get; init; } = "xoxb-" + RandomNumberGenerator.GetHexString(24, lowercase: true);

    /// <summary>The app-level token of <c>apps.connections.open</c>; random unless given.</summary>
    public string AppToken { get; init; } = "xapp-1-" + RandomNumberGenerator.GetHexString(24, lowercase: true);

    /// <summary>The key that deliveries are signed with; random unless given.</summary>
    public string SigningSecret { get; init; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Scopes the bot token was granted; a method that needs another answers <c>missing_scope</c>.</summary>
    public IReadOnlyList<string> Scopes { get; init; } =
        ["commands", "chat:write", "im:write", "users:read", "users:read.email", "channels:read", "groups:read", "im:read"];

    /// <summary>Slash commands the app has registered.</summary>
    public IReadOnlyList<PlaygroundCommand> Commands { get; init; } =
        [new("/access", "Request or manage access", "request [entitlement] [duration] [reason]")];

    /// <summary>Shortcuts the app has registered.</summary>
    public IReadOnlyList<PlaygroundShortcut> Shortcuts { get; init; } = [new("jit_request", "Request access"), new("jit_request_for", "Request access for this", OnMessage: true)];

    /// <summary>The app's address for events, and for the other two where those are absent. Null: not connected yet.</summary>
    public Uri? EventsUrl { get; init; }

    /// <summary>The app's address for slash commands; null uses <see cref="EventsUrl"/>.</summary>
    public Uri? CommandsUrl { get; init; }

    /// <summary>The app's address for buttons, modals, options and shortcuts; null uses <see cref="EventsUrl"/>.</summary>
    public Uri? InteractionsUrl { get; init; }

    /// <summary>Who is in the workspace.</summary>
    public IReadOnlyList<PlaygroundPerson> People { get; init; } = PlaygroundDefaults.People;

    /// <summary>Which channels there are; direct messages come by themselves.</summary>
    public IReadOnlyList<PlaygroundChannel> Channels { get; init; } = PlaygroundDefaults.Channels;

    /// <summary>How often the Web API may be called.</summary>
    public PlaygroundRateLimits RateLimits { get; init; } = new();

    /// <summary>The Microsoft Teams tenant beside the workspace.</summary>
    public PlaygroundTeamsOptions Teams { get; init; } = new();
}

/// <summary>A registered slash command.</summary>
public sealed record PlaygroundCommand(string Command, string Description, string UsageHint);

/// <summary>A registered shortcut: a global one, or one of messages.</summary>
public sealed record PlaygroundShortcut(string CallbackId, string Name, bool OnMessage = false);

/// <summary>Slack's limits. A method's bucket holds one minute's worth, so bursts pass and floods do not.</summary>
public sealed record PlaygroundRateLimits
{
    /// <summary>False: nothing is ever answered 429 (except injected faults).</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Messages that one channel takes at once before one per second holds. Slack tolerates short bursts without saying how long;
    /// 20 keeps a demo lively.</summary>
    public int ChannelBurst { get; init; } = 20;

    /// <summary>Messages per minute in the whole workspace.</summary>
    public int WorkspacePerMinute { get; init; } = 300;
}

/// <summary>One person of the workspace, with the flags that <c>users.info</c> shows.</summary>
public sealed record PlaygroundPerson(string Id, string Handle, string Name)
{
    /// <summary>Null: no profile e-mail.</summary>
    public string? Email { get; init; }

    /// <summary>Null: the workspace's own team. Another team makes a person from another organisation.</summary>
    public string? TeamId { get; init; }

    /// <summary>Deactivated.</summary>
    public bool Deleted { get; init; }

    /// <summary>Another app's bot.</summary>
    public bool IsBot { get; init; }

    /// <summary>A multi-channel guest.</summary>
    public bool IsRestricted { get; init; }

    /// <summary>A single-channel guest.</summary>
    public bool IsUltraRestricted { get; init; }

    /// <summary>From another organisation, sharing no channel with us.</summary>
    public bool IsStranger { get; init; }

    /// <summary>Whether the profile e-mail was confirmed.</summary>
    public bool IsEmailConfirmed { get; init; } = true;

    /// <summary>What the profile says this person does.</summary>
    public string? Title { get; init; }
}

/// <summary>One channel of the workspace.</summary>
public sealed record PlaygroundChannel(string Id, string Name)
{
    /// <summary>Shown in the channel's head.</summary>
    public string Topic { get; init; } = "";

    /// <summary>A private channel does not exist for those who are not in it.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>Shared with another organisation through Slack Connect.</summary>
    public bool IsExtShared { get; init; }

    /// <summary>Takes no messages.</summary>
    public bool IsArchived { get; init; }

    /// <summary>Whether the app's bot was invited.</summary>
    public bool BotIsMember { get; init; } = true;

    /// <summary>Ids of members; null: everybody of the home team.</summary>
    public IReadOnlyList<string>? Members { get; init; }
}

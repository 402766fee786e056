using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace JitBroker.Playground;

/// <summary>What the local Microsoft 365 tenant is made of: the people, one team with its channels, and one bot.</summary>
public sealed record PlaygroundTeamsOptions
{
    /// <summary>The tenant's id, in every activity.</summary>
    public Guid TenantId { get; init; } = new("7f1d0f0e-0c1d-4c55-9a52-0d9a3b6c1a01");

    /// <summary>The bot's app id: the audience of what it is sent, its client id at the token endpoint, <c>28:</c> and this as its account.</summary>
    public Guid AppId { get; init; } = new("5b1f7c2e-9a43-4f0e-8a51-6f3f2d0c7e11");

    /// <summary>The bot's shown name; typing <c>@</c> and this mentions it.</summary>
    public string AppName { get; init; } = "JitBroker";

    /// <summary>The client secret; random for each start unless given.</summary>
    public string ClientSecret { get; init; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>A certificate that client assertions may be signed with instead of the secret; only its public key is used. Null: none.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>The team's name.</summary>
    public string TeamName { get; init; } = "Example";

    /// <summary>The team's id in the directory.</summary>
    public Guid TeamObjectId { get; init; } = new("c3d0a7b1-62c4-4e0f-9d54-2a8e6f1b9c20");

    /// <summary>The bot's messaging endpoint, such as <c>http://127.0.0.1:8080/api/messages</c>. Null: not connected yet.</summary>
    public Uri? MessagesUrl { get; init; }

    /// <summary>Who has an account.</summary>
    public IReadOnlyList<PlaygroundTeamsPerson> People { get; init; } = PlaygroundTeamsDefaults.People;

    /// <summary>The team's channels; the first is General, whose id is the team's.</summary>
    public IReadOnlyList<PlaygroundTeamsChannel> Channels { get; init; } = PlaygroundTeamsDefaults.Channels;

    /// <summary>The commands that the app's manifest lists, which Teams offers over the composer.</summary>
    public IReadOnlyList<PlaygroundTeamsCommand> Commands { get; init; } = PlaygroundTeamsDefaults.Commands;

    /// <summary>What the app's manifest adds beside the composer and to the menu of each message.</summary>
    public IReadOnlyList<PlaygroundTeamsExtension> Extensions { get; init; } = PlaygroundTeamsDefaults.Extensions;

    /// <summary>A larger activity is answered 413. Public documents name 28 and 40 KB; this is the lower.</summary>
    public int MaxActivityBytes { get; init; } = 28 * 1024;

    /// <summary>False: nothing is ever answered 429 (except injected faults).</summary>
    public bool Throttles { get; init; } = true;

    /// <summary>Whether the clients of all people named in a card's <c>refresh</c> ask for their view by themselves, as clients that show the card do.</summary>
    public bool RefreshesByItself { get; init; } = true;
}

/// <summary>One account of the tenant.</summary>
/// <param name="Id">The <c>29:</c> id that the bot knows the account by.</param>
/// <param name="ObjectId">The account's id in the directory.</param>
/// <param name="Handle">The same as in the Slack workspace: one person, both accounts.</param>
public sealed record PlaygroundTeamsPerson(string Id, Guid ObjectId, string Handle, string Name)
{
    /// <summary>Null: no mailbox.</summary>
    public string? Email { get; init; }

    /// <summary>Null: the playground's own tenant. Another tenant makes a guest from elsewhere.</summary>
    public Guid? TenantId { get; init; }

    /// <summary><c>user</c>, <c>guest</c> or <c>anonymous</c>, as members calls say it.</summary>
    public string Role { get; init; } = "user";

    /// <summary>Whether activities carry the object id; without it the bot has to ask for the member.</summary>
    public bool ShowsObjectId { get; init; } = true;

    /// <summary>Has blocked the bot: messages to the personal chat are refused.</summary>
    public bool BlocksBot { get; init; }

    /// <summary>What the profile says this person does.</summary>
    public string? Title { get; init; }
}

/// <summary>One channel of the team.</summary>
public sealed record PlaygroundTeamsChannel(string Id, string Name)
{
    /// <summary>Shown in the channel's head.</summary>
    public string Topic { get; init; } = "";
}

/// <summary>A command of the app's manifest.</summary>
public sealed record PlaygroundTeamsCommand(string Title, string Description);

/// <summary>An action command of the app's manifest: it opens a dialog.</summary>
/// <param name="OnMessage">In the menu of each message; otherwise beside the composer.</param>
public sealed record PlaygroundTeamsExtension(string Id, string Title, bool OnMessage = false);

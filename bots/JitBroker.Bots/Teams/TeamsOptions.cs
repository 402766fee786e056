using System.Globalization;
using System.Net;
using JitBroker.Outbox;
using JitBroker.People;

namespace JitBroker.Bots.Teams;

/// <summary>The section <c>Teams</c> of the settings (contract §2). Secrets are functions, called at each use: a rotated file or variable takes effect by itself.</summary>
public sealed record TeamsOptions
{
    /// <summary>The one channel: elsewhere a client says itself who it is.</summary>
    public const string ChannelId = "msteams";

    /// <summary>Where a token of ours may go, unless said otherwise: the Teams-relevant hosts of the Bot Framework.</summary>
    public static IReadOnlyList<string> UsualServiceHosts { get; } = ["botframework.com", "smba.trafficmanager.net", "teams.microsoft.com", "teams.microsoft.us"];

    public bool Enabled { get; init; }

    /// <summary>The bot's app id, a GUID in lower case: the audience of what Teams sends us.</summary>
    public string AppId { get; init; } = "";

    /// <summary>Tenants whose people are accepted, GUIDs in lower case; the first is the one that the app is registered in.</summary>
    public IReadOnlyList<string> Tenants { get; init; } = [];

    /// <summary>The app's client secret; empty: it has a certificate.</summary>
    public Func<string> ClientSecret { get; init; } = () => "";

    /// <summary>A PEM file with certificate and private key, or a PFX file without a password; empty: it has a secret.</summary>
    public string CertificatePath { get; init; } = "";

    /// <summary>Who issues our tokens. Without a path the first tenant is added; with one it is taken as it is (<c>…/botframework.com</c> for apps of many tenants).</summary>
    public Uri Authority { get; init; } = new("https://login.microsoftonline.com/");

    /// <summary>Where the keys are named that sign what Teams sends us. Fetched when first needed.</summary>
    public Uri OpenIdMetadataUrl { get; init; } = new("https://login.botframework.com/v1/.well-known/openidconfiguration");

    /// <summary>Hosts, equal or above, that our token may be sent to; with test endpoints also <c>host:port</c>.</summary>
    public IReadOnlyList<string> ServiceHosts { get; init; } = UsualServiceHosts;

    /// <summary>The conversation id of the channel for approval cards unless an entitlement says otherwise; empty: a message to each approver.</summary>
    public string Channel { get; init; } = "";

    public string BreakGlassChannel { get; init; } = "";

    /// <summary>Where the broker asks for a hand.</summary>
    public string OperationsChannel { get; init; } = "";

    /// <summary><c>Broker:AllowTestEndpoints</c>.</summary>
    public bool AllowTestEndpoints { get; init; }

    /// <summary>Where people have Teams in the browser, and links to it lead.</summary>
    internal Uri Client => new(IsGovernment ? "https://gov.teams.microsoft.us" : "https://teams.microsoft.com");

    /// <summary>The one issuer of what Teams sends us: the public cloud's, or that of the government cloud where its keys are the ones that are used.</summary>
    internal string Issuer => IsGovernment ? "https://api.botframework.us" : "https://api.botframework.com";

    private bool IsGovernment => OpenIdMetadataUrl.Host == "login.botframework.azure.us";

    /// <summary>The bot as a member of conversations.</summary>
    public string BotId => "28:" + AppId;

    /// <summary>What the core must know of this surface.</summary>
    public ChatSurface ToSurface() => new(Surface.Teams, Channel, OperationsChannel, BreakGlassChannel);

    internal bool Accepts(string? tenant) => tenant is not null && Tenants.Contains(tenant, StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Whether a service may be called there with our token (I5, E4): https at a listed host or below it. With test endpoints a host may name its port, and on loopback be
    /// plain http.
    /// </summary>
    internal bool IsAllowedService(Uri url)
    {
        if (url is not { IsAbsoluteUri: true, UserInfo: "", Query: "", Fragment: "" } || !url.AbsolutePath.EndsWith('/') || !ServiceHosts.Any(h => IsAt(url, h)))
            return false;
        if (url.Scheme == Uri.UriSchemeHttps)
            return url.IsDefaultPort || AllowTestEndpoints;
        return AllowTestEndpoints && url.Scheme == Uri.UriSchemeHttp && IsLoopback(url);
    }

    private bool IsAt(Uri url, string host)
    {
        if (AllowTestEndpoints && string.Create(CultureInfo.InvariantCulture, $"{url.Host}:{url.Port}") == host)
            return true;
        return url.IdnHost == host || (url.HostNameType == UriHostNameType.Dns && url.IdnHost.EndsWith("." + host, StringComparison.Ordinal));
    }

    private static bool IsLoopback(Uri url) => url.IsLoopback || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
}

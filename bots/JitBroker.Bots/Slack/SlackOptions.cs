using System.Net;
using JitBroker.Outbox;
using JitBroker.People;

namespace JitBroker.Bots.Slack;

/// <summary>The section <c>Slack</c> of the settings (contract §2). Secrets are functions, called at each use: a rotated file or variable takes effect by itself.</summary>
public sealed record SlackOptions
{
    /// <summary>Slack calls the broker.</summary>
    public const string Http = "http";

    /// <summary>The broker calls Slack, and needs no way in.</summary>
    public const string Socket = "socket";

    public bool Enabled { get; init; }

    /// <summary><see cref="Http"/> or <see cref="Socket"/>. In socket mode signed requests are taken too, if there are signing secrets.</summary>
    public string Mode { get; init; } = Http;

    /// <summary>How many sockets this replica keeps open in socket mode, so that one may go at any time. Slack allows ten per app, over all replicas.</summary>
    public int Sockets { get; init; } = 2;

    /// <summary>The Web API's base, with a trailing slash.</summary>
    public Uri ApiUrl { get; init; } = new("https://slack.com/api/");

    /// <summary><c>xoxb-…</c></summary>
    public Func<string> BotToken { get; init; } = () => "";

    /// <summary><c>xapp-…</c>, for socket mode.</summary>
    public Func<string> AppToken { get; init; } = () => "";

    /// <summary>Every one of them is accepted, so that a secret can be rotated.</summary>
    public Func<IReadOnlyList<string>> SigningSecrets { get; init; } = () => [];

    /// <summary>Teams (or Grid organisations) whose people are accepted, the token's own first. Empty: the token's own, once Slack has said which that is.</summary>
    public IReadOnlyList<string> Workspaces { get; init; } = [];

    /// <summary>Where approval cards go unless an entitlement says otherwise; empty: a direct message to each approver.</summary>
    public string Channel { get; init; } = "";

    public string BreakGlassChannel { get; init; } = "";

    /// <summary>Where the broker asks for a hand.</summary>
    public string OperationsChannel { get; init; } = "";

    public bool LinkByProfileEmail { get; init; }

    public IReadOnlyList<string> EmailDomains { get; init; } = [];

    /// <summary>The app's id; when set, a delivery made to another app is refused. Empty: the signature alone says whose it is.</summary>
    public string AppId { get; init; } = "";

    /// <summary><c>Broker:AllowTestEndpoints</c>.</summary>
    public bool AllowTestEndpoints { get; init; }

    /// <summary>What the core must know of this surface.</summary>
    public ChatSurface ToSurface() => new(Surface.Slack, Channel, OperationsChannel, BreakGlassChannel);

    /// <summary>Whether an answer may be posted there: a <c>response_url</c> is a bearer secret and never leaves for another host (E4).</summary>
    internal bool IsAllowedResponseUrl(Uri url)
    {
        if (url.Scheme == Uri.UriSchemeHttps && url.Host is "hooks.slack.com" or "hooks.slack-gov.com" && url is { IsDefaultPort: true, UserInfo: "" })
            return true;
        return AllowTestEndpoints && IsAllowedApi() && url.UserInfo.Length == 0 && url.Scheme == ApiUrl.Scheme && url.Host == ApiUrl.Host && url.Port == ApiUrl.Port;
    }

    /// <summary>
    /// Whether a socket may be opened there: its ticket is a bearer secret too, and who answers there is believed to be Slack. For tests it may be at the origin of
    /// <see cref="ApiUrl"/>; plain <c>ws</c> is for loopback only.
    /// </summary>
    internal bool IsAllowedSocketUrl(Uri url)
    {
        if (url.UserInfo.Length > 0 || url.Scheme is not ("ws" or "wss"))
            return false;
        if (url is { Scheme: "wss", IsDefaultPort: true } && (IsBelow(url.Host, "slack.com") || IsBelow(url.Host, "slack-gov.com")))
            return true;
        var scheme = ApiUrl.Scheme == Uri.UriSchemeHttps ? "wss" : "ws";
        return AllowTestEndpoints && IsAllowedApi() && url.Scheme == scheme && url.Host == ApiUrl.Host && url.Port == ApiUrl.Port;
    }

    private static bool IsBelow(string host, string domain) => host == domain || host.EndsWith("." + domain, StringComparison.Ordinal);

    internal bool IsAllowedApi()
    {
        if (ApiUrl is not { IsAbsoluteUri: true, UserInfo: "" } || !ApiUrl.AbsolutePath.EndsWith('/'))
            return false;
        if (ApiUrl.Scheme == Uri.UriSchemeHttps)
            return AllowTestEndpoints || ApiUrl is { Host: "slack.com" or "slack-gov.com", IsDefaultPort: true };
        return AllowTestEndpoints && ApiUrl.Scheme == Uri.UriSchemeHttp && (ApiUrl.IsLoopback || (IPAddress.TryParse(ApiUrl.Host, out var ip) && IPAddress.IsLoopback(ip)));
    }
}

using System.Net;
using JitBroker.Outbox;
using JitBroker.People;

namespace JitBroker.Bots.Slack;

/// <summary>The section <c>Slack</c> of the settings (contract §2). Secrets are functions, called at each use: a rotated file or variable takes effect by itself.</summary>
public sealed record SlackOptions
{
    public bool Enabled { get; init; }

    /// <summary><c>http</c>, or <c>socket</c>, which this build does not have yet.</summary>
    public string Mode { get; init; } = "http";

    /// <summary>The Web API's base, with a trailing slash.</summary>
    public Uri ApiUrl { get; init; } = new("https://slack.com/api/");

    /// <summary><c>xoxb-…</c></summary>
    public Func<string> BotToken { get; init; } = () => "";

    /// <summary><c>xapp-…</c>, for socket mode.</summary>
    public Func<string> AppToken { get; init; } = () => "";

    /// <summary>Every one of them is accepted, so that a secret can be rotated.</summary>
    public Func<IReadOnlyList<string>> SigningSecrets { get; init; } = () => [];

    /// <summary>Teams (or Grid organisations) whose people are accepted, the token's own first.</summary>
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

    /// <summary>The workspace that posted copies belong to.</summary>
    public string HomeWorkspace => Workspaces.Count > 0 ? Workspaces[0] : "";

    /// <summary>What the core must know of this surface.</summary>
    public ChatSurface ToSurface() => new(Surface.Slack, Channel, OperationsChannel);

    /// <summary>Everything that is wrong with these settings, each with its path and a remedy; empty when they will do.</summary>
    public IReadOnlyList<string> Problems()
    {
        if (!Enabled)
            return [];
        var problems = new List<string>();
        if (Mode is not ("http" or "socket"))
            problems.Add($"Slack:Mode is \"{Mode}\". Set it to http or socket.");
        if (Mode == "socket")
            problems.Add("Slack:Mode is socket, which this build does not have yet. Set it to http.");
        if (!IsAllowedApi())
            problems.Add($"Slack:ApiUrl is {ApiUrl}. It must be https://slack.com/api/; another host needs Broker:AllowTestEndpoints, and plain http a loopback address.");
        if (BotToken().Length == 0)
            problems.Add("Slack:BotToken is missing. Set it to the xoxb- token of the app, or to a ${env:NAME} or ${file:PATH} that holds it.");
        if (SigningSecrets().All(string.IsNullOrEmpty))
            problems.Add("Slack:SigningSecrets is empty. Set it to the app's signing secret.");
        if (Workspaces.Count == 0)
            problems.Add("Slack:Workspaces is empty. Name the teams (T…) whose people are accepted.");
        return problems;
    }

    /// <summary>Whether an answer may be posted there: a <c>response_url</c> is a bearer secret and never leaves for another host (E4).</summary>
    internal bool IsAllowedResponseUrl(Uri url)
    {
        if (url.Scheme == Uri.UriSchemeHttps && url.Host is "hooks.slack.com" or "hooks.slack-gov.com" && url is { IsDefaultPort: true, UserInfo: "" })
            return true;
        return AllowTestEndpoints && IsAllowedApi() && url.UserInfo.Length == 0 && url.Scheme == ApiUrl.Scheme && url.Host == ApiUrl.Host && url.Port == ApiUrl.Port;
    }

    internal bool IsAllowedApi()
    {
        if (ApiUrl is not { IsAbsoluteUri: true, UserInfo: "" } || !ApiUrl.AbsolutePath.EndsWith('/'))
            return false;
        if (ApiUrl.Scheme == Uri.UriSchemeHttps)
            return AllowTestEndpoints || ApiUrl is { Host: "slack.com" or "slack-gov.com", IsDefaultPort: true };
        return AllowTestEndpoints && ApiUrl.Scheme == Uri.UriSchemeHttp && (ApiUrl.IsLoopback || (IPAddress.TryParse(ApiUrl.Host, out var ip) && IPAddress.IsLoopback(ip)));
    }
}

using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using JitBroker.Bots.Teams;

namespace JitBroker.Server.Settings;

/// <summary><c>Teams</c>.</summary>
public sealed record TeamsSection
{
    public required bool Enabled { get; init; }

    /// <summary>A GUID in lower case; empty when Teams is off.</summary>
    public required string AppId { get; init; }

    /// <summary>GUIDs in lower case; the first is the one that the app is registered in.</summary>
    public required IReadOnlyList<string> Tenants { get; init; }

    /// <summary>Null when there is a certificate, or Teams is off.</summary>
    public required SettingSecret? ClientSecret { get; init; }

    /// <summary>Absolute; empty when there is a secret.</summary>
    public required string CertificatePath { get; init; }

    public required Uri Authority { get; init; }

    public required Uri OpenIdMetadataUrl { get; init; }

    public required IReadOnlyList<string> ServiceHosts { get; init; }

    /// <summary>Empty: none.</summary>
    public required string Channel { get; init; }

    /// <summary>Empty: none.</summary>
    public required string BreakGlassChannel { get; init; }

    /// <summary>Empty: none.</summary>
    public required string OperationsChannel { get; init; }
}

/// <summary>Reads the section <c>Teams</c>.</summary>
internal static partial class TeamsSettings
{
    public static TeamsSection Teams(this SettingsReader reader, bool allowTestEndpoints, string folder)
    {
        var teams = new TeamsSection
        {
            Enabled = reader.Flag("Teams:Enabled", false),
            AppId = AppId(reader),
            Tenants = Tenants(reader),
            ClientSecret = reader.Secret("Teams:ClientSecret"),
            CertificatePath = CertificatePath(reader, folder),
            Authority = reader.VendorUrl("Teams:Authority", "https://login.microsoftonline.com/", allowTestEndpoints, "login.microsoftonline.com", "login.microsoftonline.us"),
            OpenIdMetadataUrl = reader.VendorDocument(
                "Teams:OpenIdMetadataUrl", "https://login.botframework.com/v1/.well-known/openidconfiguration", allowTestEndpoints, "login.botframework.com", "login.botframework.azure.us"),
            ServiceHosts = ServiceHosts(reader, allowTestEndpoints),
            Channel = Channel(reader, "Teams:Channel"),
            BreakGlassChannel = Channel(reader, "Teams:BreakGlassChannel"),
            OperationsChannel = Channel(reader, "Teams:OperationsChannel"),
        };
        if (teams.Enabled)
            NeedAll(reader, teams);
        return teams;
    }

    private static void NeedAll(SettingsReader reader, TeamsSection teams)
    {
        var faulted = reader.Problems.Select(p => p.Path.Split(':', 3) is [var section, var key, ..] ? $"{section}:{key}" : p.Path).ToHashSet(StringComparer.Ordinal);
        if (teams.AppId.Length == 0 && !faulted.Contains("Teams:AppId"))
            reader.Fault("Teams:AppId", null, "it is missing, and Teams is enabled", "Set it to the application (client) id of the bot's app registration.");
        if (teams.Tenants.Count == 0 && !faulted.Contains("Teams:Tenants"))
            reader.Fault("Teams:Tenants", null, "it is empty, and Teams is enabled", "Set it to [the directory (tenant) id of the bot's app registration], and add others whose people may use the bot.");
        var hasSecret = teams.ClientSecret is not null || faulted.Contains("Teams:ClientSecret");
        var hasCertificate = teams.CertificatePath.Length > 0;
        if (!hasSecret && !hasCertificate)
            reader.Fault("Teams:ClientSecret", null, "it is missing, and Teams is enabled", "Set it to a client secret of the app, best as ${env:NAME} or ${file:PATH}; or set Teams:CertificatePath.");
        if (hasSecret && hasCertificate)
            reader.Fault("Teams:CertificatePath", null, "there is a Teams:ClientSecret too", "Keep one of the two; the certificate is the better one.");
    }

    private static string AppId(SettingsReader reader)
    {
        const string Path = "Teams:AppId";
        var text = reader.Text(Path, "");
        if (text.Length == 0 || Guid.TryParseExact(text, "D", out _))
            return text.ToLowerInvariant();
        reader.Fault(Path, text, "this is not the id of an app, a GUID", "Write the application (client) id of the bot's app registration.");
        return "";
    }

    private static IReadOnlyList<string> Tenants(SettingsReader reader)
    {
        const string Path = "Teams:Tenants";
        var tenants = reader.List(Path);
        foreach (var tenant in tenants.Where(t => !Guid.TryParseExact(t, "D", out _)))
            reader.Fault(Path, tenant, "this is not the id of a tenant, a GUID", "Write the directory (tenant) id, not its domain.");
        return [.. tenants.Select(t => t.ToLowerInvariant()).Distinct(StringComparer.Ordinal)];
    }

    private static string CertificatePath(SettingsReader reader, string folder)
    {
        const string Path = "Teams:CertificatePath";
        var text = reader.Text(Path, "");
        if (text.Length == 0 || text.Contains('\0', StringComparison.Ordinal))
            return "";
        var full = System.IO.Path.GetFullPath(text, System.IO.Path.GetFullPath(folder));
        try
        {
            using var certificate = TeamsCertificate.Read(full);
            if (!certificate.HasPrivateKey)
                reader.Fault(Path, text, "it holds no private key", "Put the certificate and its key into one PEM file, or into a PFX file without a password.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            reader.Fault(Path, text, $"it cannot be read ({e.GetType().Name})", "Name a PEM file with certificate and private key, or a PFX file without a password, that the broker's user may read.");
        }

        return full;
    }

    private static IReadOnlyList<string> ServiceHosts(SettingsReader reader, bool allowTestEndpoints)
    {
        const string Path = "Teams:ServiceHosts";
        var hosts = reader.List(Path);
        foreach (var host in hosts.Where(h => !IsVendors(h) && !(allowTestEndpoints && IsTestHost(h))))
            reader.Fault(Path, host, $"this is no host at {string.Join(", ", TeamsOptions.UsualServiceHosts)} or below", "Remove it, or, for tests only, set Broker:AllowTestEndpoints and write it like 127.0.0.1:8090.");
        return hosts.Count > 0 ? hosts : TeamsOptions.UsualServiceHosts;
    }

    private static bool IsVendors(string host) => Host().IsMatch(host) && TeamsOptions.UsualServiceHosts.Any(v => host == v || host.EndsWith('.' + v, StringComparison.Ordinal));

    private static bool IsTestHost(string text)
    {
        var colon = text.LastIndexOf(':');
        var (host, port) = colon < 0 ? (text, "1") : (text[..colon], text[(colon + 1)..]);
        return ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _) && (Host().IsMatch(host) || IPAddress.TryParse(host.Trim('[', ']'), out _));
    }

    private static string Channel(SettingsReader reader, string path)
    {
        var text = reader.Text(path, "");
        if (text.Length > 0 && !ConversationId().IsMatch(text))
            reader.Fault(path, text, "this is not the id of a Teams channel", "Write it like 19:…@thread.tacv2: it stands, percent-encoded, in the channel's link.");
        return text;
    }

    [GeneratedRegex(@"\A([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Host();

    [GeneratedRegex(@"\A19:[A-Za-z0-9_.-]{1,200}@thread\.(tacv2|skype)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex ConversationId();
}

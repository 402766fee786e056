using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using JitBroker.Catalog;
using JitBroker.Issuers.Jwt;
using JitBroker.Policy;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace JitBroker.Server.Settings;

/// <summary>Reads and checks the settings; every problem at once. Never throws for what an operator can write.</summary>
public static partial class SettingsLoader
{
    /// <summary>The sections that are ours: unknown keys in them are problems. Others (<c>Logging</c>) are ASP.NET's.</summary>
    public static readonly string[] Sections = ["Broker", "Database", "Slack", "Teams", "Audit", "Signing", "Scim"];

    public const string FileName = "appsettings.json";

    /// <summary>From <c>appsettings.json</c> of <paramref name="folder"/>, if there is one, and the environment, which wins.</summary>
    public static SettingsResult FromFolder(string folder, SecretResolver secrets, out IConfiguration configuration)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            configuration = new ConfigurationBuilder()
                .AddJsonFile(path, optional: true, reloadOnChange: false)
                .AddEnvironmentVariables()
                .Build();
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
        {
            configuration = new ConfigurationBuilder().Build();
            var why = e.GetBaseException() is JsonException fault ? NoJson(fault) : (e.InnerException ?? e).Message.TrimEnd('.');
            return new SettingsResult(null, [new SettingsProblem(FileName, null, $"the file cannot be read: {why}", "Correct it; appsettings.sample.json shows the shape.")]);
        }

        return Load(configuration, secrets, folder);
    }

    /// <summary>Where it stops being JSON. The library counts lines from 0 and says the place at the end.</summary>
    private static string NoJson(JsonException fault) => string.Create(
        CultureInfo.InvariantCulture, $"line {fault.LineNumber + 1} is not JSON: {fault.Message.Split(" LineNumber:")[0].TrimEnd('.')}");

    /// <param name="folder">Where relative paths begin.</param>
    public static SettingsResult Load(IConfiguration configuration, SecretResolver secrets, string folder)
    {
        var reader = new SettingsReader(configuration, secrets);
        var settings = Read(reader, secrets, folder);
        reader.FaultUnknown(Sections);
        return reader.Problems.Count == 0 ? new SettingsResult(settings, []) : new SettingsResult(null, reader.Problems) { Draft = settings };
    }

    internal static BrokerSettings Read(SettingsReader reader, SecretResolver secrets, string folder)
    {
        var broker = Broker(reader, folder);
        return new BrokerSettings
        {
            Broker = broker,
            Database = Database(reader, secrets),
            Slack = Slack(reader, broker.AllowTestEndpoints),
            Teams = reader.Teams(broker.AllowTestEndpoints, folder),
            Audit = new AuditSection(AnchorFile(reader, folder)),
            Signing = new SigningSection(FilePath(reader, "Signing:KeysDirectory", "keys", folder), RotateEvery(reader)),
            Scim = reader.Scim(),
            Secrets = secrets,
        };
    }

    private static TimeSpan RotateEvery(SettingsReader reader)
    {
        const string Path = "Signing:RotateEvery";
        var every = reader.Duration(Path, "30d");
        if (every >= KeyLife.Shortest)
            return every;
        reader.Fault(Path, reader.Text(Path, ""), "a new key must be known everywhere before the next one is made", "Write at least 1h.");
        return KeyLife.Shortest;
    }

    private static BrokerSection Broker(SettingsReader reader, string folder) => new()
    {
        PublicUrl = reader.PublicUrl("Broker:PublicUrl", "http://127.0.0.1:8080"),
        Catalog = FilePath(reader, "Broker:Catalog", "catalog.yaml", folder),
        Ceilings = new BrokerLimits(reader.Duration("Broker:PendingFor", "4h"), reader.Duration("Broker:MaxDuration", "12h")),
        AllowTestEndpoints = reader.Flag("Broker:AllowTestEndpoints", false),
        TrustedProxies = reader.Networks("Broker:TrustedProxies"),
        Limits = new AskLimits(
            reader.Number("Broker:Limits:RequestsPerMinute", 30, 1, 1_000_000),
            reader.Number("Broker:Limits:OpenRequests", 20, 1, 1_000_000),
            reader.Number("Broker:Limits:CollectionsPerHour", 20, 1, 1_000_000)),
    };

    private static DatabaseSection Database(SettingsReader reader, SecretResolver secrets)
    {
        const string Path = "Database:ConnectionString";
        var isPostgres = reader.Word("Database:Kind", "sqlite", "sqlite", "postgres") == "postgres";
        var given = reader.Secret(Path, isPostgres ? "" : "Data Source=jitbroker.db");
        var direct = reader.Secret("Database:DirectConnectionString");
        if (given is null && !reader.Problems.Any(p => p.Path == Path))
            reader.Fault(Path, null, "it is missing", isPostgres ? "Write it like \"Host=db;Username=jit;Database=jit;Password=${file:/run/secrets/db}\"." : "Write it like \"Data Source=jitbroker.db\".");
        else if (given is not null && !Parses(given.Current.Reveal(), isPostgres))
            reader.Fault(Path, null, "it cannot be parsed", isPostgres ? "Write it as key=value pairs that Npgsql knows, separated by semicolons." : "Write it like \"Data Source=jitbroker.db\"; it must name a file.");
        if (direct is not null && !(isPostgres && Parses(direct.Current.Reveal(), isPostgres)))
            reader.Fault("Database:DirectConnectionString", null, isPostgres ? "it cannot be parsed" : "SQLite has no such connection", "Correct it or remove it.");
        return new DatabaseSection
        {
            IsPostgres = isPostgres,
            ConnectionString = given ?? SettingSecret.Of(secrets, "-", out _)!,
            DirectConnectionString = direct,
        };
    }

    private static bool Parses(string text, bool isPostgres)
    {
        try
        {
            DbConnectionStringBuilder parsed = isPostgres ? new NpgsqlConnectionStringBuilder(text) : new SqliteConnectionStringBuilder(text);
            return parsed is not SqliteConnectionStringBuilder sqlite || (sqlite.DataSource is not ("" or ":memory:") && sqlite.Mode != SqliteOpenMode.Memory);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            // The message may quote the text, and with it a password.
            return false;
        }
    }

    private static SlackSection Slack(SettingsReader reader, bool allowTestEndpoints)
    {
        var slack = new SlackSection
        {
            Enabled = reader.Flag("Slack:Enabled", false),
            Mode = reader.Word("Slack:Mode", "http", "socket", "http"),
            ApiUrl = reader.VendorUrl("Slack:ApiUrl", "https://slack.com/api/", allowTestEndpoints, "slack.com", "slack-gov.com"),
            BotToken = reader.Secret("Slack:BotToken"),
            AppToken = reader.Secret("Slack:AppToken"),
            SigningSecrets = reader.Secrets("Slack:SigningSecrets"),
            AppId = One(reader, "Slack:AppId", SlackAppId(), "a Slack app id such as A0123ABCD: it stands under Basic Information"),
            Workspaces = Matching(reader, "Slack:Workspaces", TeamId(), "a Slack team id such as T0123ABCD"),
            Channel = Channel(reader, "Slack:Channel"),
            BreakGlassChannel = Channel(reader, "Slack:BreakGlassChannel"),
            OperationsChannel = Channel(reader, "Slack:OperationsChannel"),
            LinkByProfileEmail = reader.Flag("Slack:LinkByProfileEmail", false),
            EmailDomains = Matching(reader, "Slack:EmailDomains", Domain(), "a domain such as example.com"),
        };
        if (slack.Enabled)
            NeedSecrets(reader, slack);
        return slack;
    }

    private static void NeedSecrets(SettingsReader reader, SlackSection slack)
    {
        if (slack.BotToken is null && !reader.Problems.Any(p => p.Path == "Slack:BotToken"))
            reader.Fault("Slack:BotToken", null, "it is missing, and Slack is enabled", "Set it to the app's bot token, best as ${env:NAME} or ${file:PATH}.");
        if (slack.Mode == "socket" && slack.AppToken is null && !reader.Problems.Any(p => p.Path == "Slack:AppToken"))
            reader.Fault("Slack:AppToken", null, "it is missing, and Slack:Mode is socket", "Set it to the app-level token (xapp-…) with connections:write, best as ${env:NAME} or ${file:PATH}; or set Slack:Mode to http.");
        if (slack.Mode == "http" && slack.SigningSecrets.Count == 0 && !reader.Problems.Any(p => p.Path.StartsWith("Slack:SigningSecrets", StringComparison.Ordinal)))
            reader.Fault("Slack:SigningSecrets", null, "it is missing, and Slack:Mode is http", "Set it to [the app's signing secret], best as ${env:NAME} or ${file:PATH}.");
        if (slack.LinkByProfileEmail && slack.EmailDomains.Count == 0)
            reader.Fault("Slack:EmailDomains", null, "it is empty, and Slack:LinkByProfileEmail is on", "Name the domains whose addresses are yours, or switch it off.");
    }

    private static string AnchorFile(SettingsReader reader, string folder)
    {
        const string Path = "Audit:AnchorFile";
        var text = reader.Text(Path, "");
        if (text.Length == 0)
            return "";
        var full = FilePath(reader, Path, "", folder);
        if (Directory.Exists(full))
            reader.Fault(Path, text, "this is a folder", "Name a file in it, such as anchors.jsonl.");
        else if (!Directory.Exists(System.IO.Path.GetDirectoryName(full)))
            reader.Fault(Path, text, "its folder does not exist", "Make the folder, for the user the broker runs as, or name another.");
        return full;
    }

    private static string FilePath(SettingsReader reader, string path, string otherwise, string folder)
    {
        var text = reader.Text(path, otherwise);
        if (text.Length > 0 && !text.Contains('\0', StringComparison.Ordinal))
            return Path.GetFullPath(text, Path.GetFullPath(folder));
        reader.Fault(path, null, "it is empty", $"Write it like {otherwise}.");
        return otherwise;
    }

    private static string Channel(SettingsReader reader, string path)
    {
        var text = reader.Text(path, "");
        if (text.Length > 0 && !ChannelId().IsMatch(text))
            reader.Fault(path, text, "this is not a Slack channel id", "Write its id, such as C0123ABCD: it stands at the end of the channel's details.");
        return text;
    }

    private static string One(SettingsReader reader, string path, Regex shape, string what)
    {
        var text = reader.Text(path, "");
        if (text.Length > 0 && !shape.IsMatch(text))
            reader.Fault(path, text, $"this is not {what}", "Correct it or remove it.");
        return text;
    }

    private static IReadOnlyList<string> Matching(SettingsReader reader, string path, Regex shape, string what)
    {
        var items = reader.List(path);
        foreach (var item in items.Where(i => !shape.IsMatch(i)))
            reader.Fault(path, item, $"this is not {what}", "Correct it.");
        return items;
    }

    [GeneratedRegex(@"\A[TE][A-Z0-9]{2,20}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex TeamId();

    [GeneratedRegex(@"\AA[A-Z0-9]{2,20}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex SlackAppId();

    [GeneratedRegex(@"\A[CG][A-Z0-9]{2,20}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex ChannelId();

    [GeneratedRegex(@"\A([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Domain();
}

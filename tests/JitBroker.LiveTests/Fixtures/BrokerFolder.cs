using System.Text.Json;
using System.Text.Json.Nodes;

namespace JitBroker.LiveTests.Fixtures;

/// <summary>A folder with the settings and the catalog of one broker, as an operator would keep it. Deleted with everything in it.</summary>
internal sealed class BrokerFolder : IDisposable
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private BrokerFolder(string path) => FolderPath = path;

    public string FolderPath { get; }

    /// <summary>For the environment of its broker.</summary>
    public IReadOnlyDictionary<string, string> Secrets { get; private init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public string DatabaseFile => Path.Combine(FolderPath, "jitbroker.db");

    /// <summary>Where a test arms crash points; they are on when it exists.</summary>
    public string CrashPoints => Path.Combine(FolderPath, "crash-points");

    /// <summary>An empty one.</summary>
    public static BrokerFolder Empty() => new(Directory.CreateTempSubdirectory("jitbroker-live-").FullName);

    /// <param name="publicUrl">The address of the broker: its replicas share it.</param>
    /// <param name="postgres">A connection string; null for SQLite in this folder.</param>
    /// <param name="keys">Where the private keys are.</param>
    /// <param name="target">One more issuer in the catalog.</param>
    public static BrokerFolder New(ChatWorkspace workspace, Uri publicUrl, string? postgres = null, string logLevel = "Information", string keys = "keys", LiveTarget? target = null)
    {
        var folder = new BrokerFolder(Directory.CreateTempSubdirectory("jitbroker-live-").FullName) { Secrets = target?.Secrets ?? new Dictionary<string, string>(StringComparer.Ordinal) };
        folder.Write("catalog.yaml", LiveCatalog.Text(target));
        folder.Write("appsettings.json", Settings(workspace, publicUrl, postgres, logLevel, keys).ToJsonString(Indented));
        return folder;
    }

    public void Write(string name, string text) => File.WriteAllText(Path.Combine(FolderPath, name), text);

    public void Dispose() => Directory.Delete(FolderPath, recursive: true);

    private static JsonObject Settings(ChatWorkspace workspace, Uri publicUrl, string? postgres, string logLevel, string keys) => new()
    {
        ["Broker"] = new JsonObject
        {
            ["PublicUrl"] = publicUrl.AbsoluteUri.TrimEnd('/'),
            ["Catalog"] = "catalog.yaml",
            ["AllowTestEndpoints"] = true,
            ["Limits"] = new JsonObject { ["RequestsPerMinute"] = 100000, ["OpenRequests"] = 100000, ["CollectionsPerHour"] = 100000 },
        },
        ["Database"] = new JsonObject { ["Kind"] = postgres is null ? "sqlite" : "postgres", ["ConnectionString"] = postgres ?? "Data Source=jitbroker.db" },
        ["Slack"] = new JsonObject
        {
            ["Enabled"] = true,
            ["Mode"] = "http",
            ["ApiUrl"] = workspace.ApiUrl.AbsoluteUri,
            ["BotToken"] = "${env:LIVE_BOT_TOKEN}",
            ["SigningSecrets"] = new JsonArray("${env:LIVE_SIGNING_SECRET}"),
            ["Workspaces"] = new JsonArray(workspace.Options.TeamId),
            ["Channel"] = ChatWorkspace.Channel,
            ["OperationsChannel"] = "C0OPS",
        },
        ["Signing"] = new JsonObject { ["KeysDirectory"] = keys },
        ["Logging"] = new JsonObject { ["LogLevel"] = new JsonObject { ["Default"] = logLevel, ["Microsoft"] = logLevel == "Trace" ? logLevel : "Warning", ["System"] = logLevel == "Trace" ? logLevel : "Warning" } },
    };
}

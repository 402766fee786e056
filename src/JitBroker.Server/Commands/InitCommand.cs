using System.CommandLine;
using JitBroker.Server.Hosting;
using JitBroker.Server.Settings;

namespace JitBroker.Server.Commands;

/// <summary>Writes a starting <c>appsettings.json</c> and <c>catalog.yaml</c> that pass <c>check</c>. Never overwrites.</summary>
internal static class InitCommand
{
    private const string StartingSettings = """
        {
          "Broker": {
            "PublicUrl": "http://127.0.0.1:8080",
            "Catalog": "catalog.yaml"
          },
          "Database": {
            "Kind": "sqlite",
            "ConnectionString": "Data Source=jitbroker.db"
          },
          "Slack": {
            // To switch it on: make the app from bots/slack-manifest.yaml, name the variables below, set the channel for approval cards.
            "Enabled": false
            // "BotToken": "${env:SLACK_BOT_TOKEN}",
            // "SigningSecrets": ["${env:SLACK_SIGNING_SECRET}"],
            // "Workspaces": ["T0123ABCD"],
            // "Channel": "C0123ABCD"
          },
          "Teams": {
            // To switch it on: see bots/README.md, "On a real Teams tenant".
            "Enabled": false
            // "AppId": "", "Tenants": [""], "ClientSecret": "${env:TEAMS_SECRET}"
          }
        }
        """;

    private const string StartingCatalog = """
        # Who may have what, for how long, and who decides. `check` says everything that is wrong with it.
        people:
          # slack: TEAM/USER, as /access whoami shows them to those who are not here yet.
          - { email: ana@example.com, name: Ana }
          - { email: bea@example.com, name: Bea }
        groups:
          engineering: { members: [ana@example.com] }
          data-owners: { members: [bea@example.com] }
        issuers:
          tokens: { kind: jwt, alg: RS256, tokenLifetime: 15m }
        entitlements:
          logs:read:
            title: Application logs, read only
            issuer: tokens
            grants: { audience: "https://logs.example.com", scope: [read], skew: 1m }
            eligible: [engineering]
            duration: { default: 30m, max: 4h }
            reason: { required: true, hint: "What are you looking for?" }
            approval:
              - { group: data-owners, votes: 1 }
        """;

    public static Command Make()
    {
        var folder = new Argument<string>("DIR") { Description = "Where to write; this folder unless given.", DefaultValueFactory = _ => "." };
        var command = new Command("init", "Writes a starting appsettings.json and catalog.yaml; never overwrites.") { folder };
        command.SetAction(parsed => Run(parsed.GetValue(folder)!));
        return command;
    }

    private static int Run(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            Write(Path.Combine(folder, SettingsLoader.FileName), StartingSettings);
            Write(Path.Combine(folder, "catalog.yaml"), StartingCatalog);
            Console.WriteLine("Next: edit both, then `check`, then serve.");
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new StartException($"Nothing can be written to {folder}: {e.Message.TrimEnd('.')}. Choose another folder.", e);
        }
    }

    private static void Write(string path, string text)
    {
        try
        {
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            using var writer = new StreamWriter(file);
            writer.WriteLine(text);
            Console.WriteLine($"Wrote {path}.");
        }
        catch (IOException) when (File.Exists(path))
        {
            Console.WriteLine($"Kept {path}: it is there already.");
        }
    }
}

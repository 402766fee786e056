using System.CommandLine;
using JitBroker.Bots.Teams;
using JitBroker.Catalog;
using JitBroker.Server.Hosting;
using JitBroker.Server.Settings;

namespace JitBroker.Server.Commands;

/// <summary>Writes the app package that is uploaded to Teams, from the settings of this folder.</summary>
internal static class TeamsPackageCommand
{
    public static Command Make()
    {
        var file = new Argument<string>("OUT") { Description = "The zip to write, such as jitbroker-teams.zip." };
        var command = new Command("teams-package", "Writes the app package for Teams (manifest and icons) from Teams:AppId and Broker:PublicUrl.") { file };
        command.SetAction(parsed => Run(parsed.GetValue(file)!));
        return command;
    }

    /// <summary>What else is wrong with the settings does not matter to it: the package is made before the bot is switched on.</summary>
    private static int Run(string path)
    {
        var result = SettingsLoader.FromFolder(Environment.CurrentDirectory, SecretResolver.OfProcess(), out _);
        var wrong = result.Problems.Where(p => p.Path is "Teams:AppId" or "Broker:PublicUrl" or SettingsLoader.FileName).Select(p => p.ToString()).ToList();
        var settings = result.Settings ?? result.Draft;
        if (settings is null || wrong.Count > 0)
            throw new StartException(wrong);
        if (settings.Teams.AppId.Length == 0)
            throw new StartException("Teams:AppId is missing. Set it to the application (client) id of the bot's app registration; bots/README.md says how one is made.");
        try
        {
            using var zip = new FileStream(path, FileMode.Create, FileAccess.Write);
            TeamsPackage.Write(zip, settings.Teams.AppId, settings.Broker.PublicUrl);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new StartException($"{path} cannot be written: {e.Message.TrimEnd('.')}. Choose another.", e);
        }

        Console.WriteLine($"Wrote {path}. Next: upload it in the Teams admin center under Manage apps, and let people add it.");
        if (settings.Broker.PublicUrl.Scheme != Uri.UriSchemeHttps)
            Console.WriteLine("Broker:PublicUrl is not https: Teams reaches no such address, and takes no such package outside a test.");
        return 0;
    }
}

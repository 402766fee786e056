using System.CommandLine;
using System.Data.Common;
using JitBroker.Catalog;
using JitBroker.Server.Hosting;
using JitBroker.Server.Settings;
using Microsoft.Extensions.Configuration;

namespace JitBroker.Server.Commands;

/// <summary>The server's command line: serves unless told otherwise. Fails with sentences and exit code 1, never with a stack trace.</summary>
public static class ServerCommands
{
    /// <summary>How long what is under way may take to end after a signal.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            return await Root().Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = Grace });
        }
        catch (StartException e)
        {
            foreach (var problem in e.Problems)
                await Console.Error.WriteLineAsync(problem);
            return 1;
        }
        catch (DbException e)
        {
            // Not there was told before; this one answers and says no. What follows the first line is about its source.
            await Console.Error.WriteLineAsync($"The database refuses the broker: {e.Message.Split('\n')[0].TrimEnd('\r', '.')}. Check Database:ConnectionString, and what its user may do there.");
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped before it was done.");
            return 1;
        }
    }

    internal static RootCommand Root()
    {
        var root = new RootCommand("JitBroker: just-in-time access. Without a command it serves, with the settings of appsettings.json in this folder and the environment.");
        root.SetAction((_, cancellationToken) => ServeCommand.RunAsync(cancellationToken));
        root.Subcommands.Add(Verb("serve", "Serves (the default).", ServeCommand.RunAsync));
        root.Subcommands.Add(Demo.DemoCommand.Make());
        root.Subcommands.Add(InitCommand.Make());
        root.Subcommands.Add(Verb("migrate", "Applies the migrations that the database lacks.", MigrateCommand.RunAsync));
        root.Subcommands.Add(CheckCommand.Make());
        root.Subcommands.Add(TeamsPackageCommand.Make());
        return root;
    }

    /// <summary>The settings of this folder and environment.</summary>
    /// <exception cref="StartException">Every problem of them.</exception>
    internal static (BrokerSettings Settings, IConfiguration Configuration) ReadSettings()
    {
        var folder = Environment.CurrentDirectory;
        var result = SettingsLoader.FromFolder(folder, SecretResolver.OfProcess(), out var configuration);
        return result.Settings is { } settings ? (settings, configuration) : throw new StartException([.. result.Problems.Select(p => p.ToString())]);
    }

    private static Command Verb(string name, string text, Func<CancellationToken, Task<int>> run)
    {
        var command = new Command(name, text);
        command.SetAction((_, cancellationToken) => run(cancellationToken));
        return command;
    }
}

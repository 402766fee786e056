using System.CommandLine;
using JitBroker.Catalog;
using JitBroker.Issuers;
using JitBroker.Server.Hosting;
using JitBroker.Server.Settings;

namespace JitBroker.Server.Commands;

/// <summary>
/// Settings and catalog, every problem at once; then, where they are in order, what the targets of the issuers lack. Opens no database of the broker's own,
/// and with <c>--offline</c> calls nobody.
/// </summary>
internal static class CheckCommand
{
    public static async Task<int> RunAsync(bool isOffline, CancellationToken cancellationToken)
    {
        var result = SettingsLoader.FromFolder(Environment.CurrentDirectory, SecretResolver.OfProcess(), out _);
        if (result.Settings is not { } settings)
        {
            foreach (var problem in result.Problems)
                await Console.Error.WriteLineAsync(problem.ToString().AsMemory(), cancellationToken);
            if (result.Draft is { } draft)
                await CatalogAsync(draft, cancellationToken);
            else
                await Console.Error.WriteLineAsync("The catalog was not checked: the settings say where it is and what its limits are.".AsMemory(), cancellationToken);
            return 1;
        }

        if (await CatalogAsync(settings, cancellationToken) is not { } snapshot)
            return 1;
        Console.WriteLine($"Settings and catalog are in order (entitlements: {snapshot.Entitlements.Count}, people: {snapshot.People.Count}, issuers: {snapshot.Issuers.Count}).");
        return isOffline || await TargetReport.WriteAsync(snapshot, TargetChecks.All(BrokerHost.Lookup(settings), BrokerHost.NewClock()), cancellationToken) ? 0 : 1;
    }

    /// <summary>Tells the catalog's problems; null when there is any.</summary>
    private static async Task<CatalogSnapshot?> CatalogAsync(BrokerSettings settings, CancellationToken cancellationToken)
    {
        var catalog = Opening.Catalog(settings);
        foreach (var problem in catalog.Problems)
            await Console.Error.WriteLineAsync(problem.ToString().AsMemory(), cancellationToken);
        return catalog.Snapshot;
    }

    public static Command Make()
    {
        var offline = new Option<bool>("--offline") { Description = "Settings and catalog only; asks no target." };
        var command = new Command("check", "Validates settings and catalog, every problem at once, and asks each target what the broker lacks there; exit code 1 if there is any problem.") { offline };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(offline), cancellationToken));
        return command;
    }
}

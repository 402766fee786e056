using JitBroker.Catalog;
using JitBroker.Server.Hosting;
using JitBroker.Server.Settings;

namespace JitBroker.Server.Commands;

/// <summary>Settings and catalog, every problem at once. Opens no database and calls nobody.</summary>
internal static class CheckCommand
{
    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var result = SettingsLoader.FromFolder(Environment.CurrentDirectory, SecretResolver.OfProcess(), out _);
        if (result.Settings is not { } settings)
        {
            foreach (var problem in result.Problems)
                await Console.Error.WriteLineAsync(problem.ToString().AsMemory(), cancellationToken);
            await Console.Error.WriteLineAsync("The catalog was not checked: the settings say where it is and what its limits are.".AsMemory(), cancellationToken);
            return 1;
        }

        var catalog = Opening.Catalog(settings);
        foreach (var problem in catalog.Problems)
            await Console.Error.WriteLineAsync(problem.ToString().AsMemory(), cancellationToken);
        if (catalog.Snapshot is not { } snapshot)
            return 1;
        Console.WriteLine($"Settings and catalog are in order (entitlements: {snapshot.Entitlements.Count}, people: {snapshot.People.Count}, issuers: {snapshot.Issuers.Count}).");
        return 0;
    }
}

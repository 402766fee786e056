using JitBroker.Server.Hosting;
using JitBroker.Storage;

namespace JitBroker.Server.Commands;

internal static class MigrateCommand
{
    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var (settings, _) = ServerCommands.ReadSettings();
        await using var database = Opening.Database(settings);
        try
        {
            var clock = BrokerHost.NewClock();
            await clock.SyncAsync(database, cancellationToken);
            var applied = await new Migrator(database, clock).ApplyAsync(cancellationToken);
            foreach (var name in applied)
                Console.WriteLine($"Applied {name}.");
            Console.WriteLine(applied.Count == 0 ? "The database is up to date." : "The database is up to date now.");
            return 0;
        }
        catch (MigrationException e)
        {
            throw new StartException(e.Message, e);
        }
        catch (DatabaseUnavailableException e)
        {
            throw new StartException($"The database does not answer ({e.InnerException?.Message.TrimEnd('.')}). Check Database:ConnectionString and that the server runs.", e);
        }
    }
}

using JitBroker.Catalog.Reloading;
using JitBroker.Issuers.Jwt;
using JitBroker.People;
using JitBroker.Server.Settings;
using JitBroker.Storage;

namespace JitBroker.Server.Hosting;

/// <summary>
/// Before anything else of the host runs or listens: the catalog file, where the database is new; then migrations under their lock, the database's clock, the catalog in force and what
/// it no longer allows (rule 15), and the signing keys. A database that does not answer is waited for a while; anything else that is wrong ends the start with a sentence.
/// </summary>
internal sealed class Startup(
    DatabaseOwner owner, Database database, TimeProvider clock, SigningKeys keys, ReloadPeople people, ReloadCatalog catalog, Readiness readiness, BrokerSettings settings, BrokerHostOptions options, ILogger<Startup> log)
    : IHostedLifecycleService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        // Asked for first, so that it is disposed of last.
        ArgumentNullException.ThrowIfNull(owner);
        if (settings.Broker.AllowTestEndpoints)
            Log.TestEndpoints(log);
        for (var waited = TimeSpan.Zero; ; waited += Pause)
        {
            try
            {
                await PrepareAsync(cancellationToken);
                return;
            }
            catch (DatabaseUnavailableException e) when (waited < options.DatabaseWait)
            {
                Log.DatabaseNotThereYet(log, e.InnerException?.Message);
                await Task.Delay(Pause, clock, cancellationToken);
            }
            catch (DatabaseUnavailableException e)
            {
                throw new StartException($"The database does not answer ({e.InnerException?.Message.TrimEnd('.')}). Check Database:ConnectionString and that the server runs.", e);
            }
            catch (CatalogUnusableException e)
            {
                throw new StartException([.. e.Problems.Select(p => p.ToString())], e);
            }
            catch (Exception e) when (e is MigrationException or SigningKeysException)
            {
                throw new StartException(e.Message, e);
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var migrator = new Migrator(database, clock);
        if (await migrator.IsFreshAsync(cancellationToken))
            catalog.CheckFile();
        foreach (var name in await migrator.ApplyAsync(cancellationToken))
            Log.Migrated(log, name);
        readiness.Migrated();
        if (clock is BrokerClock broker)
            await broker.SyncAsync(database, cancellationToken);
        await people.StartAsync(cancellationToken);
        await catalog.StartAsync(cancellationToken);
        await keys.LoadAsync(cancellationToken);
    }
}

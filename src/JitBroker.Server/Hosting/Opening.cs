using JitBroker.Catalog;
using JitBroker.Server.Settings;
using JitBroker.Storage;

namespace JitBroker.Server.Hosting;

/// <summary>Opens what the settings name, or says in sentences why it cannot be.</summary>
internal static class Opening
{
    /// <exception cref="StartException">It is in use, or the connection string is wrong.</exception>
    public static Database Database(BrokerSettings settings)
    {
        var text = settings.Database.ConnectionString.Current.Reveal();
        try
        {
            var points = CrashPoints.FromEnvironment(settings.Broker.AllowTestEndpoints);
            return settings.Database.IsPostgres ? new PostgresDatabase(text, () => settings.Database.ConnectionString.Current.Reveal()) { CrashPoints = points } : new SqliteDatabase(text) { CrashPoints = points };
        }
        catch (DatabaseInUseException e)
        {
            throw new StartException(e.Message, e);
        }
        catch (ArgumentException e)
        {
            // Its message may quote the connection string, and with it a password.
            throw new StartException("Database:ConnectionString cannot be used: a key or value in it is not known. Correct it.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The folder of the database cannot be written ({e.GetType().Name}). Check Database:ConnectionString and the folder's rights.", e);
        }
    }

    /// <summary>
    /// Looks at the catalog before a first start makes anything, so that a wrong path leaves nothing behind. Where there is a database, it may hold a catalog: the start asks it
    /// before it makes anything there.
    /// </summary>
    /// <exception cref="StartException">Every problem of it.</exception>
    public static void FirstCatalog(BrokerSettings settings)
    {
        if (settings.Database.IsPostgres || SqliteDatabase.IsThere(settings.Database.ConnectionString.Current.Reveal()))
            return;
        if (Catalog(settings) is { Snapshot: null } unusable)
            throw new StartException([.. unusable.Problems.Select(p => p.ToString())]);
    }

    /// <summary>The catalog, or every problem of it.</summary>
    public static CatalogLoadResult Catalog(BrokerSettings settings) => CatalogLoader.Load(settings.Broker.Catalog, CatalogOptions(settings));

    /// <summary>What catalogs are checked against here.</summary>
    public static CatalogOptions CatalogOptions(BrokerSettings settings) => new()
    {
        Limits = settings.Broker.Ceilings,
        PublicUrl = settings.Broker.PublicUrl.AbsoluteUri.TrimEnd('/'),
        AllowTestEndpoints = settings.Broker.AllowTestEndpoints,
        Secrets = settings.Secrets,
    };
}

/// <summary>Closes the database when the host is disposed of, after everything that uses it.</summary>
internal sealed class DatabaseOwner(Database database) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => database.DisposeAsync();
}

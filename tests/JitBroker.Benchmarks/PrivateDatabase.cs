using JitBroker.Storage;
using JitBroker.Tests.Storage;

namespace JitBroker.Benchmarks;

/// <summary>
/// A migrated database of its own, on a private server or in a folder, that waits for the disk at each commit as in production. Gone after use.
/// </summary>
internal sealed class PrivateDatabase : IAsyncDisposable
{
    private readonly string _folder;

    private PrivateDatabase(Engine engine, string connectionString, string folder)
    {
        Engine = engine;
        ConnectionString = connectionString;
        _folder = folder;
    }

    public Engine Engine { get; }

    public string ConnectionString { get; }

    /// <summary>Keys and the like.</summary>
    public string Folder => _folder;

    /// <summary>Null where PostgreSQL is not installed.</summary>
    public static async Task<PrivateDatabase?> NewAsync(Engine engine, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("jitbroker-bench-").FullName;
        var connectionString = engine == Engine.Postgres ? await PostgresAsync() : $"Data Source={Path.Combine(folder, "jitbroker.db")}";
        if (connectionString is null)
        {
            Directory.Delete(folder);
            return null;
        }

        var made = new PrivateDatabase(engine, connectionString, folder);
        await using var database = made.Open();
        await new Migrator(database, HostClock.New()).ApplyAsync(cancellationToken);
        return made;
    }

    /// <summary>As the broker opens it.</summary>
    public Database Open() => Engine == Engine.Postgres ? new PostgresDatabase(ConnectionString) : new SqliteDatabase(ConnectionString);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static async Task<string?> PostgresAsync()
    {
        PostgresServer.IsDurable = true;
        return await PostgresServer.GetAsync() is { } server
            ? await server.NewDatabaseAsync()
            : null;
    }
}

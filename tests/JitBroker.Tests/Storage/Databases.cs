using JitBroker.Storage;

namespace JitBroker.Tests.Storage;

/// <summary>
/// A migrated database of either engine for one test. Where PostgreSQL is not installed its tests are skipped visibly on a laptop and fail in CI.
/// </summary>
public sealed class Databases : IAsyncDisposable
{
    private readonly string? _folder;
    private readonly List<Database> _opened = [];
    private readonly string _connectionString;

    private Databases(Engine engine, string connectionString, string? folder)
    {
        Engine = engine;
        _connectionString = connectionString;
        _folder = folder;
    }

    /// <summary>Both engines, for <c>[Theory]</c>.</summary>
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    public Engine Engine { get; }

    /// <summary>For another way to the same database.</summary>
    public string ConnectionString => _connectionString;

    /// <summary>The first, shared connection to it.</summary>
    public Database Database { get; private set; } = null!;

    public static async Task<Databases> NewAsync(Engine engine, bool migrate = true)
    {
        var databases = engine == Engine.Postgres ? await PostgresAsync() : Sqlite();
        databases.Database = databases.Open();
        if (migrate)
            await new Migrator(databases.Database, new ManualClock()).ApplyAsync(CancellationToken.None);
        return databases;
    }

    /// <summary>Another replica's way to the same database. SQLite serves one process, so there it is the same object.</summary>
    public Database OpenAnother() => Engine == Engine.Postgres ? Open() : Database;

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _opened)
            await database.DisposeAsync();
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
    }

    private Database Open()
    {
        Database database = Engine == Engine.Postgres ? new PostgresDatabase(_connectionString) : new SqliteDatabase(_connectionString);
        _opened.Add(database);
        return database;
    }

    private static Databases Sqlite()
    {
        var folder = Directory.CreateTempSubdirectory("jitbroker-test-").FullName;
        return new Databases(Engine.Sqlite, $"Data Source={Path.Combine(folder, "jitbroker.db")}", folder);
    }

    private static async Task<Databases> PostgresAsync()
    {
        var server = await PostgresServer.GetAsync();
        if (server is null && Environment.GetEnvironmentVariable("CI") is "true")
            Assert.Fail("PostgreSQL is not installed, and in CI a missing server is a failure: apt-get install postgresql-15.");
        Assert.SkipWhen(server is null, "PostgreSQL is not installed: apt-get install postgresql-15.");
        return new Databases(Engine.Postgres, await server!.NewDatabaseAsync(), null);
    }
}

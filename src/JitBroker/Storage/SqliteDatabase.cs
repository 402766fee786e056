using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace JitBroker.Storage;

/// <summary>
/// State in one SQLite file, for one process. Writers queue for one connection, since SQLite has a single writer and its own waiting polls;
/// readers run beside it on connections of their own (WAL). Every commit is on disk before it is reported (<c>synchronous = full</c>):
/// rule 1 must survive a power cut too.
/// </summary>
public sealed class SqliteDatabase : Database
{
    private const int Corrupt = 11;
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Full = 13;
    private const int CannotOpen = 14;

    private readonly string _connectionString;
    private readonly SqliteLockFile _lock;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly ConcurrentBag<KeptSqliteConnection> _readers = [];
    private KeptSqliteConnection? _writer;

    /// <summary>Takes the file for this process.</summary>
    /// <exception cref="DatabaseInUseException">Another process has it.</exception>
    /// <exception cref="ArgumentException">The connection string cannot be parsed or names no file.</exception>
    public SqliteDatabase(string connectionString)
    {
        var settings = new SqliteConnectionStringBuilder(connectionString)
        {
            ForeignKeys = true,
            DefaultTimeout = 5,
            Pooling = false,
        };
        if (settings.DataSource is "" or ":memory:" || settings.Mode == SqliteOpenMode.Memory)
            throw new ArgumentException("Database:ConnectionString must name a file, such as `Data Source=jitbroker.db`; state in memory would be lost.", nameof(connectionString));
        _connectionString = settings.ToString();
        _lock = SqliteLockFile.Take(settings.DataSource);
        KeepToOwner(settings.DataSource);
    }

    /// <summary>Whether its file is there; false where the connection string is not one.</summary>
    public static bool IsThere(string connectionString)
    {
        try
        {
            return File.Exists(new SqliteConnectionStringBuilder(connectionString).DataSource);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    public override Engine Engine => Engine.Sqlite;

    public override Task<DateTimeOffset?> ReadClockAsync(CancellationToken cancellationToken) => Task.FromResult<DateTimeOffset?>(null);

    public override async ValueTask DisposeAsync()
    {
        await _writing.WaitAsync();
        if (_writer is not null)
            await _writer.DisposeAsync();
        while (_readers.TryTake(out var reader))
            await reader.DisposeAsync();
        _writing.Dispose();
        _lock.Dispose();
    }

    /// <summary>A new file is its owner's alone; SQLite gives its companions (<c>-wal</c>, <c>-shm</c>) the same rights. An old one stays as its owner set it.</summary>
    private static void KeepToOwner(string path)
    {
        if (File.Exists(path))
            return;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var made = new FileStream(path, options);
    }

    // Parameters that are not bound read as null there.
    protected override string PrepareStatement(string sql) => "explain " + Dialect.WithParameters(sql, "null");

    protected override async ValueTask<Lent> LendWriterAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            _writer ??= await OpenAsync(cancellationToken);
            return new Lent(_writer, ReturnWriter);
        }
        catch
        {
            _writing.Release();
            throw;
        }
    }

    protected override async ValueTask<Lent> LendReaderAsync(CancellationToken cancellationToken)
    {
        if (!_readers.TryTake(out var reader))
            reader = await OpenAsync(cancellationToken);
        return new Lent(reader, () =>
        {
            _readers.Add(reader);
            return ValueTask.CompletedTask;
        });
    }

    protected override bool IsWorthRetrying(DbException exception) => exception is SqliteException { SqliteErrorCode: Busy or Locked };

    protected override bool IsUnavailable(DbException exception) =>
        exception is SqliteException { SqliteErrorCode: ReadOnly or InputOutput or Full or CannotOpen or Corrupt };

    private ValueTask ReturnWriter()
    {
        _writing.Release();
        return ValueTask.CompletedTask;
    }

    private async Task<KeptSqliteConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new KeptSqliteConnection(_connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = "pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 1000;";
            await command.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}

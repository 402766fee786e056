using System.Data.Common;
using JitBroker.Storage;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace JitBroker.Benchmarks.Lifecycle;

/// <summary>
/// A database whose triggers write down each row that is written, with the number of its transaction. Only a recording runs on it, nothing is measured here.
/// </summary>
internal sealed class RecordingDatabase : Database
{
    private readonly DbConnection _connection;
    private readonly SemaphoreSlim _one = new(1, 1);

    private RecordingDatabase(Engine engine, DbConnection connection)
    {
        Engine = engine;
        _connection = connection;
    }

    public override Engine Engine { get; }

    /// <param name="of">A migrated database; it is of no other use afterwards.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    public static async Task<RecordingDatabase> OpenAsync(PrivateDatabase of, CancellationToken cancellationToken)
    {
        DbConnection connection = of.Engine == Engine.Postgres ? new NpgsqlConnection(of.ConnectionString) : new SqliteConnection(of.ConnectionString + ";Foreign Keys=True;Pooling=False");
        await connection.OpenAsync(cancellationToken);
        var opened = new RecordingDatabase(of.Engine, connection);
        await opened.ExecuteAsync(RecordingTriggers.Tables(of.Engine));
        foreach (var trigger in RecordingTriggers.On(await opened.ColumnsAsync(), of.Engine))
            await opened.ExecuteAsync(trigger);
        return opened;
    }

    /// <summary>Rows written since the last call: transaction, table, and the row before and after as JSON.</summary>
    public async Task<IReadOnlyList<RecordedRow>> TakeAsync(CancellationToken cancellationToken)
    {
        var rows = await ReadAsync(s => s.QueryAsync<RecordedRow>("select tx, tbl, was, became from recorded order by n", null, cancellationToken), cancellationToken);
        await ExecuteAsync("delete from recorded");
        return rows;
    }

    /// <summary>Columns of every table of the broker, its key's first.</summary>
    public Task<IReadOnlyList<RecordedColumn>> ColumnsAsync() =>
        ReadAsync(s => s.QueryAsync<RecordedColumn>(RecordingTriggers.Columns(Engine), null, CancellationToken.None), CancellationToken.None);

    public override Task<DateTimeOffset?> ReadClockAsync(CancellationToken cancellationToken) => Task.FromResult<DateTimeOffset?>(null);

    public override async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        _one.Dispose();
    }

    protected override string PrepareStatement(string sql) => throw new NotSupportedException("Nothing is prepared on a recording.");

    /// <summary>Lent once per transaction, so each loan is the next transaction.</summary>
    protected override async ValueTask<Lent> LendWriterAsync(CancellationToken cancellationToken)
    {
        var lent = await LendReaderAsync(cancellationToken);
        await ExecuteAsync("update recording_clock set tx = tx + 1");
        return lent;
    }

    protected override async ValueTask<Lent> LendReaderAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        return new Lent(_connection, () =>
        {
            _one.Release();
            return ValueTask.CompletedTask;
        });
    }

    protected override bool IsWorthRetrying(DbException exception) => false;

    protected override bool IsUnavailable(DbException exception) => false;

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>One row as a trigger wrote it down.</summary>
internal sealed record RecordedRow
{
    public required long Tx { get; init; }

    public required string Tbl { get; init; }

    public string? Was { get; init; }

    public string? Became { get; init; }
}

/// <summary>One column of the broker's schema. <see cref="Key"/> counts the columns of the primary key from 1; 0: none of it.</summary>
internal sealed record RecordedColumn
{
    public required string Tbl { get; init; }

    public required string Name { get; init; }

    public required string Type { get; init; }

    public required long Key { get; init; }
}

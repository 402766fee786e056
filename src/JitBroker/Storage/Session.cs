using System.Data.Common;

namespace JitBroker.Storage;

/// <summary>
/// One connection in one transaction, for the length of one piece of work. Not thread-safe. Statements are written once for both engines;
/// what only PostgreSQL understands stands in them as a comment that begins with <c>/* pg:</c> and is taken out of its comment there
/// (row locks, <c>skip locked</c>), since SQLite's single writer needs none; what PostgreSQL words otherwise stands as <c>/* pg instead: its words */ SQLite's words /* end */</c>.
/// <para>
/// Writes that nobody waits for (<see cref="WriteAsync(string, object?, CancellationToken)"/>, <see cref="WriteOneAsync"/>, <see cref="WriteAllAsync"/>) travel to PostgreSQL together with the next statement whose
/// answer is needed, or before the commit: a round trip costs more than a row. Their order is kept, and what they do wrong undoes the whole work.
/// </para>
/// </summary>
public sealed class Session
{
    private readonly DbConnection _connection;
    private readonly DbTransaction? _transaction;
    private readonly List<WaitingWrite> _waiting = [];
    private List<Action>? _afterCommit;

    internal Session(Engine engine, DbConnection connection, DbTransaction? transaction)
    {
        Engine = engine;
        _connection = connection;
        _transaction = transaction;
    }

    public Engine Engine { get; }

    /// <summary>The work ended in a refusal: undo all of it, quietly.</summary>
    public bool IsDoomed { get; private set; }

    /// <summary>Some statement so far changed a row.</summary>
    internal bool HasChanges { get; private set; }

    /// <summary>Undo this transaction when the work returns; the work's result is still handed back.</summary>
    public void Doom() => IsDoomed = true;

    /// <summary>Runs after a successful commit, never after a rollback: wake-ups, cache hints. Must not throw.</summary>
    public void AfterCommit(Action act) => (_afterCommit ??= []).Add(act);

    /// <returns>The number of rows changed.</returns>
    public async Task<int> ExecuteAsync(string sql, object? parameters, CancellationToken cancellationToken) =>
        (await RunAsync(sql, parameters, static (_, _) => Task.FromResult(0), cancellationToken)).Changed;

    /// <summary>A write whose answer nobody looks at. It is done at the latest before the commit.</summary>
    public Task WriteAsync(string sql, object? parameters, CancellationToken cancellationToken) =>
        WriteAsync(new WaitingWrite(sql, parameters), cancellationToken);

    /// <summary>As <see cref="WriteAsync(string, object?, CancellationToken)"/>, and exactly one row must change by it.</summary>
    /// <param name="otherwise">What an <see cref="InvalidOperationException"/> says if not: from here, from a later statement, or before the commit.</param>
    public Task WriteOneAsync(string sql, object? parameters, string otherwise, CancellationToken cancellationToken) =>
        WriteAsync(new WaitingWrite(sql, parameters, 1, otherwise), cancellationToken);

    /// <summary>As <see cref="WriteOneAsync"/>, of rows that go with one statement: each of them must change. The statement reads them as <c>@rows</c>, see <see cref="JsonRows"/>.</summary>
    public Task WriteAllAsync<T>(string sql, IReadOnlyCollection<T> rows, string otherwise, CancellationToken cancellationToken) =>
        rows.Count switch
        {
            0 => Task.CompletedTask,
            1 => WriteAsync(new WaitingWrite(sql, new OneRow(JsonRows.Of(rows)), 1, otherwise), cancellationToken),
            var count => WriteAsync(new WaitingWrite(sql, new ManyRows(JsonRows.Of(rows)), count, otherwise), cancellationToken),
        };

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters, CancellationToken cancellationToken) =>
        (await RunAsync(sql, parameters, Rows<T>.AllAsync, cancellationToken)).Answer;

    /// <returns>The first row, or null (the type's default) when there is none.</returns>
    public async Task<T?> FirstOrDefaultAsync<T>(string sql, object? parameters, CancellationToken cancellationToken) =>
        (await RunAsync(sql, parameters, Rows<T>.FirstAsync, cancellationToken)).Answer;

    /// <summary>Sends what still waits; to be called before the commit.</summary>
    internal async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_waiting.Count > 0)
            await RunBatchAsync(static (_, _) => Task.FromResult(0), cancellationToken);
    }

    internal void RunAfterCommit() => _afterCommit?.ForEach(act => act());

    private async Task WriteAsync(WaitingWrite write, CancellationToken cancellationToken)
    {
        if (_transaction is not null && _connection.CanCreateBatch)
            _waiting.Add(write);
        else
            write.Check(await ExecuteAsync(write.Sql, write.Parameters, cancellationToken));
    }

    private async Task<(T Answer, int Changed)> RunAsync<T>(
        string sql, object? parameters, Func<DbDataReader, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        if (_waiting.Count > 0)
        {
            _waiting.Add(new WaitingWrite(sql, parameters));
            return await RunBatchAsync(read, cancellationToken);
        }

        var statement = Statement.For(Engine, sql, parameters);
        var kept = (_connection as KeptSqliteConnection)?.CommandOf(statement);
        var command = kept ?? CommandOf(statement);
        try
        {
            command.Transaction = _transaction;
            statement.Bind(command.Parameters, command.CreateParameter, parameters);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var answer = await ReadAsync(reader, read, cancellationToken);
            HasChanges |= reader.RecordsAffected > 0;
            return (answer, reader.RecordsAffected);
        }
        finally
        {
            if (kept is null)
                await command.DisposeAsync();
        }
    }

    /// <summary>All that waits in one round trip; the answer is the last one's.</summary>
    private async Task<(T Answer, int Changed)> RunBatchAsync<T>(Func<DbDataReader, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        var sent = _waiting.ToList();
        _waiting.Clear();
        await using var batch = _connection.CreateBatch();
        batch.Transaction = _transaction;
        foreach (var write in sent)
            batch.BatchCommands.Add(CommandOf(batch, write));
        T answer;
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
            answer = await ReadAsync(reader, read, cancellationToken);
        HasChanges |= batch.BatchCommands.Any(c => c.RecordsAffected > 0);
        for (var i = 0; i < sent.Count; i++)
            sent[i].Check(batch.BatchCommands[i].RecordsAffected);
        return (answer, batch.BatchCommands[^1].RecordsAffected);
    }

    private DbCommand CommandOf(Statement statement)
    {
        var command = _connection.CreateCommand();
        command.CommandText = statement.Text;
        return command;
    }

    private DbBatchCommand CommandOf(DbBatch batch, WaitingWrite write)
    {
        var statement = Statement.For(Engine, write.Sql, write.Parameters);
        var command = batch.CreateBatchCommand();
        command.CommandText = statement.Text;
        statement.Bind(command.Parameters, command.CreateParameter, write.Parameters);
        return command;
    }

    /// <summary>To the very end: a statement that fails after its first row has failed.</summary>
    private static async Task<T> ReadAsync<T>(DbDataReader reader, Func<DbDataReader, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        var answer = await read(reader, cancellationToken);
        while (await reader.NextResultAsync(cancellationToken))
        {
        }

        return answer;
    }

    private sealed record WaitingWrite(string Sql, object? Parameters, int Rows = 0, string? Otherwise = null)
    {
        public void Check(int changed)
        {
            if (Otherwise is not null && changed != Rows)
                throw new InvalidOperationException(Otherwise);
        }
    }
}

using System.Data.Common;
using Dapper;

namespace JitBroker.Storage;

/// <summary>
/// One connection in one transaction, for the length of one piece of work. Not thread-safe. Statements are written once for both engines;
/// what only PostgreSQL understands stands in them as a comment that begins with <c>/* pg:</c> and is taken out of its comment there
/// (row locks, <c>skip locked</c>), since SQLite's single writer needs none.
/// </summary>
public sealed class Session
{
    private readonly DbConnection _connection;
    private readonly DbTransaction? _transaction;
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

    /// <summary>Undo this transaction when the work returns; the work's result is still handed back.</summary>
    public void Doom() => IsDoomed = true;

    /// <summary>Runs after a successful commit, never after a rollback: wake-ups, cache hints. Must not throw.</summary>
    public void AfterCommit(Action act) => (_afterCommit ??= []).Add(act);

    /// <returns>The number of rows changed.</returns>
    public Task<int> ExecuteAsync(string sql, object? parameters, CancellationToken cancellationToken) =>
        _connection.ExecuteAsync(Command(sql, parameters, cancellationToken));

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters, CancellationToken cancellationToken) =>
        (await _connection.QueryAsync<T>(Command(sql, parameters, cancellationToken))).AsList();

    /// <returns>The first row, or null (the type's default) when there is none.</returns>
    public Task<T?> FirstOrDefaultAsync<T>(string sql, object? parameters, CancellationToken cancellationToken) =>
        _connection.QueryFirstOrDefaultAsync<T>(Command(sql, parameters, cancellationToken));

    internal void RunAfterCommit() => _afterCommit?.ForEach(act => act());

    private CommandDefinition Command(string sql, object? parameters, CancellationToken cancellationToken) =>
        new(Dialect.For(Engine, sql), parameters, _transaction, cancellationToken: cancellationToken);
}

using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using JitBroker.Storage;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace JitBroker.Benchmarks.Lifecycle;

/// <summary>
/// What the engine alone can do: the recorded rows in the recorded transactions, by prepared statements on bare connections, without any of our code.
/// One statement per row, as the schema demands no less; durability as the broker's: PostgreSQL's own, and <c>synchronous = full</c> over one writer on SQLite.
/// </summary>
internal sealed class Yardstick : IAsyncDisposable
{
    private readonly TimeProvider _clock = HostClock.New();
    private readonly int _ids;
    private readonly Func<int, Replay> _next;
    private readonly List<Writer> _writers = [];
    private readonly System.Collections.Concurrent.ConcurrentBag<Writer> _free = [];
    private readonly SemaphoreSlim _turn;

    private Yardstick(List<string> ids, int writers)
    {
        _ids = ids.Count;
        _turn = new SemaphoreSlim(writers, writers);
        _next = turn => new Replay(NewIds(), BenchCatalog.Asker(turn).Email);
    }

    public static async Task<Yardstick> StartAsync(PrivateDatabase place, Recording recording, int recordedTurn, int concurrency, CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        var asker = BenchCatalog.Asker(recordedTurn).Email;
        var statements = recording.Transactions.Select(t => t.Select(w => new Statement(w, ids, asker, place.Engine)).ToList()).ToList();

        // SQLite has one writer: queueing for its one connection is faster than its own polling, and is what the broker does too.
        var writers = place.Engine == Engine.Sqlite ? 1 : concurrency;
        var yardstick = new Yardstick(ids, writers);
        for (var i = 0; i < writers; i++)
            yardstick._writers.Add(await Writer.OpenAsync(place, statements, cancellationToken));
        yardstick._writers.ForEach(yardstick._free.Add);
        return yardstick;
    }

    public async Task RunAsync(int turn, CancellationToken cancellationToken)
    {
        var replay = _next(turn);
        for (var i = 0; i < _writers[0].Transactions; i++)
        {
            await _turn.WaitAsync(cancellationToken);
            var writer = _free.TryTake(out var free) ? free : throw new InvalidOperationException("No writer is free.");
            try
            {
                await writer.WriteAsync(i, replay);
            }
            finally
            {
                _free.Add(writer);
                _turn.Release();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _writers)
            await writer.DisposeAsync();
        _turn.Dispose();
    }

    private string[] NewIds()
    {
        var now = _clock.GetUtcNow();
        var ids = new string[_ids];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = JitBroker.Ids.New(now);
        return ids;
    }

    private sealed class Statement
    {
        public Statement(RowWrite write, List<string> ids, string asker, Engine engine)
        {
            var values = write.Set.Select(s => s.Value).ToList();
            if (write.Key is { } key)
                values.Add(key.Value);
            Values = [.. values.Select(v => new ValueTemplate(v, ids, asker))];
            Sql = SqlOf(write, engine);
        }

        public string Sql { get; }

        public IReadOnlyList<ValueTemplate> Values { get; }

        private static string SqlOf(RowWrite write, Engine engine)
        {
            var mark = engine == Engine.Postgres ? "$" : "?";
            string Parameter(int i) => string.Create(CultureInfo.InvariantCulture, $"{mark}{i + 1}");
            var columns = write.Set.Select(s => s.Column).ToList();
            if (write.IsInsert)
                return $"insert into {write.Table} ({string.Join(", ", columns)}) values ({string.Join(", ", columns.Select((_, i) => Parameter(i)))})";
            var where = $"where {write.Key!.Value.Column} = {Parameter(columns.Count)}";
            return write.IsDelete
                ? $"delete from {write.Table} {where}"
                : $"update {write.Table} set {string.Join(", ", columns.Select((c, i) => $"{c} = {Parameter(i)}"))} {where}";
        }
    }

    /// <summary>One connection with its prepared commands; used by one lifecycle at a time.</summary>
    private sealed class Writer : IAsyncDisposable
    {
        private readonly DbConnection _connection;
        private readonly List<List<(DbCommand Command, IReadOnlyList<ValueTemplate> Values)>> _transactions;

        private Writer(DbConnection connection, List<List<(DbCommand Command, IReadOnlyList<ValueTemplate> Values)>> transactions)
        {
            _connection = connection;
            _transactions = transactions;
        }

        public int Transactions => _transactions.Count;

        public static async Task<Writer> OpenAsync(PrivateDatabase place, List<List<Statement>> statements, CancellationToken cancellationToken)
        {
            DbConnection connection = place.Engine == Engine.Postgres
                ? new NpgsqlConnection(place.ConnectionString)
                : new SqliteConnection(place.ConnectionString + ";Foreign Keys=True;Pooling=False");
            await connection.OpenAsync(cancellationToken);
            if (connection is SqliteConnection)
                await ExecuteAsync(connection, "pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 1000;");
            var example = new Replay([.. Enumerable.Repeat("", 256)], "");
            return new Writer(connection, [.. statements.Select(t => t.Select(s => (CommandOf(connection, s, example), s.Values)).ToList())]);
        }

        public async Task WriteAsync(int index, Replay replay)
        {
            await using var transaction = await _connection.BeginTransactionAsync();
            foreach (var (command, values) in _transactions[index])
            {
                command.Transaction = transaction;
                for (var i = 0; i < values.Count; i++)
                    command.Parameters[i].Value = values[i].Render(replay);
                if (await command.ExecuteNonQueryAsync() != 1)
                    throw new InvalidOperationException($"The yardstick did not write its row: {command.CommandText}");
            }

            await transaction.CommitAsync();
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var (command, _) in _transactions.SelectMany(t => t))
                await command.DisposeAsync();
            await _connection.DisposeAsync();
        }

        [SuppressMessage("Security", "CA2100", Justification = "Made of the names in our own schema.")]
        private static DbCommand CommandOf(DbConnection connection, Statement statement, Replay example)
        {
            var command = connection.CreateCommand();
            command.CommandText = statement.Sql;
            for (var i = 0; i < statement.Values.Count; i++)
            {
                var parameter = command.CreateParameter();
                if (parameter is SqliteParameter)
                    parameter.ParameterName = string.Create(CultureInfo.InvariantCulture, $"?{i + 1}");
                parameter.Value = statement.Values[i].Render(example);
                command.Parameters.Add(parameter);
            }

            command.Prepare();
            return command;
        }

        private static async Task ExecuteAsync(DbConnection connection, string sql)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync();
        }
    }
}

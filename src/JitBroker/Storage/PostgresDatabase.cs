using System.Data.Common;
using Npgsql;

namespace JitBroker.Storage;

/// <summary>State in PostgreSQL, shared by any number of replicas.</summary>
public sealed class PostgresDatabase : Database
{
    private readonly NpgsqlDataSource _source;

    /// <param name="connectionString">Where it is; references followed.</param>
    /// <param name="again">The same as it is now: each new connection takes its password from it, so that a rotated one needs no restart. Null: it does not change.</param>
    /// <exception cref="ArgumentException">The connection string cannot be parsed.</exception>
    public PostgresDatabase(string connectionString, Func<string>? again = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            // Details of errors may carry row contents.
            IncludeErrorDetail = false,
            ApplicationName = "jitbroker",
            // Nothing here sets anything on a connection, so there is nothing to undo when it goes back to the pool: seven statements less for each loan.
            NoResetOnClose = true,
        };
        // Every statement is a constant, so a small number of them is prepared once per connection.
        if (!settings.ContainsKey("Max Auto Prepare"))
            settings.MaxAutoPrepare = 100;
        var changes = again is not null && settings.Password is { Length: > 0 };
        if (changes)
            settings.Password = null;
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        if (changes)
            builder.UsePasswordProvider(_ => PasswordIn(again!()), (_, _) => ValueTask.FromResult(PasswordIn(again!())));
        _source = builder.Build();
    }

    private static string PasswordIn(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString).Password ?? "";

    public override Engine Engine => Engine.Postgres;

    public override async Task<DateTimeOffset?> ReadClockAsync(CancellationToken cancellationToken) =>
        await ReadAsync(session => session.FirstOrDefaultAsync<DateTimeOffset?>("select clock_timestamp()", null, cancellationToken), cancellationToken);

    public override ValueTask DisposeAsync() => _source.DisposeAsync();

    protected override string PrepareStatement(string sql) => $"prepare statement_read as {Dialect.Numbered(sql)}; deallocate statement_read;";

    protected override async ValueTask<Lent> LendWriterAsync(CancellationToken cancellationToken)
    {
        var connection = await _source.OpenConnectionAsync(cancellationToken);
        return new Lent(connection, connection.DisposeAsync);
    }

    protected override ValueTask<Lent> LendReaderAsync(CancellationToken cancellationToken) => LendWriterAsync(cancellationToken);

    protected override bool IsWorthRetrying(DbException exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected };

    // Classes 08 connection, 53 out of resources, 57P operator intervention; a socket that broke has no SQLSTATE.
    protected override bool IsUnavailable(DbException exception) => exception switch
    {
        PostgresException e => e.SqlState.StartsWith("08", StringComparison.Ordinal)
            || e.SqlState.StartsWith("53", StringComparison.Ordinal)
            || e.SqlState.StartsWith("57P", StringComparison.Ordinal)
            || e.SqlState is PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.ReadOnlySqlTransaction,
        NpgsqlException => true,
        _ => false,
    };
}

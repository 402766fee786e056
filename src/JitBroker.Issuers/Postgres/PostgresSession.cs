using System.Data;
using Npgsql;

namespace JitBroker.Issuers.Postgres;

/// <summary>One session of the broker at a server.</summary>
internal sealed class PostgresSession(NpgsqlDataSource server, NpgsqlConnection connection) : IAsyncDisposable
{
    /// <summary>
    /// From 16 on memberships carry SET and INHERIT and have one row per grantor, and CREATEROLE reaches only the roles one is admin of.
    /// </summary>
    public bool Is16 => Version >= 16;

    /// <summary>The major one; known once it is open.</summary>
    public int Version { get; private set; }

    /// <summary>Lost; nothing more can be asked of it.</summary>
    public bool IsBroken => connection.State != ConnectionState.Open;

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await connection.OpenAsync(cancellationToken);
        Version = connection.PostgreSqlVersion.Major;
    }

    public async Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> row, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(row(reader));
        return rows;
    }

    public Task<List<string>> TextsAsync(string sql, CancellationToken cancellationToken) => ReadAsync(sql, static r => r.GetString(0), cancellationToken);

    public async Task<bool> HoldsAsync(string condition, CancellationToken cancellationToken) =>
        (await ReadAsync($"select coalesce(({condition}), false)", static r => r.GetBoolean(0), cancellationToken))[0];

    public ValueTask<NpgsqlTransaction> BeginAsync(CancellationToken cancellationToken) => connection.BeginTransactionAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        await server.DisposeAsync();
    }
}

using System.Data.Common;
using System.Globalization;
using System.Text;
using JitBroker.LiveTests.Fixtures;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace JitBroker.LiveTests.Crashes;

/// <summary>What a broker's database proves, read past the broker on a connection of its own.</summary>
internal sealed class Evidence(string connectionString, bool isPostgres)
{
    public static Evidence OfSqlite(string file) => new($"Data Source={file};Mode=ReadOnly;Pooling=False", isPostgres: false);

    public static Evidence OfPostgres(string connectionString) => new(connectionString + ";Pooling=False", isPostgres: true);

    /// <summary>The first column of all rows, as text.</summary>
    public async Task<IReadOnlyList<string>> ReadAsync(string sql) => [.. (await RowsAsync(sql)).Select(r => r[0])];

    /// <summary>All columns of all rows, as text: null is empty, instants are in UTC.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<string>>> RowsAsync(string sql)
    {
        await using DbConnection connection = isPostgres ? new NpgsqlConnection(connectionString) : new SqliteConnection(connectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<IReadOnlyList<string>>();
        while (await reader.ReadAsync())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => Text(reader.GetValue(i)))]);
        return rows;
    }

    /// <summary>False before the first start has made its tables.</summary>
    public async Task<bool> HasGrantsAsync()
    {
        if (!isPostgres && !File.Exists(new SqliteConnectionStringBuilder(connectionString).DataSource))
            return false;
        return await CountAsync(isPostgres ? "select count(*) from pg_tables where tablename = 'grants'" : "select count(*) from sqlite_master where name = 'grants'") == 1;
    }

    /// <summary>All rows with all their columns, for looking words up.</summary>
    public async Task<string> EverythingAsync()
    {
        if (!isPostgres)
            return string.Concat(await Task.WhenAll(Directory.GetFiles(Path.GetDirectoryName(new SqliteConnectionStringBuilder(connectionString).DataSource)!, "jitbroker.db*").Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)).Select(f => File.ReadAllTextAsync(f, Encoding.Latin1))));
        var tables = await ReadAsync("select quote_ident(tablename) from pg_tables where schemaname = 'public'");
        return string.Join('\n', (await Task.WhenAll(tables.Select(t => ReadAsync($"select t::text from {t} t")))).SelectMany(rows => rows));
    }

    /// <summary>Writes past a broker that does not run.</summary>
    public async Task ForgeAsync(string sql)
    {
        await using DbConnection connection = isPostgres ? new NpgsqlConnection(connectionString) : new SqliteConnection(new SqliteConnectionStringBuilder(connectionString) { Mode = SqliteOpenMode.ReadWrite }.ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    public async Task<long> CountAsync(string sql) => long.Parse((await ReadAsync(sql))[0], CultureInfo.InvariantCulture);

    /// <summary>Waits until every grant has ended: for load whose grants are all short.</summary>
    public Task AllEndedAsync() => Eventually.TrueAsync(async () => await CountAsync("select count(*) from grants where state <> 'ended'") == 0);

    /// <summary>What must hold at every instant, whatever died before it.</summary>
    public async Task HoldsAsync()
    {
        await NoneAsync("an ended grant has a lease that is not revoked", "select l.id from leases l join grants g on g.id = l.grant_id where g.state = 'ended' and l.state <> 'revoked'");
        await NoneAsync("a revoked lease is not verified", "select id from leases where state = 'revoked' and cast(verified as integer) <> 1");
        await NoneAsync("a lease outlives its grant", "select l.id from leases l join grants g on g.id = l.grant_id where l.expires_at > g.ends_at");
        await NoneAsync("a grant has no approved request", "select g.id from grants g join requests r on r.id = g.request_id where r.state <> 'approved'");
        await NoneAsync("an approved request has no grant", "select r.id from requests r where r.state = 'approved' and not exists (select 1 from grants g where g.request_id = r.id or g.id = r.extends_grant)");
        await NoneAsync("a grant was extended more or less often than it was approved", "select g.id from grants g where (select count(*) from events e where e.aggregate_id = g.id and e.type = 'grant.extended') <> (select count(*) from requests r where r.extends_grant = g.id and r.state = 'approved')");
        await NoneAsync("a review was done twice", "select aggregate_id from events where type = 'review.done' group by aggregate_id having count(*) > 1");
        await NoneAsync("events have a hole", "select aggregate_id from events group by aggregate_id having min(version) <> 1 or max(version) <> count(*)");
        foreach (var table in new[] { "requests", "grants", "leases", "reviews" })
            await NoneAsync($"{table} moved without an event, or an event without its move", $"select t.id from {table} t where t.version <> (select coalesce(max(e.version), 0) from events e where e.aggregate_id = t.id)");
        await NoneAsync("a lease became active twice", "select aggregate_id from events where type = 'lease.active' group by aggregate_id having count(*) > 1");
        await NoneAsync("a request was settled twice", "select aggregate_id from events where type in ('request.approved', 'request.denied', 'request.cancelled', 'request.lapsed') group by aggregate_id having count(*) > 1");
    }

    /// <summary>Fails with <paramref name="what"/> and the first rows, if there is any.</summary>
    public async Task NoneAsync(string what, string sql)
    {
        var rows = await ReadAsync(sql);
        Assert.True(rows.Count == 0, $"{what}: {string.Join(", ", rows.Take(10))}");
    }

    private static string Text(object value) => value switch
    {
        DateTime at => at.ToString("O", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}

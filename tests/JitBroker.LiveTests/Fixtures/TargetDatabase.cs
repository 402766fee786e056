using System.Globalization;
using System.Text.Json;
using JitBroker.Tests.Docs;
using JitBroker.Tests.Storage;
using Npgsql;

namespace JitBroker.LiveTests.Fixtures;

/// <summary>A login role of a lease as the target's own catalog has it.</summary>
/// <param name="Until">Its <c>VALID UNTIL</c>; the least instant there is once it was blocked.</param>
internal sealed record TargetRole(string Name, bool MayLogIn, DateTimeOffset Until);

/// <summary>
/// A real PostgreSQL as target, of one broker alone and set up with the very SQL of the issuer's README; the broker acts there as the role made by it.
/// What stands there is read as the superuser, past the broker.
/// </summary>
internal sealed class TargetDatabase : IAsyncDisposable
{
    private const string Database = "orders";
    private const string Variable = "LIVE_ORDERS_PG";

    /// <summary>What the broker connects with.</summary>
    public const string BrokerPassword = "the-brokers-password-at-the-target";

    private const string SuperuserPassword = "the-superusers-password-at-the-target";

    private const string RolesSql = """
          select r.rolname, r.rolcanlogin, case when isfinite(r.rolvaliduntil) then r.rolvaliduntil end
            from pg_roles r
           where r.rolname like 'jit\_%'
             and r.rolname not in ('jit_broker', 'jit_heir')
        order by r.rolname
        """;

    // By number and not by name: a session outlives the name of its role.
    private const string SessionsSql = """
        select coalesce(a.usename, 'role ' || a.usesysid)
          from pg_stat_activity a
         where a.backend_type = 'client backend'
           and a.usesysid is not null
           and a.usesysid not in (select oid from pg_roles where rolname in ('postgres', 'jit_broker'))
        """;

    private readonly PostgresServer _server;

    private TargetDatabase(PostgresServer server) => _server = server;

    /// <summary>In the catalog of its broker.</summary>
    /// <param name="connectionLimit">A catalog with another one grants something else, so that what was granted before ends.</param>
    public LiveTarget InCatalog(int connectionLimit = 5) => new(
        $"{{ kind: postgres, connection: \"${{env:{Variable}}}\", heir: jit_heir }}",
        string.Create(CultureInfo.InvariantCulture, $"{{ database: {Database}, roles: [orders_readonly], connectionLimit: {connectionLimit} }}"),
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [Variable] = string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={_server.Port};Username=jit_broker;Password={BrokerPassword};Database=postgres"),
        });

    public static async Task<TargetDatabase> StartAsync()
    {
        var target = new TargetDatabase(await Postgres.TargetAsync(SuperuserPassword));
        await target.ExecuteAsync("postgres", $"create database {Database}");
        await target.ExecuteAsync(Database, "create table orders (id int primary key, note text); insert into orders values (1, 'one')");
        await target.ExecuteAsync(Database, SetUp());
        await target.ExecuteAsync(Database, $"alter role jit_broker password '{BrokerPassword}'");
        return target;
    }

    /// <summary>Every role that a lease has there now.</summary>
    public async Task<IReadOnlyList<TargetRole>> RolesAsync()
    {
        await using var connection = await OpenAsync("postgres");
        await using var command = new NpgsqlCommand(RolesSql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var roles = new List<TargetRole>();
        while (await reader.ReadAsync())
            roles.Add(new TargetRole(reader.GetString(0), reader.GetBoolean(1), reader.IsDBNull(2) ? DateTimeOffset.MinValue : await reader.GetFieldValueAsync<DateTimeOffset>(2)));
        return roles;
    }

    /// <summary>Whose sessions are open there, but for the broker's and the superuser's.</summary>
    public async Task<IReadOnlyList<string>> SessionsAsync()
    {
        await using var connection = await OpenAsync("postgres");
        await using var command = new NpgsqlCommand(SessionsSql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var sessions = new List<string>();
        while (await reader.ReadAsync())
            sessions.Add(reader.GetString(0));
        return sessions;
    }

    /// <summary>Logs in as a holder does.</summary>
    /// <exception cref="PostgresException">The server lets nobody in with this.</exception>
    public static async Task<NpgsqlConnection> LogInAsync(JsonElement credential)
    {
        var way = new NpgsqlConnectionStringBuilder
        {
            Host = credential.GetProperty("host").GetString(),
            Port = credential.GetProperty("port").GetInt32(),
            Username = credential.GetProperty("username").GetString(),
            Password = credential.GetProperty("password").GetString(),
            Database = credential.GetProperty("database").GetString(),
            Pooling = false,
        };
        var connection = new NpgsqlConnection(way.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Whether somebody gets in with this credential now.</summary>
    public static async Task<bool> TakesAsync(JsonElement credential)
    {
        try
        {
            await using var connection = await LogInAsync(credential);
            return true;
        }
        catch (PostgresException)
        {
            return false;
        }
    }

    /// <summary>Its files go with the run's other servers.</summary>
    public async ValueTask DisposeAsync() => await _server.CrashAsync();

    /// <summary>As the README tells people to.</summary>
    private static string SetUp()
    {
        var readme = Repository.Read("src/JitBroker.Issuers/Postgres/README.md");
        return Assert.Single(Repository.Blocks(Repository.Section(readme, "### PostgreSQL 15") + "\n", "sql"));
    }

    private async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = await OpenAsync(database);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<NpgsqlConnection> OpenAsync(string database)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_server.ConnectionTo("postgres")) { Database = database, Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}

using JitBroker.Issuers.Postgres;
using JitBroker.Tests.Storage;
using Npgsql;

namespace JitBroker.Benchmarks.Issuers;

/// <summary>Roles of Debian's PostgreSQL, which waits for the disk at each commit.</summary>
internal sealed class PostgresTargetBench : IBenchedTarget
{
    private const string SetUp = """
        create role jit_heir nologin;
        create role jit_broker login createrole password 'bench';
        grant pg_signal_backend to jit_broker;
        create role orders_readonly nologin;
        grant connect on database orders to orders_readonly, jit_broker;
        do $$ begin
            if current_setting('server_version_num')::integer >= 160000 then
                execute 'grant jit_heir, orders_readonly to jit_broker with admin true, inherit false, set false';
            end if;
        end $$;
        """;

    public string Name => "PostgreSQL";

    public async Task<BenchedIssuer?> StartAsync(CancellationToken cancellationToken)
    {
        PostgresServer.IsDurable = true;
        if (await PostgresServer.NewAsync(password: "superuser") is not { } server)
            return null;
        await ExecuteAsync(server, "create database orders", cancellationToken);
        await ExecuteAsync(server, SetUp, cancellationToken);
        var way = new NpgsqlConnectionStringBuilder(server.ConnectionTo("postgres")) { Username = "jit_broker", Password = "bench" }.ConnectionString;
        var issuer = new PostgresIssuer((string _, out string problem) => { problem = ""; return way; }, HostClock.New());
        return new BenchedIssuer(issuer, """{"connection":"${env:PG}","heir":"jit_heir"}""", """{"database":"orders","roles":["orders_readonly"]}""");
    }

    private static async Task ExecuteAsync(PostgresServer server, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionTo("postgres"));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Npgsql;

namespace JitBroker.Server.Demo;

/// <summary>
/// A throw-away PostgreSQL on loopback, set up for the <c>postgres</c> issuer as its README says: a database of orders, a role that may read them, a powerless heir, and the broker's own
/// role. Disposing stops it and deletes its folder.
/// </summary>
internal sealed class DemoDatabase : IDemoTarget
{
    /// <summary>A login of one's own, read only. Its end cuts the open session.</summary>
    public const string Orders = "orders-db:read";

    private const string Variable = "DEMO_ORDERS_PG";
    private const string Binaries = "/usr/lib/postgresql";

    private readonly string _bin;
    private readonly string _folder;
    private readonly int _port;
    private readonly string _password = RandomNumberGenerator.GetHexString(32, lowercase: true);

    private DemoDatabase(string bin, string folder, int port) => (_bin, _folder, _port) = (bin, folder, port);

    /// <summary>What the broker connects with: no superuser.</summary>
    private string ConnectionString => To("postgres", "jit_broker", _password);

    public string Line => string.Create(CultureInfo.InvariantCulture, $"Database  127.0.0.1:{_port}  orders, for {Orders}");

    public string Issuer => $$"""  orders-pg: { kind: postgres, connection: "${env:{{Variable}}}", heir: jit_heir }""";

    public string Entitlement => $$"""
          {{Orders}}:
            title: Orders database, read only
            issuer: orders-pg
            grants: { database: orders, roles: [orders_readonly], connectionLimit: 5 }
            risk: low
            eligible: [engineering]
            duration: { min: 5s, default: 30m, max: 8h }
            reason: { required: true, pattern: '(INC|OPS)-\d+', hint: "Name a ticket, e.g. INC-42" }
            approval:
              - { group: data-owners, votes: 1 }
        """;

    public string? Secret(string name) => name == Variable ? ConnectionString : null;

    /// <returns>No database, and why, where PostgreSQL's binaries are not on this machine or no server can be made with them: the demo goes on without it.</returns>
    public static async Task<(IDemoTarget? Target, string Absence)> StartAsync(Uri broker, CancellationToken cancellationToken)
    {
        if (FindBinaries() is not { } bin)
            return (null, "no PostgreSQL on this machine; with Debian's postgresql installed there would be one");
        var folder = Directory.CreateTempSubdirectory("jitbroker-demo-pg-").FullName;
        var database = new DemoDatabase(bin, folder, FreePorts.Take(1)[0]);
        try
        {
            await database.MakeAsync(cancellationToken);
            return (database, "");
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or NpgsqlException or IOException or UnauthorizedAccessException)
        {
            await database.DisposeAsync();
            return (null, $"no PostgreSQL could be started here ({e.Message.TrimEnd('.')})");
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (File.Exists(Path.Combine(_folder, "data", "postmaster.pid")))
                await RunAsync("pg_ctl", ["-D", Path.Combine(_folder, "data"), "-m", "immediate", "-w", "stop"], CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            // It was stopped while it came up, and the file is all that is left of it.
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static string? FindBinaries() =>
        Directory.Exists(Binaries)
            ? Directory.GetDirectories(Binaries).Select(d => Path.Combine(d, "bin")).Where(b => File.Exists(Path.Combine(b, "initdb"))).Max(StringComparer.Ordinal)
            : null;

    private async Task MakeAsync(CancellationToken cancellationToken)
    {
        var superuser = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var password = Path.Combine(_folder, "password");
        await File.WriteAllTextAsync(password, superuser, cancellationToken);
        if (IsRoot)
            await ProgramAsync("chown", ["-R", "postgres", _folder], cancellationToken);
        await RunAsync("initdb", ["-D", Path.Combine(_folder, "data"), "-U", "postgres", "-A", "scram-sha-256", "--pwfile", password, "--no-sync", "-E", "UTF8", "--locale=C"], cancellationToken);
        File.Delete(password);
        var options = string.Create(CultureInfo.InvariantCulture, $"-p {_port} -k {_folder} -c listen_addresses=127.0.0.1 -c fsync=off -c shared_buffers=16MB");
        await RunAsync("pg_ctl", ["-D", Path.Combine(_folder, "data"), "-w", "-l", Path.Combine(_folder, "log"), "-o", options, "start"], cancellationToken);
        await ExecuteAsync(To("postgres", "postgres", superuser), "create database orders", cancellationToken);
        await ExecuteAsync(To("orders", "postgres", superuser), SetUp, cancellationToken);
    }

    private string SetUp => $"""
        create table orders (id integer primary key, customer text not null, total numeric not null);
        insert into orders values (1, 'Ada', 120), (2, 'Blaise', 75), (3, 'Carl', 310);
        create role jit_heir nologin;
        create role jit_broker login createrole password '{_password}';
        grant pg_signal_backend to jit_broker;
        create role orders_readonly nologin;
        grant connect on database orders to orders_readonly, jit_broker;
        grant usage on schema public to orders_readonly;
        grant select on all tables in schema public to orders_readonly;
        do $$ begin
            if current_setting('server_version_num')::integer >= 160000 then
                execute 'grant jit_heir, orders_readonly to jit_broker with admin true, inherit false, set false';
            end if;
        end $$;
        """;

    private static async Task ExecuteAsync(string connectionString, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private string To(string database, string user, string password) =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={_port};Database={database};Username={user};Password={password};Pooling=false");

    private static bool IsRoot => Environment.UserName == "root";

    /// <summary>PostgreSQL refuses to run as root: it is run as the user its package made.</summary>
    private Task RunAsync(string tool, string[] arguments, CancellationToken cancellationToken) =>
        IsRoot
            ? ProgramAsync("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", Path.Combine(_bin, tool), .. arguments], cancellationToken)
            : ProgramAsync(Path.Combine(_bin, tool), arguments, cancellationToken);

    private async Task ProgramAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        // Not read to their end: the server that pg_ctl starts may keep them open for as long as it lives.
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            while (!process.HasExited)
                await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }

        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{Path.GetFileName(program)} {Path.GetFileName(arguments.FirstOrDefault(a => a.StartsWith(_bin, StringComparison.Ordinal)))} ended with {process.ExitCode.ToString(CultureInfo.InvariantCulture)}".Replace("  ", " ", StringComparison.Ordinal));
    }
}

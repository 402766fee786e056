using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace JitBroker.Tests.Storage;

/// <summary>
/// One private PostgreSQL for the whole test run: a fresh cluster in a temporary folder, on a port of its own, run as user <c>postgres</c> when the tests
/// run as root. Each test takes a database of its own. Stopped, by its own pid, when the process ends.
/// </summary>
public sealed class PostgresServer
{
    private static readonly Lazy<Task<PostgresServer?>> Shared = new(static () => NewAsync());
    private static readonly ConcurrentBag<PostgresServer> Running = [];
    private static int _databases;
    private static int _servers;

    private readonly string _folder;
    private readonly int _port;
    private readonly string _bin;
    private readonly string? _password;
    private int _isStopped;

    private PostgresServer(string folder, int port, string bin, string? password)
    {
        _folder = folder;
        _port = port;
        _bin = bin;
        _password = password;
    }

    public int Port => _port;

    /// <summary>All statements, where the server asks for passwords.</summary>
    public string LogFile => Path.Combine(_folder, "log");

    /// <summary>Whether a commit waits for the disk. Tests do without; what measures sets it before the server starts.</summary>
    public static bool IsDurable { get; set; }

    /// <summary>Null where PostgreSQL's binaries are not installed.</summary>
    public static Task<PostgresServer?> GetAsync() => Shared.Value;

    /// <summary>A connection string to a new, empty database.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"t{Interlocked.Increment(ref _databases)}");
        await using var connection = new NpgsqlConnection(ConnectionTo("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"create database {name} template template0", connection);
        await command.ExecuteNonQueryAsync();
        return ConnectionTo(name);
    }

    /// <summary>As its superuser.</summary>
    public string ConnectionTo(string database) =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={_port};Username=postgres;Password={_password};Database={database};Maximum Pool Size=40;Timeout=30");

    /// <summary>Dies as in a power cut, in the middle of whatever it does.</summary>
    public Task CrashAsync() => RunAsync(Path.Combine(_bin, "pg_ctl"), ["-D", Path.Combine(_folder, "data"), "-m", "immediate", "-w", "stop"], asPostgres: true);

    /// <summary>Starts after <see cref="CrashAsync"/>, on the same port and data.</summary>
    public Task StartAgainAsync()
    {
        var options = string.Create(CultureInfo.InvariantCulture, $"-p {_port} -k {_folder} -c listen_addresses=127.0.0.1 -c fsync={(IsDurable ? "on" : "off")} -c max_connections=300 -c shared_buffers=64MB -c timezone=UTC{(_password is null ? "" : " -c max_prepared_transactions=20 -c log_statement=all")}");
        return RunAsync(Path.Combine(_bin, "pg_ctl"), ["-D", Path.Combine(_folder, "data"), "-w", "-l", Path.Combine(_folder, "log"), "-o", options, "start"], asPostgres: true);
    }

    /// <summary>A server of the caller's own; null where PostgreSQL's binaries are not installed. Stopped when the process ends.</summary>
    /// <param name="binaries">Null: the newest that Debian's packages installed.</param>
    /// <param name="password">The superuser's; everybody then needs one (SCRAM). Null: nobody does.</param>
    public static async Task<PostgresServer?> NewAsync(string? binaries = null, string? password = null)
    {
        if ((binaries ?? FindBinaries()) is not { } bin)
            return null;
        var folder = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"jitbroker-pg-{Environment.ProcessId}-{Interlocked.Increment(ref _servers)}"));
        Directory.CreateDirectory(folder);
        var port = FreePort();
        await File.WriteAllTextAsync(Path.Combine(folder, "password"), password ?? "unused");
        if (Environment.UserName == "root")
            await RunAsync("chown", ["-R", "postgres", folder], asPostgres: false);
        string[] who = password is null ? ["-A", "trust"] : ["-A", "scram-sha-256", "--pwfile", Path.Combine(folder, "password")];
        await RunAsync(Path.Combine(bin, "initdb"), ["-D", Path.Combine(folder, "data"), .. who, "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C"], asPostgres: true);
        var server = new PostgresServer(folder, port, bin, password);
        await server.StartAgainAsync();
        Running.Add(server);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Stop();
        return server;
    }

    /// <summary>After the last test: xunit gives a process ten seconds to exit, and the folders of many servers take longer to delete.</summary>
    public static void StopAll() => Parallel.ForEach(Running, static server => server.Stop());

    private void Stop()
    {
        if (Interlocked.Exchange(ref _isStopped, 1) == 1)
            return;
        using var stop = Start(Path.Combine(_bin, "pg_ctl"), ["-D", Path.Combine(_folder, "data"), "-m", "immediate", "-w", "stop"], asPostgres: true);
        stop.WaitForExit(10_000);
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Of Debian's packages.</summary>
    public static string? FindBinaries() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).Where(b => File.Exists(Path.Combine(b, "initdb"))).Max(StringComparer.Ordinal)
            : null;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task RunAsync(string program, IEnumerable<string> arguments, bool asPostgres)
    {
        using var process = Start(program, arguments, asPostgres);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} failed with exit code {process.ExitCode.ToString(CultureInfo.InvariantCulture)}.");
    }

    private static Process Start(string program, IEnumerable<string> arguments, bool asPostgres)
    {
        var change = asPostgres && Environment.UserName == "root";
        var start = new ProcessStartInfo(change ? "setpriv" : program) { WorkingDirectory = Path.GetTempPath(), UseShellExecute = false };
        if (change)
        {
            foreach (var word in new[] { "--reuid=postgres", "--regid=postgres", "--clear-groups", program })
                start.ArgumentList.Add(word);
        }

        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        // The server must not hold our output open: whoever reads it would wait for ever.
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}

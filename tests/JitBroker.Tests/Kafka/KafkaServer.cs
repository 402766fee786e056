using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace JitBroker.Tests.Kafka;

/// <summary>
/// The real Kafka of <c>KAFKA_HOME</c>, one broker for the whole run on free ports, its data in a temporary folder; stopped, by its own pid, after the last test. What
/// serves the keys must answer before it starts, and as long as it runs.
/// </summary>
public sealed class KafkaServer
{
    public const string Variable = "KAFKA_HOME";
    public const string Admin = "admin";
    public const string AdminPassword = "adminpw";

    /// <summary>Why a test is skipped where there is none.</summary>
    public const string Absence = $"{Variable} names no folder with a Kafka; see tests/README.md.";

    private static readonly ConcurrentBag<KafkaServer> Running = [];

    /// <summary>What Kafka says when the cluster id that the script draws begins with a dash, as one in 64 does.</summary>
    private const string BadDraw = "argument --cluster-id/-t: expected one argument";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    private readonly StringBuilder _log = new();
    private readonly Process _process;
    private readonly string _folder;
    private int _isStopped;

    private KafkaServer(Process process, string folder, int port) => (_process, _folder, Port) = (process, folder, port);

    public int Port { get; }

    /// <summary>What it said on its standard output and error.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>The folder with its <c>broker</c> and <c>tool</c>; null where there is none.</summary>
    public static string? Home => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } home ? Path.GetFullPath(home) : null;

    /// <summary>For Kafka's own tools, as the administrator.</summary>
    public const string AdminProperties = $"""
        security.protocol=SASL_PLAINTEXT
        sasl.mechanism=SCRAM-SHA-512
        sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="{Admin}" password="{AdminPassword}";
        """;

    /// <summary>Started and ready.</summary>
    /// <param name="jwks">Where the keys are served, with the issuer and audience to expect; null for SCRAM alone.</param>
    /// <param name="at">The port for clients, the one after it being free too; null: any.</param>
    public static async Task<KafkaServer> StartAsync((Uri Keys, string Issuer, string Audience)? jwks, int? at = null)
    {
        var folder = Directory.CreateTempSubdirectory("jitbroker-kafka-").FullName;
        var port = at ?? FreePorts();
        string[] tokens = jwks is { } j ? [j.Keys.AbsoluteUri, j.Issuer, j.Audience] : [];
        var start = new ProcessStartInfo(Path.Combine(Home!, "broker"), [folder, port.ToString(CultureInfo.InvariantCulture), .. tokens])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["HEAP"] = "256m";
        // Long enough that a broker's connections are kept, as they are elsewhere.
        start.Environment["REAUTH_MS"] = "60000";
        var server = new KafkaServer(new Process { StartInfo = start }, folder, port);
        try
        {
            await server.ReadyAsync();
            return server;
        }
        catch (InvalidOperationException) when (server._process.HasExited && server.Log.Contains(BadDraw, StringComparison.Ordinal))
        {
            server.Stop();
            return await StartAsync(jwks, at);
        }
    }

    public static void StopAll() => Parallel.ForEach(Running, static server => server.Stop());

    /// <summary>The script's own <c>ready</c> is not waited for: on a busy machine it stops looking before Kafka is there.</summary>
    private async Task ReadyAsync()
    {
        _process.OutputDataReceived += (_, line) => Said(line.Data);
        _process.ErrorDataReceived += (_, line) => Said(line.Data);
        _process.Start();
        Running.Add(this);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Stop();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var since = Stopwatch.StartNew();
        while (!await IsListeningAsync())
        {
            if (_process.HasExited || since.Elapsed > Patience)
                throw new InvalidOperationException($"Kafka {(_process.HasExited ? "ended at its start" : "is not there yet")}:\n{Log}");
            await Task.Delay(Glance);
        }
    }

    private async Task<bool> IsListeningAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Said(string? line)
    {
        lock (_log)
            _log.AppendLine(line);
    }

    private void Stop()
    {
        if (Interlocked.Exchange(ref _isStopped, 1) == 1)
            return;
        if (_process.HasExited)
        {
            Directory.Delete(_folder, recursive: true);
            return;
        }

        // TERM, which the script hands on to Kafka; after it Kafka is not waited for beyond what xunit allows.
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]))
            kill.WaitForExit(2_000);
        if (!_process.WaitForExit(6_000))
            _process.Kill(entireProcessTree: true);
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Two in a row: clients, and the controller.</summary>
    private static int FreePorts()
    {
        while (true)
        {
            using var one = new TcpListener(IPAddress.Loopback, 0);
            one.Start();
            var port = ((IPEndPoint)one.LocalEndpoint).Port;
            try
            {
                using var two = new TcpListener(IPAddress.Loopback, port + 1);
                two.Start();
                return port;
            }
            catch (SocketException)
            {
                continue;
            }
        }
    }
}

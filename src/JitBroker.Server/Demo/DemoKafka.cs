using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace JitBroker.Server.Demo;

/// <summary>A throw-away Kafka with a topic of orders, for the <c>kafka</c> issuer, from the folder that <c>KAFKA_HOME</c> names: its <c>broker</c> and <c>tool</c>, as <c>tests/README.md</c> describes them.</summary>
internal sealed class DemoKafka : IDemoTarget
{
    /// <summary>Reading a topic, as a user of one's own that is removed at the end.</summary>
    public const string Stream = "orders-stream:read";

    private const string Home = "KAFKA_HOME";
    private const string Variable = "DEMO_KAFKA";

    // Of every broker that the folder's script makes; it listens on loopback only.
    private const string Administrator = "admin";
    private const string Password = "adminpw";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    private readonly string _folder = Directory.CreateTempSubdirectory("jitbroker-demo-kafka-").FullName;
    private readonly int _port;
    private readonly string _home;
    private Process? _broker;

    private DemoKafka(string home, int port) => (_home, _port) = (home, port);

    public string Line => string.Create(CultureInfo.InvariantCulture, $"Kafka     {Address}  topic orders, for {Stream}");

    public string Issuer => $$"""  orders-kafka: { kind: kafka, bootstrap: ["{{Address}}"], tls: false, user: {{Administrator}}, password: "${env:{{Variable}}}" }""";

    public string Entitlement => $$"""
          {{Stream}}:
            title: Orders stream, read
            issuer: orders-kafka
            grants: { topics: [ { name: orders, operations: [read] } ] }
            eligible: [engineering]
            duration: { min: 5s, default: 30m, max: 8h }
            reason: { required: true, pattern: '(INC|OPS)-\d+', hint: "Name a ticket, e.g. INC-42" }
            approval:
              - { group: data-owners, votes: 1 }
        """;

    private string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");

    public string? Secret(string name) => name == Variable ? Password : null;

    public static async Task<(IDemoTarget? Target, string Absence)> StartAsync(Uri broker, CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable(Home) is not { Length: > 0 } home)
            return (null, $"no Kafka on this machine; with {Home} naming a folder with one there would be");
        var kafka = new DemoKafka(Path.GetFullPath(home), FreePorts.TakePair());
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await kafka.RunAsync(patience.Token);
            await kafka.ProduceAsync(patience.Token);
            return (kafka, "");
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is InvalidOperationException or Win32Exception or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            await kafka.DisposeAsync();
            return (null, $"no Kafka could be started here ({e.Message.TrimEnd('.')})");
        }
        catch
        {
            await kafka.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_broker is { HasExited: false } broker)
        {
            // The script hands it on to Kafka and waits for it.
            using (var kill = Process.Start("kill", ["-TERM", broker.Id.ToString(CultureInfo.InvariantCulture)]))
                await kill.WaitForExitAsync();
            await broker.WaitForExitAsync();
        }

        _broker?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Path.Combine(_home, "broker"), [Path.Combine(_folder, "broker"), _port.ToString(CultureInfo.InvariantCulture)])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["HEAP"] = "256m";
        _broker = new Process { StartInfo = start };
        _broker.OutputDataReceived += static (_, _) => { };
        _broker.ErrorDataReceived += static (_, _) => { };
        _broker.Start();
        _broker.BeginOutputReadLine();
        _broker.BeginErrorReadLine();
        while (!await IsListeningAsync(cancellationToken))
        {
            if (_broker.HasExited)
                throw new InvalidOperationException("it ended at its start");
            await Task.Delay(Glance, cancellationToken);
        }
    }

    private async Task<bool> IsListeningAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, _port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Makes the topic too.</summary>
    private async Task ProduceAsync(CancellationToken cancellationToken)
    {
        var login = Path.Combine(_folder, "admin.properties");
        await File.WriteAllTextAsync(
            login,
            $"""
            security.protocol=SASL_PLAINTEXT
            sasl.mechanism=SCRAM-SHA-512
            sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="{Administrator}" password="{Password}";
            """,
            cancellationToken);
        var start = new ProcessStartInfo(Path.Combine(_home, "tool"), ["produce", "--bootstrap-server", Address, "--command-config", login, "--topic", "orders"])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var producer = Process.Start(start)!;
        producer.OutputDataReceived += static (_, _) => { };
        producer.ErrorDataReceived += static (_, _) => { };
        producer.BeginOutputReadLine();
        producer.BeginErrorReadLine();
        foreach (var customer in (string[])["Ada", "Blaise", "Carl"])
            await producer.StandardInput.WriteLineAsync($$"""{"customer":"{{customer}}"}""".AsMemory(), cancellationToken);
        producer.StandardInput.Close();
        await producer.WaitForExitAsync(cancellationToken);
        if (producer.ExitCode != 0)
            throw new InvalidOperationException("it takes no records");
    }
}

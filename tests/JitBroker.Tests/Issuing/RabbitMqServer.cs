using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace JitBroker.Tests.Issuing;

/// <summary>
/// A private RabbitMQ of Debian's package with management and oauth2 plugin, in a temporary folder and on ports of its own; no service. Holds a queue <c>orders</c> and a topic exchange <c>ev</c>.
/// Stopped, by its own pid, when the process ends.
/// </summary>
public sealed class RabbitMqServer
{
    public const string Administrator = "jit_admin";
    public const string Password = "administrators-own-password";
    public const string ResourceServer = "rabbit-of-the-tests";

    private const string Program = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly ConcurrentBag<RabbitMqServer> Running = [];
    private static int _servers;

    private readonly string _folder;
    private readonly HttpClient _http;
    private readonly int[] _ports;
    private Process? _names;
    private Process? _server;
    private int _isStopped;

    private RabbitMqServer(string folder, int[] ports)
    {
        (_folder, _ports) = (folder, ports);
        _http = new HttpClient { BaseAddress = new Uri(Management, "api/") };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Administrator}:{Password}")));
    }

    public int AmqpPort => _ports[0];

    public int ManagementPort => _ports[1];

    public Uri Management => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ManagementPort}/"));

    public Uri Amqp => new(string.Create(CultureInfo.InvariantCulture, $"amqp://127.0.0.1:{AmqpPort}"));

    public string LogFile => Path.Combine(_folder, "log", "jit.log");

    public static bool IsInstalled => File.Exists(Program);

    /// <summary>Null where it is not installed.</summary>
    /// <param name="keys">Public keys, by key id, whose tokens let people in: PEM.</param>
    public static async Task<RabbitMqServer?> NewAsync(IReadOnlyDictionary<string, string>? keys = null)
    {
        if (!IsInstalled)
            return null;
        var folder = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"jitbroker-rmq-{Environment.ProcessId}-{Interlocked.Increment(ref _servers)}"));
        var server = new RabbitMqServer(folder, FreePorts(4));
        await server.WriteAsync(keys ?? new Dictionary<string, string>(StringComparer.Ordinal));
        Running.Add(server);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Stop();
        server.Start();
        await server.ReadyAsync();
        await server.AdminAsync(HttpMethod.Put, "queues/%2F/orders", new JsonObject { ["durable"] = true });
        await server.AdminAsync(HttpMethod.Put, "exchanges/%2F/ev", new JsonObject { ["type"] = "topic" });
        return server;
    }

    /// <summary>A call of the management API as the administrator: by eyes that are not the issuer's. Null for an answer without a body.</summary>
    public async Task<JsonNode?> AdminAsync(HttpMethod method, string path, JsonObject? body = null)
    {
        using var call = new HttpRequestMessage(method, path);
        if (body is not null)
            call.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(call);
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode)
            throw new HttpRequestException($"{method} {path}: {text}", null, answer.StatusCode);
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    /// <summary>Names of users that begin with <paramref name="prefix"/>.</summary>
    public async Task<IReadOnlyList<string>> UsersAsync(string prefix) =>
        [.. (await AdminAsync(HttpMethod.Get, "users?columns=name"))!.AsArray().Select(u => (string)u!["name"]!).Where(n => n.StartsWith(prefix, StringComparison.Ordinal))];

    public async Task<int> ConnectionsAsync(string user) => (await AdminAsync(HttpMethod.Get, $"connections/username/{Uri.EscapeDataString(user)}"))!.AsArray().Count;

    /// <summary>After the last test: xunit gives a process ten seconds to exit.</summary>
    public static void StopAll() => Parallel.ForEach(Running, static server => server.Stop());

    private async Task WriteAsync(IReadOnlyDictionary<string, string> keys)
    {
        foreach (var part in (string[])["mnesia", "log", "home"])
            Directory.CreateDirectory(Path.Combine(_folder, part));
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"listeners.tcp.1 = 127.0.0.1:{AmqpPort}\nmanagement.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {ManagementPort}\n");
        text.Append(CultureInfo.InvariantCulture, $"default_user = {Administrator}\ndefault_pass = {Password}\ndefault_user_tags.administrator = true\n");
        text.Append(CultureInfo.InvariantCulture, $"auth_backends.1 = internal\nauth_backends.2 = rabbit_auth_backend_oauth2\nauth_oauth2.resource_server_id = {ResourceServer}\nauth_oauth2.algorithms.1 = RS256\n");
        foreach (var (kid, pem) in keys)
        {
            var file = Path.Combine(_folder, $"{kid}.pem");
            await File.WriteAllTextAsync(file, pem);
            text.Append(CultureInfo.InvariantCulture, $"auth_oauth2.signing_keys.{kid} = {file}\n");
        }

        await File.WriteAllTextAsync(Path.Combine(_folder, "rabbitmq.conf"), text.ToString());
        await File.WriteAllTextAsync(Path.Combine(_folder, "enabled_plugins"), "[rabbitmq_management,rabbitmq_auth_backend_oauth2].\n");
    }

    private void Start()
    {
        var names = _ports[3].ToString(CultureInfo.InvariantCulture);
        // Started here and not by the server, so that its pid is known at the end.
        _names = Launch("/usr/bin/epmd", ["-port", names, "-address", "127.0.0.1"], []);
        _server = Launch(Program, [], new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME"] = Path.Combine(_folder, "home"),
            ["RABBITMQ_NODENAME"] = $"jit{names}@localhost",
            ["RABBITMQ_NODE_PORT"] = AmqpPort.ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_DIST_PORT"] = _ports[2].ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(_folder, "mnesia"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(_folder, "log"),
            ["RABBITMQ_LOGS"] = LogFile,
            ["RABBITMQ_CONFIG_FILE"] = Path.Combine(_folder, "rabbitmq"),
            ["RABBITMQ_ADVANCED_CONFIG_FILE"] = Path.Combine(_folder, "none"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_folder, "enabled_plugins"),
            ["RABBITMQ_PID_FILE"] = PidFile,
            ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["ERL_EPMD_PORT"] = names,
            // No busy waiting: the tests need the cores.
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none",
        });
    }

    private string PidFile => Path.Combine(_folder, "pid");

    private async Task ReadyAsync()
    {
        for (var watch = Stopwatch.StartNew(); ;)
        {
            try
            {
                await AdminAsync(HttpMethod.Get, "overview?columns=rabbitmq_version");
                return;
            }
            catch (HttpRequestException) when (!_server!.HasExited && watch.Elapsed < Patience)
            {
                await Task.Delay(100);
            }
        }
    }

    private void Stop()
    {
        if (Interlocked.Exchange(ref _isStopped, 1) == 1)
            return;
        _http.Dispose();
        Kill(File.Exists(PidFile) && int.TryParse(File.ReadAllText(PidFile), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : null);
        Kill(_server?.Id);
        Kill(_names?.Id);
        _server?.WaitForExit(5_000);
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private static void Kill(int? pid)
    {
        try
        {
            if (pid is { } id)
            {
                using var process = Process.GetProcessById(id);
                process.Kill();
                process.WaitForExit(5_000);
            }
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It has gone by itself.
            return;
        }
    }

    private static Process Launch(string program, string[] arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Path.GetTempPath(), UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(l => l.Start());
        int[] ports = [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        listeners.ForEach(l => l.Dispose());
        return ports;
    }
}

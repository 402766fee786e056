using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace JitBroker.Server.Demo;

/// <summary>
/// A throw-away RabbitMQ of Debian's package, with its management API, in a temporary folder and on free ports of loopback: no service. Disposing stops it, by its own pid, and deletes the folder.
/// </summary>
internal sealed class LocalRabbitMq : IAsyncDisposable, IDisposable
{
    private const string Program = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    private const string Names = "/usr/bin/epmd";
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    private readonly string _folder = Directory.CreateTempSubdirectory("jitbroker-rabbitmq-").FullName;
    private readonly int[] _ports = FreePorts.Take(4);
    private readonly LocalRabbitMqOptions _options;
    private readonly HttpClient _http;
    private readonly List<Process> _processes = [];
    private int _isStopped;

    private LocalRabbitMq(LocalRabbitMqOptions options)
    {
        _options = options;
        _http = new HttpClient { BaseAddress = new Uri(Management, "api/") };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.Administrator}:{options.Password}")));
    }

    public static bool IsInstalled => File.Exists(Program) && File.Exists(Names);

    public int AmqpPort => _ports[0];

    public int ManagementPort => _ports[1];

    public Uri Amqp => new(string.Create(CultureInfo.InvariantCulture, $"amqp://127.0.0.1:{AmqpPort}"));

    public Uri Management => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ManagementPort}/"));

    public string LogFile => Path.Combine(_folder, "log", "jit.log");

    /// <summary>Comes back when it answers.</summary>
    /// <exception cref="InvalidOperationException">It ended at its start.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public static async Task<LocalRabbitMq> StartAsync(LocalRabbitMqOptions options, CancellationToken cancellationToken)
    {
        var server = new LocalRabbitMq(options);
        try
        {
            await server.WriteAsync(cancellationToken);
            server.Launch();
            await server.ReadyAsync(cancellationToken);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>A call of the management API as the administrator. Null for an answer without a body.</summary>
    /// <exception cref="HttpRequestException">It is away, or said no.</exception>
    public async Task<JsonNode?> AdminAsync(HttpMethod method, string path, JsonObject? body = null, CancellationToken cancellationToken = default)
    {
        using var call = new HttpRequestMessage(method, path);
        if (body is not null)
            call.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(call, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw new HttpRequestException($"{method} {path}: {text}", null, answer.StatusCode);
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isStopped, 1) == 1)
            return;
        _http.Dispose();
        foreach (var process in _processes)
            Kill(process);

        Directory.Delete(_folder, recursive: true);
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        foreach (var part in (string[])["mnesia", "log", "home"])
            Directory.CreateDirectory(Path.Combine(_folder, part));
        foreach (var (name, text) in _options.Files)
            await File.WriteAllTextAsync(Path.Combine(_folder, name), text, cancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "rabbitmq.conf"),
            string.Create(CultureInfo.InvariantCulture, $"""
                listeners.tcp.1 = 127.0.0.1:{AmqpPort}
                management.tcp.ip = 127.0.0.1
                management.tcp.port = {ManagementPort}
                default_user = {_options.Administrator}
                default_pass = {_options.Password}
                default_user_tags.administrator = true
                {_options.Settings.Replace("FOLDER", _folder, StringComparison.Ordinal)}

                """),
            cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "enabled_plugins"), $"[{string.Join(',', (IEnumerable<string>)["rabbitmq_management", .. _options.Plugins])}].\n", cancellationToken);
    }

    private void Launch()
    {
        var names = _ports[3].ToString(CultureInfo.InvariantCulture);
        // Started here and not by the server, so that its pid is known at the end.
        _processes.Add(Start(Names, ["-port", names, "-address", "127.0.0.1"], []));
        _processes.Add(Start(Program, [], new Dictionary<string, string>(StringComparer.Ordinal)
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
            ["RABBITMQ_PID_FILE"] = Path.Combine(_folder, "pid"),
            ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["ERL_EPMD_PORT"] = names,
            // No busy waiting: the cores are wanted elsewhere.
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none",
        }));
    }

    private async Task ReadyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await AdminAsync(HttpMethod.Get, "overview?columns=rabbitmq_version", cancellationToken: cancellationToken);
                return;
            }
            catch (HttpRequestException)
            {
                if (_processes[^1].HasExited)
                    throw new InvalidOperationException("rabbitmq-server ended at its start.");
                await Task.Delay(Glance, cancellationToken);
            }
        }
    }

    private Process Start(string program, string[] arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>With what it started: the server is a child of its script.</summary>
    private static void Kill(Process process)
    {
        using (process)
        {
            if (process.HasExited)
                return;
            process.Kill(entireProcessTree: true);
            process.WaitForExit(5_000);
        }
    }
}

/// <summary>How it is set up beyond what it needs to run.</summary>
/// <param name="Settings">Lines of <c>rabbitmq.conf</c>; <c>FOLDER</c> in them is its folder.</param>
/// <param name="Files">What stands in that folder, by name.</param>
internal sealed record LocalRabbitMqOptions(string Administrator, string Password, string Settings, IReadOnlyList<string> Plugins, IReadOnlyDictionary<string, string> Files);

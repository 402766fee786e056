using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Server.Demo;

namespace JitBroker.Tests.Issuing;

/// <summary>
/// A private RabbitMQ of Debian's package with management and oauth2 plugin, as the demo starts one. Holds a queue <c>orders</c> and a topic exchange <c>ev</c>. Stopped when it is
/// disposed of, or when the process ends.
/// </summary>
public sealed class RabbitMqServer : IDisposable
{
    public const string Administrator = "jit_admin";
    public const string Password = "administrators-own-password";
    public const string ResourceServer = "rabbit-of-the-tests";

    private static readonly ConcurrentBag<LocalRabbitMq> Running = [];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly LocalRabbitMq _server;

    private RabbitMqServer(LocalRabbitMq server) => _server = server;

    public static bool IsInstalled => LocalRabbitMq.IsInstalled;

    public int AmqpPort => _server.AmqpPort;

    public int ManagementPort => _server.ManagementPort;

    public Uri Management => _server.Management;

    public Uri Amqp => _server.Amqp;

    public string LogFile => _server.LogFile;

    /// <summary>Null where it is not installed.</summary>
    /// <param name="keys">Public keys, by key id, whose tokens let people in: PEM.</param>
    public static async Task<RabbitMqServer?> NewAsync(IReadOnlyDictionary<string, string>? keys = null)
    {
        if (!IsInstalled)
            return null;
        using var patience = new CancellationTokenSource(Patience);
        var server = await LocalRabbitMq.StartAsync(Options(keys ?? new Dictionary<string, string>(StringComparer.Ordinal)), patience.Token);
        Running.Add(server);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Dispose();
        await server.AdminAsync(HttpMethod.Put, "queues/%2F/orders", new JsonObject { ["durable"] = true });
        await server.AdminAsync(HttpMethod.Put, "exchanges/%2F/ev", new JsonObject { ["type"] = "topic" });
        return new RabbitMqServer(server);
    }

    /// <summary>A call of the management API as the administrator: by eyes that are not the issuer's. Null for an answer without a body.</summary>
    public Task<JsonNode?> AdminAsync(HttpMethod method, string path, JsonObject? body = null) => _server.AdminAsync(method, path, body);

    /// <summary>Names of users that begin with <paramref name="prefix"/>.</summary>
    public async Task<IReadOnlyList<string>> UsersAsync(string prefix) =>
        [.. (await AdminAsync(HttpMethod.Get, "users?columns=name"))!.AsArray().Select(u => (string)u!["name"]!).Where(n => n.StartsWith(prefix, StringComparison.Ordinal))];

    public async Task<int> ConnectionsAsync(string user) => (await AdminAsync(HttpMethod.Get, $"connections/username/{Uri.EscapeDataString(user)}"))!.AsArray().Count;

    public void Dispose() => _server.Dispose();

    /// <summary>After the last test: xunit gives a process ten seconds to exit.</summary>
    public static void StopAll() => Parallel.ForEach(Running, static server => server.Dispose());

    private static LocalRabbitMqOptions Options(IReadOnlyDictionary<string, string> keys)
    {
        string[] settings =
        [
            "auth_backends.1 = internal",
            "auth_backends.2 = rabbit_auth_backend_oauth2",
            $"auth_oauth2.resource_server_id = {ResourceServer}",
            "auth_oauth2.algorithms.1 = RS256",
            .. keys.Keys.Select(kid => string.Create(CultureInfo.InvariantCulture, $"auth_oauth2.signing_keys.{kid} = FOLDER/{kid}.pem")),
        ];
        return new LocalRabbitMqOptions(
            Administrator, Password, string.Join('\n', settings), ["rabbitmq_auth_backend_oauth2"], keys.ToDictionary(k => $"{k.Key}.pem", k => k.Value, StringComparer.Ordinal));
    }
}

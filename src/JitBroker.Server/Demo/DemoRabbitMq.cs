using System.ComponentModel;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace JitBroker.Server.Demo;

/// <summary>A throw-away RabbitMQ with a queue of orders, for the <c>rabbitmq</c> issuer.</summary>
internal sealed class DemoRabbitMq : IDemoTarget
{
    /// <summary>Reading from a queue, as a user of one's own that is removed at the end.</summary>
    public const string Queue = "orders-queue:read";

    private const string Administrator = "jit";
    private const string Variable = "DEMO_RABBITMQ";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly LocalRabbitMq _server;
    private readonly string _password;

    private DemoRabbitMq(LocalRabbitMq server, string password) => (_server, _password) = (server, password);

    public string Line => string.Create(CultureInfo.InvariantCulture, $"RabbitMQ  {_server.Amqp.Authority}  queue orders, for {Queue}");

    public string Issuer => $$"""  orders-mq: { kind: rabbitmq, management: "{{_server.Management}}", amqp: "{{_server.Amqp}}", user: {{Administrator}}, password: "${env:{{Variable}}}" }""";

    public string Entitlement => $$"""
          {{Queue}}:
            title: Orders queue, read and take
            issuer: orders-mq
            grants: { vhost: /, read: "^orders$" }
            eligible: [engineering]
            duration: { min: 5s, default: 30m, max: 8h }
            reason: { required: true, pattern: '(INC|OPS)-\d+', hint: "Name a ticket, e.g. INC-42" }
            approval:
              - { group: data-owners, votes: 1 }
        """;

    public string? Secret(string name) => name == Variable ? _password : null;

    public static async Task<(IDemoTarget? Target, string Absence)> StartAsync(Uri broker, CancellationToken cancellationToken)
    {
        if (!LocalRabbitMq.IsInstalled)
            return (null, "no RabbitMQ on this machine; with Debian's rabbitmq-server installed there would be one");
        var password = RandomNumberGenerator.GetHexString(32, lowercase: true);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var server = await LocalRabbitMq.StartAsync(new LocalRabbitMqOptions(Administrator, password, "", [], new Dictionary<string, string>(StringComparer.Ordinal)), patience.Token);
            await server.AdminAsync(HttpMethod.Put, "queues/%2F/orders", new JsonObject { ["durable"] = true }, cancellationToken);
            foreach (var customer in (string[])["Ada", "Blaise", "Carl"])
                await server.AdminAsync(HttpMethod.Post, "exchanges/%2F/amq.default/publish", Message(customer), cancellationToken);
            return (new DemoRabbitMq(server, password), "");
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is InvalidOperationException or Win32Exception or HttpRequestException or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            return (null, $"no RabbitMQ could be started here ({e.Message.TrimEnd('.')})");
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static JsonObject Message(string customer) =>
        new() { ["properties"] = new JsonObject(), ["routing_key"] = "orders", ["payload"] = $$"""{"customer":"{{customer}}"}""", ["payload_encoding"] = "string" };
}

using System.Security.Cryptography;
using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Issuers;
using JitBroker.Issuers.Jwt;
using JitBroker.Issuers.RabbitMq;
using JitBroker.Issuing;
using JitBroker.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace JitBroker.Tests.Issuing;

/// <summary>A real RabbitMQ as target, and the issuer as its administrator. Shared by the tests of a run, which use names of their own. Access is tried with RabbitMQ's own client.</summary>
internal sealed class RabbitMqBench
{
    public const string Queue = "orders";

    private const string Reference = "${env:MQ}";
    private static readonly Lazy<Task<RabbitMqBench?>> Shared = new(StartAsync);
    private static int _names;

    private readonly SigningKeys _keys;

    private RabbitMqBench(RabbitMqServer server, SigningKeys keys, string keysDirectory) => (Server, _keys, KeysDirectory) = (server, keys, keysDirectory);

    public RabbitMqServer Server { get; }

    public string KeysDirectory { get; }

    /// <summary>Skips the test where the server is not installed, and fails it in CI.</summary>
    public static async Task<RabbitMqBench> GetAsync()
    {
        if (await Shared.Value is { } bench)
            return bench;
        const string remedy = "RabbitMQ is not installed: apt-get install rabbitmq-server";
        if (Environment.GetEnvironmentVariable("CI") is "true")
            Assert.Fail($"{remedy}. In CI a missing server is a failure.");
        Assert.Skip($"{remedy}.");
        return null!;
    }

    public RabbitMqIssuer Issuer(TimeProvider? clock = null) => new(Secrets(), _keys, new JwtOptions("https://jit.example", KeysDirectory), clock ?? RealTime());

    public CheckServer Check(TimeProvider? clock = null, string password = RabbitMqServer.Password) => new(Secrets(password), clock ?? RealTime());

    public ListUsers Lists() => new(Secrets());

    public JsonObject Settings(string mode = "user", Uri? management = null, string user = RabbitMqServer.Administrator, string lifetime = "15m") => new()
    {
        ["management"] = (management ?? Server.Management).AbsoluteUri,
        ["amqp"] = Server.Amqp.AbsoluteUri,
        ["user"] = user,
        ["password"] = Reference,
        ["mode"] = mode,
        ["resourceServerId"] = RabbitMqServer.ResourceServer,
        ["tokenLifetime"] = lifetime,
    };

    /// <summary>May read the queue of orders, and nothing else.</summary>
    public static JsonObject ReadsOrders => new() { ["vhost"] = "/", ["read"] = "^orders$", ["connectionLimit"] = 2 };

    public IssueOrder Order(JsonObject? grants = null, JsonObject? settings = null, TimeSpan? length = null)
    {
        var now = RealTime().GetUtcNow();
        return new IssueOrder(
            Ids.New(now), "01J8ZQGRANT", "ana.diaz@example.com", "Ana", "orders-mq:read", "rmq", (settings ?? Settings()).ToJsonString(), (grants ?? ReadsOrders).ToJsonString(), now, now + (length ?? TimeSpan.FromMinutes(30)));
    }

    public async Task<Lease> MintAsync(IssueOrder? order = null)
    {
        order ??= Order();
        var issuer = Issuer();
        var plan = issuer.Plan(order);
        var outcome = await issuer.MintAsync(order, plan, TestContext.Current.CancellationToken);
        Assert.True(outcome is MintOutcome.Minted, outcome.ToString());
        return new Lease(this, plan, UserHandle.NameOf(order.LeaseId, order.Holder), ((MintOutcome.Minted)outcome).Credential);
    }

    public static string NewName(string prefix) => $"{prefix}-{Interlocked.Increment(ref _names)}";

    public static async Task<IConnection> ConnectAsync(Credential credential)
    {
        var factory = new ConnectionFactory { Uri = new Uri((string)credential.Reveal()["uri"]!), AutomaticRecoveryEnabled = false, RequestedConnectionTimeout = TimeSpan.FromSeconds(20) };
        return await factory.CreateConnectionAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Whether the server lets the holder do something right now. A connection alone proves nothing: the client calls it open before the server has said no.</summary>
    public static async Task<bool> MayAsync(Credential credential, Func<IChannel, Task> act)
    {
        try
        {
            await using var connection = await ConnectAsync(credential);
            await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
            await act(channel);
            return true;
        }
        catch (Exception e) when (e is OperationInterruptedException or BrokerUnreachableException { InnerException: AuthenticationFailureException or OperationInterruptedException })
        {
            return false;
        }
    }

    public static Task<bool> MayReadAsync(Credential credential, string queue = Queue) => MayAsync(credential, c => c.BasicGetAsync(queue, autoAck: false));

    public static Task<bool> MayPublishAsync(Credential credential, string exchange, string key) =>
        MayAsync(credential, async c => await c.BasicPublishAsync(exchange, key, ReadOnlyMemory<byte>.Empty));

    public SecretLookup Secrets(string password = RabbitMqServer.Password) => TestSecrets.Of(("MQ", password));

#pragma warning disable RS0030 // The target is a real server with a real clock.
    public static TimeProvider RealTime() => TimeProvider.System;
#pragma warning restore RS0030

    private static async Task<RabbitMqBench?> StartAsync()
    {
        if (!RabbitMqServer.IsInstalled)
            return null;
        var folder = Directory.CreateTempSubdirectory("jit-rabbit-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        var options = new JwtOptions("https://jit.example", Path.Combine(folder, "keys"));
        await ReadyKeys.CopyToAsync(options.KeysDirectory);
        var database = new SqliteDatabase($"Data Source={Path.Combine(folder, "jitbroker.db")}");
        await new Migrator(database, RealTime()).ApplyAsync(CancellationToken.None);
        var keys = new SigningKeys(new SigningKeyStore(database, new EventStore()), options, RealTime(), NullLogger<SigningKeys>.Instance);
        await keys.LoadAsync(CancellationToken.None);
        return new RabbitMqBench((await RabbitMqServer.NewAsync(PublicKeys(options.KeysDirectory)))!, keys, options.KeysDirectory);
    }

    private static Dictionary<string, string> PublicKeys(string directory)
    {
        Dictionary<string, string> keys = new(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(directory, "RS256-*.pem"))
        {
            using var key = RSA.Create();
            key.ImportFromPem(File.ReadAllText(file));
            keys[Jwk.Of(key).KeyId] = key.ExportSubjectPublicKeyInfoPem();
        }

        return keys;
    }

    /// <summary>One lease at the target.</summary>
    internal sealed record Lease(RabbitMqBench Bench, MintPlan Plan, string User, Credential Credential)
    {
        public Task<EndOutcome> EndAsync() => Bench.Issuer().EndAsync(Plan.Handle, TestContext.Current.CancellationToken);

        /// <summary>Ended, read by eyes that are not the issuer's: no user, no connection.</summary>
        public async Task EndAndVerifyAsync()
        {
            Assert.Equal(new EndOutcome.Ended(Existed: true), await EndAsync());
            Assert.Empty(await Bench.Server.UsersAsync(User));
            Assert.Equal(0, await Bench.Server.ConnectionsAsync(User));
        }
    }
}

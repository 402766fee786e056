using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Issuers;
using JitBroker.Issuers.Jwt;
using JitBroker.Issuers.Kafka;
using JitBroker.Issuers.Kafka.Wire;
using JitBroker.Issuing;
using JitBroker.Storage;
using JitBroker.Tests.Issuing;
using Microsoft.Extensions.Logging;

namespace JitBroker.Tests.Kafka;

/// <summary>The issuer at a cluster: a fake of the test's own, or the real one that the tests of a run share.</summary>
internal sealed class KafkaBench : IAsyncDisposable
{
    public const string PublicUrl = "https://jit.example";
    public const string Audience = "kafka-tests";
    public const string Topic = "orders";

    private static readonly Lazy<Task<KafkaBench>> Shared = new(static () => StartRealAsync());

    private readonly string _folder = Directory.CreateTempSubdirectory("jit-kafka-").FullName;
    private readonly Database _database;
    private readonly BrokerConnections _connections;

    private KafkaBench(TimeProvider clock, bool isReal)
    {
        IsReal = isReal;
        Clock = clock;
        _database = new SqliteDatabase($"Data Source={Path.Combine(_folder, "jitbroker.db")}");
        _connections = new BrokerConnections(clock);
        Keys = new SigningKeys(new SigningKeyStore(_database, new EventStore()), Options, clock, new Logger<SigningKeys>(Log));
    }

    public bool IsReal { get; }

    public TimeProvider Clock { get; }

    public CapturedLog Log { get; } = new();

    public SigningKeys Keys { get; }

    public string Jwks { get; private set; } = "";

    public FakeCluster Cluster { get; } = new();

    /// <summary>Of the fake.</summary>
    public List<FakeBroker> Brokers { get; } = [];

    public KafkaServer? Server { get; private set; }

    public IReadOnlyList<string> Bootstrap { get; set; } = [];

    public string AdminPassword { get; set; } = FakeCluster.AdminPassword;

    private JwtOptions Options => new(PublicUrl, Path.Combine(_folder, "keys"));

    /// <summary>A fake cluster of so many brokers.</summary>
    public static async Task<KafkaBench> FakeAsync(int brokers = 1, TimeProvider? clock = null)
    {
        var bench = new KafkaBench(clock ?? new SteppedClock(RealTime().GetUtcNow()), isReal: false);
        for (var id = 1; id <= brokers; id++)
            bench.Brokers.Add(new FakeBroker(bench.Cluster, id));
        bench.Bootstrap = [.. bench.Brokers.Select(b => b.Address)];
        await bench.LoadKeysAsync();
        bench.Cluster.Tokens = () => (bench.Jwks, PublicUrl, Audience, bench.Clock.GetUtcNow());
        return bench;
    }

    /// <summary>The real Kafka; skips the test where none is given.</summary>
    public static Task<KafkaBench> RealAsync()
    {
        Assert.SkipWhen(KafkaServer.Home is null, KafkaServer.Absence);
        return Shared.Value;
    }

    public KafkaTarget Target() => new(Secrets, _connections, Clock);

    public KafkaToken Tokens() => new(Keys, Options, Clock);

    public IIssuer Issuer() => new KafkaIssuer(Target(), Tokens(), Clock);

    public string Settings(string mode = "scram", string mechanism = "SCRAM-SHA-512", bool isTls = false, bool hasAuthority = false)
    {
        var settings = new JsonObject
        {
            ["bootstrap"] = new JsonArray([.. Bootstrap.Select(b => (JsonNode)b)]),
            ["tls"] = isTls,
            ["mechanism"] = mechanism,
            ["user"] = IsReal ? KafkaServer.Admin : FakeCluster.Admin,
            ["password"] = "${env:KP}",
            ["mode"] = mode,
        };
        if (mode == "jwt")
            settings["audience"] = Audience;
        if (hasAuthority)
            settings["ca"] = "${env:CA}";
        return settings.ToJsonString();
    }

    public static string Grants(string topic = Topic, string pattern = "literal", string operations = "\"read\"") =>
        $$"""{"groups":[{"name":"billing-","pattern":"prefixed"}],"topics":[{"name":"{{topic}}","operations":[{{operations}}],"pattern":"{{pattern}}"}]}""";

    public IssueOrder Order(string mode = "scram", string? settings = null, string? grants = null, string holder = "ana.diaz@example.com", TimeSpan? length = null)
    {
        var now = Clock.GetUtcNow();
        return new IssueOrder(
            Ids.New(now), Ids.New(now), holder, "Ana", "orders:read", "stream", settings ?? Settings(mode), grants ?? Grants(), now, now + (length ?? TimeSpan.FromMinutes(30)));
    }

    /// <summary>A new lease, minted.</summary>
    public async Task<(MintPlan Plan, Credential Credential)> MintAsync(IssueOrder order)
    {
        var issuer = Issuer();
        var plan = issuer.Plan(order);
        var outcome = await issuer.MintAsync(order, plan, TestContext.Current.CancellationToken);
        Assert.True(outcome is MintOutcome.Minted, outcome.ToString());
        return (plan, ((MintOutcome.Minted)outcome).Credential);
    }

    /// <summary>Whether the holder gets in and may fetch.</summary>
    public static async Task<bool> WorksAsync(Credential credential)
    {
        using var holder = await Holder.LogInAsync(credential);
        return holder is not null && await holder.FetchAsync(Topic) == 0;
    }

    public async Task<IReadOnlyList<string>> StandingAsync()
    {
        if (!IsReal)
            return [.. Cluster.Logins.Keys.Select(k => k.User), .. Cluster.Acls.Keys.Select(a => a.Principal)];
        using var admin = await AdminAsync();
        return await admin.StandingAsync();
    }

    /// <summary>The administrator of the real one.</summary>
    public async Task<Holder> AdminAsync() =>
        await Holder.LogInAsync("127.0.0.1", Server!.Port, "SCRAM-SHA-512", KafkaServer.Admin, KafkaServer.AdminPassword) ?? throw new InvalidOperationException("The administrator is not let in.");

    public string? Secrets(string reference, out string problem)
    {
        var value = reference switch
        {
            "${env:KP}" => IsReal ? KafkaServer.AdminPassword : AdminPassword,
            "${env:CA}" => Authority,
            _ => reference.StartsWith("${", StringComparison.Ordinal) ? null : reference,
        };
        problem = value is null ? $"{reference} is not set." : "";
        return value;
    }

    /// <summary>PEM.</summary>
    public string? Authority { get; set; }

    public async ValueTask DisposeAsync()
    {
        if (IsReal)
            return;
        await _connections.DisposeAsync();
        foreach (var broker in Brokers)
            await broker.DisposeAsync();
        Keys.Dispose();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

#pragma warning disable RS0030 // The target is a real server with a real clock.
    public static TimeProvider RealTime() => TimeProvider.System;
#pragma warning restore RS0030

    private static async Task<KafkaBench> StartRealAsync()
    {
        var bench = new KafkaBench(RealTime(), isReal: true);
        await bench.LoadKeysAsync();
        bench.Server = await KafkaServer.StartAsync((Serve(bench.Jwks), PublicUrl, Audience));
        bench.Bootstrap = [string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{bench.Server.Port}")];
        using var admin = await bench.AdminAsync();
        await admin.MakeTopicAsync(Topic);
        return bench;
    }

    /// <summary>The keys, by HTTP, until the process ends.</summary>
    private static Uri Serve(string jwks)
    {
        for (var port = 39_200; ; port++)
        {
            var listener = new HttpListener();
            listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
            try
            {
                listener.Start();
            }
            catch (HttpListenerException)
            {
                continue;
            }

            _ = AnswerAsync(listener, Encoding.UTF8.GetBytes(jwks));
            return new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/jwks.json"));
        }
    }

    private static async Task AnswerAsync(HttpListener listener, byte[] jwks)
    {
        while (listener.IsListening)
        {
            var context = await listener.GetContextAsync();
            context.Response.ContentType = "application/json";
            await context.Response.OutputStream.WriteAsync(jwks);
            context.Response.Close();
        }
    }

    private async Task LoadKeysAsync()
    {
        await new Migrator(_database, Clock).ApplyAsync(CancellationToken.None);
        await ReadyKeys.CopyToAsync(Options.KeysDirectory);
        await Keys.LoadAsync(CancellationToken.None);
        Jwks = (await new Discovery(Keys, Options).JwksAsync(CancellationToken.None))!.ToJsonString();
    }
}

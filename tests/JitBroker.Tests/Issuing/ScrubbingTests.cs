using System.Buffers.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using JitBroker.Catalog;
using JitBroker.Issuing;
using JitBroker.Tests.Loop;
using JitBroker.Tests.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Tests.Issuing;

/// <summary>Issuers that say too much: what reaches people and logs holds no secret (E2).</summary>
public sealed class ScrubbingTests
{
    private const string Connection = "Host=db;Username=jit_broker;Password=p4ss;Database=orders";
    private const string Settings = """{"connection":"${env:ORDERS_PG}","introspectors":[{"client":"logs","secret":"${file:hush}"}],"user":"${env:MQ_USER}"}""";

    private static readonly SecretResolver Secrets = new(
        name => name switch { "ORDERS_PG" => Connection, "MQ_USER" => "jit", _ => null }, Environment.CurrentDirectory);

    [Theory]
    [InlineData("connecting as Host=db;Username=jit_broker;Password=p4ss;Database=orders failed", "connecting as *** failed")]
    [InlineData("the password p4ss is wrong for jit_broker", "the password *** is wrong for jit_broker")]
    [InlineData("statement: create role x password 'SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy'", "statement: create role x password '***'")]
    [InlineData("""sent {"password":"abcdef","tags":""}""", """sent {"password":"***","tags":""}""")]
    [InlineData("amqps://jit:hunter2@mq:5671/orders refused", "amqps://jit:***@mq:5671/orders refused")]
    [InlineData("Authorization: Basic aml0Omh1bnRlcjI= was refused", "Authorization: Basic *** was refused")]
    [InlineData("token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln is not valid", "token *** is not valid")]
    [InlineData("The security token ASIAIOSFODNN7EXAMPLE has expired", "The security token *** has expired")]
    [InlineData("key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY was used", "key *** was used")]
    [InlineData("Role jit_01kaqv5m3v0000000000000000 stands; lease 01KAQV5M3V0000000000000000 at db.example.com:5432 (42501).", null)]
    [InlineData("User: arn:aws:sts::123456789012:assumed-role/jit/jit-01kaqv5m3v0000000000000000-ana-maria-example-com is not authorized", null)]
    [InlineData("Sessions of jit_01kaqv5m3v0000000000000000 at 10.0.0.7:5432 do not go: pid 4711, 4712. Its logins are blocked.", null)]
    public async Task What_an_issuer_says_is_told_without_what_is_secret_in_it(string said, string? told)
    {
        var (registry, issuer, log) = await RegistryAsync();
        issuer.BeforeMint = (_, _) => Task.FromResult<MintOutcome?>(new MintOutcome.Unavailable(said, Obstacle.Throttled, TimeSpan.FromSeconds(7)));
        issuer.BeforeEnd = (_, _) => Task.FromResult<EndOutcome?>(new EndOutcome.Failed(said, Obstacle.Denied));
        var (order, plan) = Order(registry);

        Assert.Equal(new MintOutcome.Unavailable(told ?? said, Obstacle.Throttled, TimeSpan.FromSeconds(7)), await registry.Find("http")!.MintAsync(order, plan, CancellationToken.None));
        Assert.Equal(new EndOutcome.Failed(told ?? said, Obstacle.Denied), await registry.Find("http")!.EndAsync(plan.Handle, CancellationToken.None));
        issuer.BeforeMint = (_, _) => Task.FromResult<MintOutcome?>(new MintOutcome.Refused(said));
        Assert.Equal(new MintOutcome.Refused(told ?? said), await registry.Find("http")!.MintAsync(order, plan, CancellationToken.None));
        Assert.Equal("", log.Text);
    }

    [Fact]
    public async Task An_exception_that_quotes_a_secret_ends_at_the_registry_and_its_type_alone_is_told_and_logged()
    {
        var (registry, issuer, log) = await RegistryAsync();
        issuer.BeforeMint = (_, _) => throw new InvalidOperationException("sent " + Connection, new IOException("p4ss"));
        issuer.BeforeEnd = (_, _) => throw new TimeoutException("p4ss");
        var (order, plan) = Order(registry);

        Assert.Equal(new MintOutcome.Unavailable("door failed (InvalidOperationException)."), await registry.Find("http")!.MintAsync(order, plan, CancellationToken.None));
        Assert.Equal(new EndOutcome.Failed("door did not answer in time.", Obstacle.Away), await registry.Find("http")!.EndAsync(plan.Handle, CancellationToken.None));

        Assert.Contains("InvalidOperationException < IOException", log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("p4ss", log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_was_given_up_stays_given_up()
    {
        var (registry, issuer, _) = await RegistryAsync();
        issuer.BeforeMint = async (_, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return null;
        };
        var (order, plan) = Order(registry);
        using var given = new CancellationTokenSource();

        var minting = registry.Find("http")!.MintAsync(order, plan, given.Token);
        await given.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => minting);
    }

    [Fact]
    public void No_random_credential_of_32_bytes_passes_in_any_text() => Prop.ForAll(
        Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(32).ToArbitrary(),
        ArbMap.Default.ArbFor<NonNull<string>>(),
        (bytes, around) =>
        {
            string[] forms = [Base64Url.EncodeToString(bytes), Convert.ToBase64String(bytes), Convert.ToHexString(bytes), Convert.ToHexStringLower(bytes)];
            // What is not random, such as 32 equal bytes, is no credential.
            return bytes.Distinct().Count() < 20 || forms.All(secret => !SecretShapes.Hide($"{around.Get} {secret} {around.Get}").Contains(secret, StringComparison.Ordinal));
        }).QuickCheckThrowOnFailure();

    private static async Task<(IssuerRegistry Registry, ScriptedIssuer Issuer, CapturedLog Log)> RegistryAsync()
    {
        await using var databases = await Databases.NewAsync(JitBroker.Storage.Engine.Sqlite, migrate: false);
        var (issuer, log) = (new ScriptedIssuer(), new CapturedLog());
        return (new IssuerRegistry([issuer], databases.Database, new Logger<IssuerRegistry>(log), Secrets), issuer, log);
    }

    private static (IssueOrder Order, MintPlan Plan) Order(IssuerRegistry registry)
    {
        var now = new ManualClock().GetUtcNow();
        var order = new IssueOrder(Ids.New(now), Ids.New(now), "ana@example.com", "Ana", "logs:read", "door", Settings, "{}", now, now + TimeSpan.FromHours(1));
        var plan = registry.Find("http")!.Plan(order);
        return (order, plan with { Handle = plan.Handle with { Data = JsonNode.Parse(Settings)!.AsObject() } });
    }
}

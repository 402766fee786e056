using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text;
using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Issuers.Jwt;
using JitBroker.Issuing;
using JitBroker.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Tests.Issuing;

/// <summary>One broker's jwt parts over a real database in a folder of its own, with a clock that is moved by hand.</summary>
internal sealed class JwtBench : IAsyncDisposable
{
    public const string PublicUrl = "https://jit.example";
    public const string Audience = "https://logs.example";
    public const string CallerSecret = "s3cret of the caller: ünïcode & %+";

    private readonly List<SigningKeys> _rings = [];

    private JwtBench(string folder)
    {
        Folder = folder;
        Database = new SqliteDatabase($"Data Source={Path.Combine(folder, "jitbroker.db")}");
        Store = new SigningKeyStore(Database, new EventStore());
        Keys = Ring("keys");
        Standings = new FakeStandings();
        Catalog = new CatalogHolder(CatalogWith(Settings("RS256"), Settings("ES256")));
        Tokens = new OwnTokens(Keys, Options("keys"), Clock);
        Discovery = new Discovery(Keys, Options("keys"));
        Introspection = Introspector(Standings);
    }

    public string Folder { get; }

    public SteppedClock Clock { get; } = new(new DateTimeOffset(2026, 11, 22, 10, 0, 0, 250, TimeSpan.Zero));

    public CapturedLog Log { get; } = new();

    public Database Database { get; }

    public SigningKeyStore Store { get; }

    public SigningKeys Keys { get; }

    public FakeStandings Standings { get; }

    public CatalogHolder Catalog { get; }

    public OwnTokens Tokens { get; }

    public Discovery Discovery { get; }

    public TokenIntrospection Introspection { get; }

    public string KeysDirectory => Path.Combine(Folder, "keys");

    public static string Basic { get; } = BasicOf("logs", CallerSecret);

    /// <summary>Migrated and with its keys loaded.</summary>
    public static async Task<JwtBench> StartAsync()
    {
        var bench = await StartWithoutKeysAsync();
        await ReadyKeys.CopyToAsync(bench.KeysDirectory);
        await bench.Keys.LoadAsync(TestContext.Current.CancellationToken);
        return bench;
    }

    public static async Task<JwtBench> StartWithoutKeysAsync()
    {
        var bench = new JwtBench(Directory.CreateTempSubdirectory("jit-jwt-").FullName);
        await new Migrator(bench.Database, bench.Clock).ApplyAsync(TestContext.Current.CancellationToken);
        return bench;
    }

    /// <summary>Settings of issuer <c>tokens-ALG</c>.</summary>
    public static string Settings(string algorithm) =>
        $$"""{"alg":"{{algorithm}}","introspectors":[{"client":"logs","secret":"${env:LOGS_SECRET}"}],"tokenLifetime":"15m"}""";

    public static string Grants(string verify) =>
        $$"""{"audience":"{{Audience}}","claims":{"team":"payments"},"scope":["read","list"],"skew":"1m","verify":"{{verify}}"}""";

    public static string BasicOf(string client, string secret) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(client)}:{Uri.EscapeDataString(secret)}"));

    public static JwtOptions Options(string folder) => new(PublicUrl + "/", folder);

    /// <summary>Another replica's key ring, over the same database.</summary>
    public SigningKeys Ring(string directory)
    {
        var ring = new SigningKeys(Store, Options(Path.Combine(Folder, directory)), Clock, new Logger<SigningKeys>(Log));
        _rings.Add(ring);
        return ring;
    }

    public IIssuer Issuer(SigningKeys? keys = null) => new JwtIssuer(keys ?? Keys, Standings, Options("keys"), Clock);

    public TokenIntrospection Introspector(ILeaseStandings standings)
    {
        var secrets = TestSecrets.Of(("LOGS_SECRET", CallerSecret), ("OTHER_SECRET", "other"));
        var callers = new IntrospectionCallers(Catalog, secrets, new Logger<IntrospectionCallers>(Log));
        return new TokenIntrospection(callers, Tokens, standings, Options("keys"), Clock);
    }

    public static CatalogSnapshot CatalogWith(string rsaSettings, string ecSettings)
    {
        IssuerDefinition[] issuers =
        [
            new("tokens-RS256", "jwt", rsaSettings),
            new("tokens-ES256", "jwt", ecSettings),
            new("others", "jwt", """{"alg":"RS256","introspectors":[{"client":"other","secret":"${env:OTHER_SECRET}"}]}"""),
            new("unset", "jwt", """{"alg":"RS256","introspectors":[{"client":"unset","secret":"${env:NOT_SET}"}]}"""),
        ];
        return CatalogSnapshot.Empty with { Issuers = issuers.ToFrozenDictionary(i => i.Name, StringComparer.Ordinal) };
    }

    public IssueOrder Order(string algorithm = "RS256", string verify = "offline")
    {
        var now = Clock.GetUtcNow();
        return new IssueOrder(
            Ids.New(now), Ids.New(now), "ana@example.com", "Ana", "payments-logs:read", $"tokens-{algorithm}", Settings(algorithm), Grants(verify), now, now + TimeSpan.FromHours(1));
    }

    /// <summary>Mints and lets the lease be active.</summary>
    public async Task<string> MintAsync(IssueOrder order)
    {
        var issuer = Issuer();
        var outcome = await issuer.MintAsync(order, issuer.Plan(order), TestContext.Current.CancellationToken);
        Standings.Activate(order);
        return TokenOf(Assert.IsType<MintOutcome.Minted>(outcome).Credential);
    }

    public static string TokenOf(Credential credential) => credential.Reveal()["token"]!.GetValue<string>();

    public async ValueTask DisposeAsync()
    {
        _rings.ForEach(r => r.Dispose());
        await Database.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>The rows of leases and grants, as far as introspection looks at them.</summary>
    internal sealed class FakeStandings : ILeaseStandings
    {
        private readonly ConcurrentDictionary<string, LeaseStanding> _rows = new(StringComparer.Ordinal);

        public Task<LeaseStanding?> FindAsync(string leaseId, CancellationToken cancellationToken) => Task.FromResult(_rows.GetValueOrDefault(leaseId));

        public void Activate(IssueOrder order) =>
            _rows[order.LeaseId] = new LeaseStanding(IsActive: true, order.GrantId, order.Entitlement, order.Holder, order.EndsAt);

        public void End(IssueOrder order) =>
            _rows[order.LeaseId] = new LeaseStanding(IsActive: false, order.GrantId, order.Entitlement, order.Holder, order.EndsAt);
    }
}

using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Catalog.Reloading;
using JitBroker.Grants;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.People.SignIn;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Storage;
using JitBroker.Tests.Issuing;
using JitBroker.Tests.Loop;
using Microsoft.Extensions.Logging;
using System.Globalization;

namespace JitBroker.Tests.Catalog.Reloading;

/// <summary>Replicas of one broker, each with a catalog file of its own; their sweeps are rung and their clock is moved by the test.</summary>
internal sealed class ReloadBench : IAsyncDisposable
{
    private readonly List<TestBroker> _brokers = [];

    private ReloadBench(TestBroker first, string folder) => (First, Folder) = (first, folder);

    public TestBroker First { get; }

    public string Folder { get; }

    public CapturedLog Log { get; } = new();

    public ManualClock Clock => First.Clock;

    public static async Task<ReloadBench> NewAsync(Engine engine) => new(
        await TestBroker.NewAsync(engine, surfaces: new ChatSurfaces([new ChatSurface(Surface.Slack, "C1", "COPS")])),
        Directory.CreateTempSubdirectory("jit-reload-").FullName);

    /// <summary>A replica on the file of that name, not yet started. <paramref name="alone"/>: as over SQLite, where there can be no other.</summary>
    public Replica Of(string file, bool alone = false)
    {
        var broker = _brokers.Count == 0 ? First : First.Replica();
        _brokers.Add(broker);
        return new Replica(broker, Path.Combine(Folder, file), alone, Log);
    }

    /// <summary>The process died and another starts in its place.</summary>
    public Replica Again(Replica died)
    {
        died.Broker.Catalog = CatalogSnapshot.Empty;
        return new Replica(died.Broker, died.Path, died.IsAlone, Log);
    }

    public Task<IReadOnlyList<string>> ColumnAsync(string sql) => First.Database.ReadAsync(s => s.QueryAsync<string>(sql, null, CancellationToken.None), CancellationToken.None);

    /// <summary>Hashes of the catalogs that came into force, in order.</summary>
    public Task<IReadOnlyList<string>> AcceptedAsync() => ColumnAsync("select aggregate_id from events where type = 'catalog.accepted' order by at, id");

    /// <summary>What operations were told of catalogs.</summary>
    public Task<IReadOnlyList<string>> ToldAsync() => ColumnAsync("select data from deliveries where template = 'catalog_notice' order by created_at, id");

    public async ValueTask DisposeAsync()
    {
        foreach (var broker in _brokers.Where(b => b != First))
            await broker.DisposeAsync();
        await First.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A catalog of ten entitlements, e0 to e9, and ten people; each may be left out or changed.</summary>
    public static string Yaml(int entitlements = 10, int people = 10, string grants = "plain", string engineers = "ana@example.com, cy@example.com", string issuers = "door: { kind: http }")
    {
        string[] names = ["ana", "bea", "cy", "dan", .. Enumerable.Range(0, 6).Select(i => string.Create(CultureInfo.InvariantCulture, $"p{i}"))];
        var listed = string.Join("\n", names.Take(people).Select(n => $"  - {{ email: {n}@example.com, name: {char.ToUpperInvariant(n[0])}{n[1..]} }}"));
        var offered = string.Join("\n", Enumerable.Range(0, entitlements).Select(i => string.Create(CultureInfo.InvariantCulture, $$"""
              e{{i}}:
                title: Door {{i}}
                issuer: door
                grants: { resource: {{grants}}-{{i}} }
                eligible: [engineering]
                duration: { min: 1m, default: 1h, max: 8h }
                reason: { required: false }
                approval: [ { group: data-owners, votes: 1 } ]
            """)));
        return $$"""
            people:
            {{listed}}
            groups:
              engineering: { members: [{{engineers}}] }
              data-owners: { members: [bea@example.com, dan@example.com] }
              platform: { members: [dan@example.com] }
            roles: { admin: [platform] }
            issuers: { {{issuers}} }
            entitlements:
            {{offered}}
            """ + (entitlements == 0 ? " {}\n" : "\n");
    }

    public static string HashOf(string yaml) => Sample.Snapshot(yaml).Hash;
}

/// <summary>One process and its file.</summary>
internal sealed class Replica
{
    private readonly CatalogReloadOptions _options;
    private readonly ReloadCatalog _reload;

    public Replica(TestBroker broker, string path, bool alone, CapturedLog log)
    {
        (Broker, Path, IsAlone) = (broker, path, alone);
        var limits = Sample.Options with { Secrets = new SecretResolver(_ => null, System.IO.Path.GetDirectoryName(path)!) };
        _options = new CatalogReloadOptions(path, limits, alone);
        var (database, store) = (broker.Database, broker.Get<CatalogStore>());
        var take = new TakeCatalog(broker.Get<CatalogHolder>(), broker.Get<EndDueGrants>(), broker.Get<LapseRequests>(), broker.Get<EndInactiveSessions>(), log.CreateLogger<TakeCatalog>());
        var refuse = new RefuseCatalog(database, store, broker.Get<EventStore>(), broker.Get<Announcer>(), broker.TimeProvider, log.CreateLogger<RefuseCatalog>());
        _reload = new ReloadCatalog(
            database, store, broker.Get<EndDueGrants>(), broker.Get<AcceptCatalog>(), take, refuse, broker.Get<CatalogHolder>(), Standing, _options, broker.TimeProvider, log.CreateLogger<ReloadCatalog>());
    }

    public TestBroker Broker { get; }

    public string Path { get; }

    public bool IsAlone { get; }

    public CatalogStanding Standing { get; } = new();

    public string InForce => Broker.Catalog.Hash;

    public async Task<Replica> StartAsync(string? yaml = null)
    {
        if (yaml is not null)
            await File.WriteAllTextAsync(Path, yaml);
        await _reload.StartAsync(CancellationToken.None);
        return this;
    }

    public Task LookAsync() => _reload.RunAsync(CancellationToken.None);

    /// <summary>Looks as often as it takes to notice and settle, and once more.</summary>
    public async Task SettleAsync()
    {
        for (var i = 0; i < 8; i++)
        {
            await LookAsync();
            Broker.Clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    public async Task ChangeAsync(string yaml)
    {
        await File.WriteAllTextAsync(Path, yaml);
        await SettleAsync();
    }

    public Task<Outcome<CatalogAccepted>> AcceptAsync(string who, string hash) => new AcceptWaitingCatalog(
        Broker.Database, Broker.Get<CatalogStore>(), Broker.Get<EndDueGrants>(), Broker.Get<AcceptCatalog>(), _reload, Broker.Get<Refusals>(), Broker.Get<CatalogHolder>(), _options)
        .HandleAsync(TestBroker.As(who), hash, CancellationToken.None);

    public async Task<IReadOnlyList<WaitingCatalog>> WaitingAsync() =>
        (await new WaitingCatalogs(Broker.Database, Broker.Get<CatalogStore>(), Broker.Get<EndDueGrants>(), Broker.Get<CatalogHolder>(), _options).HandleAsync(CancellationToken.None)).Waiting;

    /// <summary>An active grant of <paramref name="who"/>.</summary>
    public async Task<Grant> GrantAsync(string entitlement, string who = "ana")
    {
        var request = await Broker.AskAsync(who, entitlement);
        return (await Broker.DecideAsync("bea", request.Id)).Value!.Grant!;
    }
}

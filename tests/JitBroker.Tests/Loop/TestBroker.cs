using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Issuing;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.People.Scim;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Scheduling;
using JitBroker.Storage;
using JitBroker.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace JitBroker.Tests.Loop;

/// <summary>The core without a host, on either engine, with a clock that stands until it is moved and sweeps that are rung by the test.</summary>
public sealed class TestBroker : IAsyncDisposable
{
    private readonly Databases _databases;
    private readonly ServiceProvider _services;
    private readonly bool _ownsDatabases;
    private readonly Action<IServiceCollection>? _more;

    private TestBroker(Databases databases, Database database, TimeProvider clock, ScriptedIssuer issuer, CatalogSnapshot catalog, ChatSurfaces surfaces, string replica, bool owns, AskLimits? asking = null, Action<IServiceCollection>? more = null)
    {
        _more = more;
        _databases = databases;
        _ownsDatabases = owns;
        Issuer = issuer;
        var services = new ServiceCollection().AddLogging().AddSingleton<IIssuer>(issuer).AddSingleton<IListsTarget>(issuer);
        more?.Invoke(services);
        var limits = new BrokerLimits(TimeSpan.FromHours(4), TimeSpan.FromHours(12));
        asking ??= new AskLimits(RequestsPerMinute: 1000, OpenRequests: 1000, CollectionsPerHour: 1000);
        services.AddCore(new CoreOptions(database, clock, catalog, limits, asking, MintOptions.Default, surfaces, new Replica(replica), ScimClients: new ScimClients(new HashSet<string> { "okta", "entra" })));
        _services = services.BuildServiceProvider();
        TimeProvider = clock;
    }

    public TimeProvider TimeProvider { get; }

    public ManualClock Clock => (ManualClock)TimeProvider;

    public ScriptedIssuer Issuer { get; }

    public Database Database => Get<Database>();

    public CatalogSnapshot Catalog
    {
        get => Get<CatalogHolder>().Current;
        set => Get<CatalogHolder>().Replace(value);
    }

    public static async Task<TestBroker> NewAsync(Engine engine, CatalogSnapshot? catalog = null, ChatSurfaces? surfaces = null, TimeProvider? clock = null, AskLimits? asking = null, ScriptedIssuer? issuer = null, Action<IServiceCollection>? more = null)
    {
        var databases = await Databases.NewAsync(engine);
        return new TestBroker(databases, databases.Database, clock ?? new ManualClock(), issuer ?? new ScriptedIssuer(), catalog ?? TestCatalog.Of(), surfaces ?? new ChatSurfaces([]), "one", owns: true, asking, more);
    }

    /// <summary>A second replica over the same database, with the same target and, unless it is given one, the same clock.</summary>
    public TestBroker Replica(TimeProvider? clock = null) =>
        new(_databases, _databases.OpenAnother(), clock ?? TimeProvider, Issuer, Catalog, new ChatSurfaces([]), "two", owns: false, more: _more);

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public static Actor As(string name, Surface surface = Surface.Api) => new(new Person(name + "@example.com", char.ToUpperInvariant(name[0]) + name[1..]), surface, "test:" + name);

    public async Task<Outcome<Submitted>> SubmitAsync(string who, string entitlement, TimeSpan? duration = null, DateTimeOffset? startsAt = null) =>
        await Get<SubmitRequest>().HandleAsync(As(who), new SubmitOrder(entitlement, false, duration, "INC-1", startsAt), null, CancellationToken.None);

    /// <summary>A request that must succeed.</summary>
    public async Task<Request> AskAsync(string who = "ana", string entitlement = TestCatalog.Logs, TimeSpan? duration = null, DateTimeOffset? startsAt = null)
    {
        var outcome = await SubmitAsync(who, entitlement, duration, startsAt);
        Assert.Null(outcome.Refusal);
        return outcome.Value!.Requests[0];
    }

    public Task<Outcome<Decided>> DecideAsync(string who, string requestId, bool approve = true, TimeSpan? duration = null) =>
        Get<DecideRequest>().HandleAsync(As(who), new DecideOrder(requestId, approve, approve ? null : "no", duration), null, CancellationToken.None);

    /// <summary>An active grant of <paramref name="who"/>.</summary>
    public async Task<Grant> GrantAsync(string who = "ana", TimeSpan? duration = null)
    {
        var request = await AskAsync(who, duration: duration);
        var outcome = await DecideAsync("bea", request.Id);
        Assert.Null(outcome.Refusal);
        return outcome.Value!.Grant!;
    }

    public Task<Outcome<Collected>> CollectAsync(string who, string grantId) => Get<MintLease>().HandleAsync(As(who), grantId, CancellationToken.None);

    public Task<Outcome<EndRequested>> EndAsync(string who, string grantId, string? reason = null) =>
        Get<EndGrant>().HandleAsync(As(who), grantId, reason, null, CancellationToken.None);

    public Task<Outcome<Request>> ExtendAsync(string who, string grantId, string duration = "30m", string reason = "INC-1") =>
        Get<SubmitExtension>().HandleAsync(As(who), new ExtendOrder(grantId, duration, reason), null, CancellationToken.None);

    /// <summary>Rings every sweep once and waits for the lanes.</summary>
    public async Task SweepAsync()
    {
        await Get<StartDueGrants>().RunAsync(CancellationToken.None);
        await Get<LapseRequests>().RunAsync(CancellationToken.None);
        await Get<NudgeRequests>().RunAsync(CancellationToken.None);
        await Get<EndDueGrants>().RunAsync(CancellationToken.None);
        await Get<RevokeDueLeases>().RunAsync(CancellationToken.None);
        await Get<RevokeDueLeases>().IdleAsync(CancellationToken.None);
        await Get<ProlongDueLeases>().RunAsync(CancellationToken.None);
        await Get<ProlongDueLeases>().IdleAsync(CancellationToken.None);
    }

    public async Task<Grant> ReadGrantAsync(string id) => (await Get<RequestReader>().FindGrantAsync(id, CancellationToken.None))!.Grant;

    public async Task<IReadOnlyList<Lease>> LeasesAsync(string grantId) => (await Get<RequestReader>().FindGrantAsync(grantId, CancellationToken.None))!.Leases;

    public async Task<RequestDetails> ReadAsync(string requestId) => (await Get<RequestReader>().FindAsync(requestId, CancellationToken.None))!;

    /// <summary>Types of the events about a request, refusals included, in order.</summary>
    public async Task<IReadOnlyList<string>> EventsAsync(string requestId) =>
        [.. (await Database.ReadAsync(s => Get<EventStore>().AboutAsync(s, requestId, CancellationToken.None), CancellationToken.None)).Select(e => e.Type)];

    /// <summary>Rule 12's shadow: every aggregate's events are numbered 1..n without holes, and n is its row's version.</summary>
    public async Task AssertEventsHaveNoHolesAsync()
    {
        var broken = await Database.ReadAsync(
            s => s.QueryAsync<string>(
                """
                select e.aggregate_id
                  from (select aggregate_id, count(*) as n, max(version) as top from events group by aggregate_id) e
                  left join (select id, version from requests union all select id, version from grants union all select id, version from leases union all select id, version from reviews) a on a.id = e.aggregate_id
                 where e.n <> e.top
                    or (a.id is not null and a.version <> e.top)
                """,
                null,
                CancellationToken.None),
            CancellationToken.None);
        Assert.Empty(broken);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_ownsDatabases)
            await _databases.DisposeAsync();
    }
}

using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Issuers.Jwt;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Scheduling;
using JitBroker.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace JitBroker.Benchmarks.Lifecycle;

/// <summary>
/// The core as the host composes it, with its limits as shipped and Slack switched on (its cards and notices are written, nobody sends them), and one
/// whole lifecycle through its use cases: submit, approve, collect a jwt, done.
/// </summary>
internal sealed class LifecycleUnderTest : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly SubmitRequest _submit;
    private readonly DecideRequest _decide;
    private readonly MintLease _collect;
    private readonly EndGrant _done;

    private LifecycleUnderTest(ServiceProvider services)
    {
        _services = services;
        _submit = services.GetRequiredService<SubmitRequest>();
        _decide = services.GetRequiredService<DecideRequest>();
        _collect = services.GetRequiredService<MintLease>();
        _done = services.GetRequiredService<EndGrant>();
    }

    /// <param name="database">Migrated.</param>
    /// <param name="catalog">As <see cref="BenchCatalog"/> makes it.</param>
    /// <param name="keysFolder">Where the signing keys are, or will be.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    public static async Task<LifecycleUnderTest> StartAsync(Database database, CatalogSnapshot catalog, string keysFolder, CancellationToken cancellationToken)
    {
        var clock = HostClock.New();
        await clock.SyncAsync(database, cancellationToken);
        var surfaces = new ChatSurfaces([new ChatSurface(Surface.Slack, "", "")]);
        var core = new CoreOptions(database, clock, catalog, BenchCatalog.Limits, new AskLimits(), MintOptions.Default, surfaces, new Replica("bench"));
        var services = new ServiceCollection()
            .AddLogging()
            .AddCore(core)
            .AddJwtIssuer(new JwtOptions(BenchCatalog.PublicUrl, keysFolder))
            .BuildServiceProvider();
        await services.GetRequiredService<SigningKeys>().LoadAsync(cancellationToken);
        return new LifecycleUnderTest(services);
    }

    /// <summary>One lifecycle, by the asker whose turn it is.</summary>
    public async Task RunAsync(int turn, CancellationToken cancellationToken)
    {
        var asker = As(BenchCatalog.Asker(turn));
        var order = new SubmitOrder(BenchCatalog.Entitlement, IsBundle: false, TimeSpan.FromMinutes(30), "INC-42: payments are slow");
        var request = Expect(await _submit.HandleAsync(asker, order, null, cancellationToken)).Requests[0];
        var decided = Expect(await _decide.HandleAsync(As(BenchCatalog.Approver(turn)), new DecideOrder(request.Id, Approve: true), null, cancellationToken));
        var grant = decided.Grant ?? throw new InvalidOperationException("The approval made no grant.");
        var collected = Expect(await _collect.HandleAsync(asker, grant.Id, cancellationToken));
        if (collected.Credential.Reveal()["token"] is null)
            throw new InvalidOperationException("The collection brought no token.");
        var ended = Expect(await _done.HandleAsync(asker, grant.Id, null, null, cancellationToken));
        if (ended.Grant.State != "ending")
            throw new InvalidOperationException($"The grant is {ended.Grant.State} after done; its token runs until it expires.");
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static Actor As(Person person) => new(person, Surface.Slack, $"slack:{BenchCatalog.Team}/{BenchCatalog.AccountOf(person)}");

    private static T Expect<T>(Outcome<T> outcome)
        where T : class =>
        outcome.Value ?? throw new InvalidOperationException($"The lifecycle was refused: {outcome.Refusal?.Code}: {outcome.Refusal?.Text}");
}

using System.Collections.Frozen;
using JitBroker.Catalog;
using JitBroker.Leases;
using JitBroker.People;
using JitBroker.People.SignIn;
using JitBroker.Policy;
using JitBroker.Storage;
using JitBroker.Tests.Loop;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.SignIn;

public sealed class SessionTests
{
    public static TheoryData<Engine> Engines => Databases.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_session_ends_by_itself(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var (ask, decide) = (await broker.SignInAsync("ana"), await broker.SignInAsync("ana", SessionScope.Decide));
        Assert.Equal(2, (await broker.Get<Sessions>().ListAsync("ana@example.com", CancellationToken.None)).Count);

        broker.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.IsType<SessionFound.Unknown>(await FindAsync(broker, decide.Token));
        Assert.IsType<SessionFound.Live>(await FindAsync(broker, ask.Token));

        broker.Clock.Advance(TimeSpan.FromHours(12) - TimeSpan.FromMinutes(15));
        Assert.IsType<SessionFound.Unknown>(await FindAsync(broker, ask.Token));
        Assert.Empty(await broker.Get<Sessions>().ListAsync("ana@example.com", CancellationToken.None));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_session_of_one_who_left_the_catalog_is_inactive(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var signedIn = await broker.SignInAsync("ana");
        broker.Catalog = broker.Catalog.Without("ana@example.com");

        Assert.IsType<SessionFound.Inactive>(await FindAsync(broker, signedIn.Token));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Ending_a_session_keeps_what_it_collected(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var (signedIn, lease) = await CollectedAsync(broker);

        var ended = await EndAsync(broker, "ana", signedIn.Session.Id, notMe: false);
        var again = await EndAsync(broker, "ana", signedIn.Session.Id, notMe: false);

        Assert.Equal((0, 0), (ended.Value!.LeasesEnded, again.Value!.LeasesEnded));
        Assert.IsType<SessionFound.Unknown>(await FindAsync(broker, signedIn.Token));
        Assert.Equal("active", (await broker.LeasesAsync(lease.GrantId))[0].State);
        Assert.Equal(["session.started", "session.ended"], await broker.EventsOfAsync(signedIn.Session.Id));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Not_me_ends_the_session_and_every_lease_it_collected(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var (signedIn, lease) = await CollectedAsync(broker);
        var mine = (await broker.CollectAsync("ana", lease.GrantId)).Value!.Lease;

        var ended = await EndAsync(broker, "ana", signedIn.Session.Id, notMe: true);
        await broker.SweepAsync();

        Assert.Equal(1, ended.Value!.LeasesEnded);
        var leases = (await broker.LeasesAsync(lease.GrantId)).ToDictionary(l => l.Id, l => l.State, StringComparer.Ordinal);
        Assert.Equal(("revoked", "active"), (leases[lease.Id], leases[mine.Id]));
        Assert.Single(broker.Issuer.Standing);
        Assert.Equal("active", (await broker.ReadGrantAsync(lease.GrantId)).State);
        Assert.Equal(["session.started", "session.disowned"], await broker.EventsOfAsync(signedIn.Session.Id));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Not_me_works_after_the_session_has_ended(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var (signedIn, lease) = await CollectedAsync(broker, SessionScope.Decide);
        broker.Clock.Advance(TimeSpan.FromMinutes(20));

        var ended = await EndAsync(broker, "ana", signedIn.Session.Id, notMe: true);
        await broker.SweepAsync();

        Assert.Equal(1, ended.Value!.LeasesEnded);
        Assert.Equal("revoked", (await broker.LeasesAsync(lease.GrantId))[0].State);
        Assert.Equal(0, (await EndAsync(broker, "ana", signedIn.Session.Id, notMe: true)).Value!.LeasesEnded);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Nobody_ends_the_session_of_another(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var signedIn = await broker.SignInAsync("ana");

        foreach (var id in new[] { signedIn.Session.Id, "nonsense", "01ARZ3NDEKTSV4RRFFQ69G5FAV" })
            Assert.Equal(Codes.NotFound, (await EndAsync(broker, "dan", id, notMe: true)).Refusal!.Code);

        Assert.IsType<SessionFound.Live>(await FindAsync(broker, signedIn.Token));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Collecting_racing_not_me_leaves_nothing_of_that_session_alive(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        for (var round = 0; round < 12; round++)
        {
            var grant = await broker.GrantAsync();
            var signedIn = await broker.SignInAsync("ana");
            var actor = (await FindAsync(broker, signedIn.Token) as SessionFound.Live)!.ActorAt(Surface.Cli);

            var collecting = Enumerable.Range(0, 3).Select(_ => Task.Run(() => broker.Get<MintLease>().HandleAsync(actor, grant.Id, CancellationToken.None)));
            var ending = Task.Run(() => EndAsync(broker, "ana", signedIn.Session.Id, notMe: true));
            await Task.WhenAll([.. collecting, ending]);
            await broker.SweepAsync();
            broker.Clock.Advance(TimeSpan.FromMinutes(1));
            await broker.SweepAsync();

            Assert.DoesNotContain(await broker.LeasesAsync(grant.Id), l => l.IsLive);
            Assert.Empty(broker.Issuer.Standing);
        }
    }

    private static async Task<(SignInPolled.SignedIn SignedIn, Lease Lease)> CollectedAsync(TestBroker broker, SessionScope scope = SessionScope.Ask)
    {
        var grant = await broker.GrantAsync();
        var signedIn = await broker.SignInAsync("ana", scope);
        var actor = ((SessionFound.Live)await FindAsync(broker, signedIn.Token)).ActorAt(Surface.Cli);
        var collected = await broker.Get<MintLease>().HandleAsync(actor, grant.Id, CancellationToken.None);
        return (signedIn, collected.Value!.Lease);
    }

    private static Task<SessionFound> FindAsync(TestBroker broker, string token) => broker.Get<Sessions>().FindAsync(token, CancellationToken.None);

    private static Task<Outcome<SessionEnded>> EndAsync(TestBroker broker, string who, string id, bool notMe) =>
        broker.Get<EndSession>().HandleAsync(SigningIn.InChat(who), id, notMe, null, CancellationToken.None);
}

internal static class CatalogChanges
{
    /// <summary>The catalog after somebody has left.</summary>
    public static CatalogSnapshot Without(this CatalogSnapshot catalog, string email) =>
        catalog with { People = catalog.People.Where(p => p.Key != email).ToFrozenDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal) };
}

using JitBroker.Catalog;
using JitBroker.Issuing;
using JitBroker.Leases;
using JitBroker.Storage;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Loop;

/// <summary>Credentials of an extended grant get its later end at their target, where the target can be told. For targets that misbehave see <see cref="ProlongLaneTests"/>.</summary>
public sealed class ProlongTests
{
    public static TheoryData<Engine> Engines => Databases.Engines;

    private static CatalogSnapshot Extensible() => TestCatalog.Of(e => e with { MaxExtensions = 2 });

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_credential_that_can_be_prolonged_is_after_the_commit(Engine engine)
    {
        var issuer = new ProlongingIssuer();
        await using var broker = await TestBroker.NewAsync(engine, Extensible(), issuer: issuer);
        var grant = await broker.GrantAsync();
        var lease = (await broker.CollectAsync("ana", grant.Id)).Value!.Lease;

        var extended = (await broker.DecideAsync("bea", (await broker.ExtendAsync("ana", grant.Id)).Value!.Id)).Value!.Grant!;
        Assert.Empty(issuer.Prolonged);
        await broker.SweepAsync();

        Assert.Equal(extended.EndsAt, Assert.Single(issuer.Prolonged).Value);
        var after = Assert.Single(await broker.LeasesAsync(grant.Id));
        Assert.Equal((lease.Id, "active", extended.EndsAt, null), (after.Id, after.State, after.ExpiresAt, after.ProlongUntil));
        Assert.Equal(["lease.prolonging", "lease.prolonged"], (await broker.EventsAsync(grant.RequestId)).Where(e => e.StartsWith("lease.pro", StringComparison.Ordinal)));
        await broker.AssertEventsHaveNoHolesAsync();

        broker.Clock.Advance(TimeSpan.FromMinutes(61));
        await broker.SweepAsync();
        Assert.Single(issuer.Standing);
        broker.Clock.Advance(TimeSpan.FromMinutes(30));
        await broker.SweepAsync();
        Assert.Empty(issuer.Standing);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_credential_that_cannot_be_prolonged_ends_at_its_time_and_is_collected_again(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Extensible());
        var grant = await broker.GrantAsync();
        await broker.CollectAsync("ana", grant.Id);
        await broker.DecideAsync("bea", (await broker.ExtendAsync("ana", grant.Id)).Value!.Id);

        broker.Clock.Advance(TimeSpan.FromHours(1));
        await broker.SweepAsync();
        Assert.Empty(broker.Issuer.Standing);
        var again = (await broker.CollectAsync("ana", grant.Id)).Value!;

        Assert.Equal(grant.EndsAt + TimeSpan.FromMinutes(30), again.Lease.ExpiresAt);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Prolonging_at_a_target_that_is_away_is_tried_until_it_is_done(Engine engine)
    {
        var issuer = new ProlongingIssuer { BeforeProlong = (_, _) => throw new TimeoutException("secret-of-nobody") };
        await using var broker = await TestBroker.NewAsync(engine, Extensible(), issuer: issuer);
        var grant = await broker.GrantAsync();
        await broker.CollectAsync("ana", grant.Id);
        var extended = (await broker.DecideAsync("bea", (await broker.ExtendAsync("ana", grant.Id)).Value!.Id)).Value!.Grant!;

        await broker.SweepAsync();
        var failed = Assert.Single(await broker.LeasesAsync(grant.Id));
        Assert.Equal(("active", grant.EndsAt, extended.EndsAt), (failed.State, failed.ExpiresAt, failed.ProlongUntil));
        Assert.DoesNotContain("secret-of-nobody", failed.LastError, StringComparison.Ordinal);
        issuer.BeforeProlong = (_, _) => Task.FromResult<ProlongOutcome?>(null);
        broker.Clock.Advance(TimeSpan.FromSeconds(10));
        await broker.SweepAsync();

        var done = Assert.Single(await broker.LeasesAsync(grant.Id));
        Assert.Equal((extended.EndsAt, null, null), (done.ExpiresAt, done.ProlongUntil, done.LastError));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Prolonging_whose_process_died_is_taken_over_after_its_claim(Engine engine)
    {
        var issuer = new ProlongingIssuer();
        await using var broker = await TestBroker.NewAsync(engine, Extensible(), issuer: issuer);
        var grant = await broker.GrantAsync();
        await broker.CollectAsync("ana", grant.Id);
        await broker.DecideAsync("bea", (await broker.ExtendAsync("ana", grant.Id)).Value!.Id);
        var now = broker.Clock.GetUtcNow();
        var claimed = await broker.Database.WriteAsync(s => broker.Get<ProlongStore>().ClaimDueAsync(s, "door", "dead", now, now + TimeSpan.FromSeconds(15), 4, CancellationToken.None), CancellationToken.None);
        Assert.Single(claimed);

        await broker.SweepAsync();
        Assert.Empty(issuer.Prolonged);
        broker.Clock.Advance(TimeSpan.FromSeconds(15));
        await broker.SweepAsync();

        Assert.Single(issuer.Prolonged);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_credential_that_is_gone_frees_its_place_and_one_whose_grant_ends_meanwhile_stays_ended(Engine engine)
    {
        var issuer = new ProlongingIssuer();
        await using var broker = await TestBroker.NewAsync(engine, Extensible(), issuer: issuer);
        var grant = await broker.GrantAsync();
        await broker.CollectAsync("ana", grant.Id);
        await broker.DecideAsync("bea", (await broker.ExtendAsync("ana", grant.Id)).Value!.Id);
        issuer.BeforeProlong = (_, _) => Task.FromResult<ProlongOutcome?>(new ProlongOutcome.Gone("Somebody dropped it."));
        await broker.SweepAsync();
        await broker.SweepAsync();
        Assert.Equal("revoked", Assert.Single(await broker.LeasesAsync(grant.Id)).State);

        await broker.CollectAsync("ana", grant.Id);
        await broker.DecideAsync("bea", (await broker.ExtendAsync("ana", grant.Id)).Value!.Id);
        issuer.BeforeProlong = async (_, _) =>
        {
            await broker.EndAsync("ana", grant.Id);
            return null;
        };
        await broker.SweepAsync();
        await broker.SweepAsync();

        Assert.Equal("ended", (await broker.ReadGrantAsync(grant.Id)).State);
        Assert.Empty(issuer.Standing);
        await broker.AssertEventsHaveNoHolesAsync();
    }
}

using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Issuing;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Storage;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Loop;

/// <summary>Ends that are stuck: retried and abandoned by operators. Dan is the operator.</summary>
public sealed class StuckTests
{
    public static TheoryData<Engine> Engines => Databases.Engines;

    private static CatalogSnapshot Catalog => TestCatalog.Of() is var catalog
        ? catalog with { Roles = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(new Dictionary<string, IReadOnlyList<string>>(catalog.Roles, StringComparer.Ordinal) { ["operator"] = ["platform", "engineering"] }, StringComparer.Ordinal) }
        : null!;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_retry_makes_a_stuck_end_due_at_once_and_is_in_the_record(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Catalog);
        var (grant, lease) = await StuckAsync(broker);
        broker.Issuer.BeforeEnd = (_, _) => Task.FromResult<EndOutcome?>(null);
        await broker.SweepAsync();
        Assert.Equal("revoking", (await broker.LeasesAsync(grant.Id))[0].State);

        var retried = await broker.Get<RetryLease>().HandleAsync(TestBroker.As("dan"), lease.Id, "the door is back", null, CancellationToken.None);
        await broker.SweepAsync();

        Assert.Equal(broker.Clock.GetUtcNow(), retried.Value!.Lease.NextAttemptAt);
        var ended = Assert.Single(await broker.LeasesAsync(grant.Id));
        Assert.Equal(("revoked", true, "ended"), (ended.State, ended.Verified, (await broker.ReadGrantAsync(grant.Id)).State));
        Assert.Contains("lease.retried", await broker.EventsAsync(grant.RequestId));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_retry_during_an_attempt_does_no_harm(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Catalog);
        var (grant, lease) = await StuckAsync(broker);
        var (isIn, go) = (new TaskCompletionSource(), new TaskCompletionSource<EndOutcome?>());
        broker.Issuer.BeforeEnd = async (_, _) =>
        {
            isIn.TrySetResult();
            return await go.Task;
        };
        broker.Clock.Advance(TimeSpan.FromMinutes(2));
        await broker.Get<RevokeDueLeases>().RunAsync(CancellationToken.None);
        await isIn.Task;

        await broker.Get<RetryLease>().HandleAsync(TestBroker.As("dan"), lease.Id, null, null, CancellationToken.None);
        go.SetResult(null);
        await broker.Get<RevokeDueLeases>().IdleAsync(CancellationToken.None);
        await broker.SweepAsync();

        Assert.Equal(("revoked", true), ((await broker.LeasesAsync(grant.Id))[0].State, (await broker.LeasesAsync(grant.Id))[0].Verified));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_abandoned_end_is_over_but_never_verified_and_operations_are_told(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Catalog, new ChatSurfaces([new ChatSurface(Surface.Slack, "C0ACCESS", "C0OPS")]));
        var (grant, lease) = await StuckAsync(broker);

        var outcome = await broker.Get<AbandonLease>().HandleAsync(TestBroker.As("dan"), lease.Id, " the server was scrapped ", null, CancellationToken.None);

        Assert.Equal(("revoked", false, "The door does not answer."), (outcome.Value!.Lease.State, outcome.Value.Lease.Verified, outcome.Value.Lease.LastError));
        var details = (await broker.Get<RequestReader>().FindGrantAsync(grant.Id, CancellationToken.None))!;
        Assert.Equal(("ended", true, lease.ExpiresAt), (details.Grant.State, details.Leases[0].IsAbandoned, details.AccessMayLastUntil));
        var events = await broker.Database.ReadAsync(s => broker.Get<EventStore>().AboutAsync(s, grant.RequestId, CancellationToken.None), CancellationToken.None);
        var abandoned = events.Single(e => e.Type == "lease.abandoned");
        Assert.Equal(("dan@example.com", """{"reason":"the server was scrapped","verified":false,"lastError":"The door does not answer.","attempts":1,"via":"test:dan"}"""), (abandoned.Actor, abandoned.Data));
        Assert.Contains("\"verified\":false", events.Single(e => e.Type == "grant.ended").Data, StringComparison.Ordinal);
        Assert.Equal([Templates.AbandonedNotice], await broker.Database.ReadAsync(
            s => s.QueryAsync<string>("select template from deliveries where recipient = 'channel:C0OPS' and template <> 'stuck_notice'", null, CancellationToken.None), CancellationToken.None));
        await broker.AssertEventsHaveNoHolesAsync();

        var attempts = broker.Issuer.Ends;
        broker.Clock.Advance(TimeSpan.FromHours(3));
        await broker.SweepAsync();
        Assert.Equal(attempts, broker.Issuer.Ends);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_late_success_of_the_target_does_not_undo_what_was_abandoned(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Catalog);
        var (grant, lease) = await StuckAsync(broker);
        var (isIn, go) = (new TaskCompletionSource(), new TaskCompletionSource<EndOutcome?>());
        broker.Issuer.BeforeEnd = async (_, _) =>
        {
            isIn.TrySetResult();
            return await go.Task;
        };
        broker.Clock.Advance(TimeSpan.FromMinutes(2));
        await broker.Get<RevokeDueLeases>().RunAsync(CancellationToken.None);
        await isIn.Task;

        await broker.Get<AbandonLease>().HandleAsync(TestBroker.As("dan"), lease.Id, "scrapped", null, CancellationToken.None);
        go.SetResult(null);
        await broker.Get<RevokeDueLeases>().IdleAsync(CancellationToken.None);

        Assert.Equal(("revoked", false), ((await broker.LeasesAsync(grant.Id))[0].State, (await broker.LeasesAsync(grant.Id))[0].Verified));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Of_many_who_abandon_at_once_one_does(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Catalog);
        var (grant, lease) = await StuckAsync(broker);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => i % 2 == 0
            ? broker.Get<AbandonLease>().HandleAsync(TestBroker.As("dan"), lease.Id, "scrapped", null, CancellationToken.None)
            : broker.Get<AbandonLease>().HandleAsync(TestBroker.As("cy"), lease.Id, "scrapped", null, CancellationToken.None))));

        Assert.Single(outcomes, o => o.Value is not null);
        Assert.All(outcomes.Where(o => o.Value is null), o => Assert.Equal((Codes.NotStuck, "revoked"), (o.Refusal!.Code, o.Refusal.State)));
        Assert.Single(await broker.EventsAsync(grant.RequestId), "lease.abandoned");
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Fact]
    public async Task Who_may_and_what_must_be_said()
    {
        await using var broker = await TestBroker.NewAsync(Engine.Sqlite, Catalog);
        var (grant, lease) = await StuckAsync(broker);

        Assert.Equal(Codes.Forbidden, await AbandonCodeAsync(broker, "bea", lease.Id, "x"));
        Assert.Equal(Codes.Forbidden, await RetryCodeAsync(broker, "eli", lease.Id));
        Assert.Equal(Codes.NotFound, await AbandonCodeAsync(broker, "owner7", lease.Id, "x"));
        Assert.Equal(Codes.NotFound, await RetryCodeAsync(broker, "dan", Ids.New(broker.Clock.GetUtcNow())));
        Assert.Equal(Codes.NotFound, await RetryCodeAsync(broker, "dan", "nonsense"));
        Assert.Equal(Codes.OwnGrant, await AbandonCodeAsync(broker, "ana", lease.Id, "x"));
        Assert.Equal(Codes.ReasonRequired, await AbandonCodeAsync(broker, "dan", lease.Id, " "));
        Assert.Equal(Codes.InvalidValue, await AbandonCodeAsync(broker, "dan", lease.Id, new string('x', 1001)));
        Assert.Equal(Codes.InvalidValue, await AbandonCodeAsync(broker, "dan", lease.Id, "nul\0"));
        Assert.Null(await RetryCodeAsync(broker, "ana", lease.Id));

        var other = await broker.GrantAsync("cy");
        var live = (await broker.CollectAsync("cy", other.Id)).Value!.Lease;
        Assert.Equal(Codes.NotStuck, await AbandonCodeAsync(broker, "dan", live.Id, "x"));
        Assert.Equal(Codes.NotStuck, await RetryCodeAsync(broker, "dan", live.Id));
        Assert.Equal(("revoking", "active"), ((await broker.LeasesAsync(grant.Id))[0].State, (await broker.LeasesAsync(other.Id))[0].State));
        var refused = await broker.Database.ReadAsync(s => s.FirstOrDefaultAsync<long>("select count(*) from events where type = 'refused' and data like '%lease.%'", null, CancellationToken.None), CancellationToken.None);
        Assert.Equal(8, refused);
    }

    private static async Task<string?> AbandonCodeAsync(TestBroker broker, string who, string lease, string reason) =>
        (await broker.Get<AbandonLease>().HandleAsync(TestBroker.As(who), lease, reason, null, CancellationToken.None)).Refusal?.Code;

    private static async Task<string?> RetryCodeAsync(TestBroker broker, string who, string lease) =>
        (await broker.Get<RetryLease>().HandleAsync(TestBroker.As(who), lease, null, null, CancellationToken.None)).Refusal?.Code;

    /// <summary>A grant of Ana's whose one lease could not be ended.</summary>
    private static async Task<(Grant Grant, Lease Lease)> StuckAsync(TestBroker broker)
    {
        var grant = await broker.GrantAsync();
        await broker.CollectAsync("ana", grant.Id);
        broker.Issuer.BeforeEnd = (_, _) => Task.FromResult<EndOutcome?>(new EndOutcome.Failed("The door does not answer."));
        await broker.EndAsync("ana", grant.Id);
        await broker.SweepAsync();
        var lease = Assert.Single(await broker.LeasesAsync(grant.Id));
        Assert.True(lease.IsStuck);
        return (grant, lease);
    }
}

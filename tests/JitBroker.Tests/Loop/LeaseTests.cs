using JitBroker.Issuing;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Storage;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Loop;

public sealed class LeaseTests
{
    public static TheoryData<Engine> Engines => Databases.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Collected_used_and_done_is_verified_gone(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var grant = await broker.GrantAsync();

        var collected = (await broker.CollectAsync("ana", grant.Id)).Value!;
        Assert.Single(broker.Issuer.Standing);
        var requested = (await broker.EndAsync("ana", grant.Id)).Value!;
        Assert.Equal(("ending", false), (requested.Grant.State, requested.HadEnded));
        await broker.SweepAsync();

        Assert.Empty(broker.Issuer.Standing);
        var ended = await broker.ReadGrantAsync(grant.Id);
        Assert.Equal(("ended", "released", "ana@example.com"), (ended.State, ended.EndKind, ended.EndedBy));
        Assert.NotNull(ended.VerifiedEndAt);
        var lease = Assert.Single(await broker.LeasesAsync(grant.Id));
        Assert.Equal((collected.Lease.Id, "revoked", true), (lease.Id, lease.State, lease.Verified));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task At_its_time_a_grant_ends_by_itself(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var grant = await broker.GrantAsync(duration: TimeSpan.FromMinutes(10));
        await broker.CollectAsync("ana", grant.Id);

        broker.Clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromMicroseconds(1));
        await broker.SweepAsync();
        Assert.Equal("active", (await broker.ReadGrantAsync(grant.Id)).State);
        broker.Clock.Advance(TimeSpan.FromMicroseconds(1));
        await broker.SweepAsync();

        Assert.Empty(broker.Issuer.Standing);
        Assert.Equal(("ended", "expired"), ((await broker.ReadGrantAsync(grant.Id)).State, (await broker.ReadGrantAsync(grant.Id)).EndKind));
        Assert.Equal(Codes.GrantEnded, (await broker.CollectAsync("ana", grant.Id)).Refusal!.Code);
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Nobody_but_the_holder_collects(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var grant = await broker.GrantAsync();

        Assert.Equal(Codes.NotFound, (await broker.CollectAsync("cy", grant.Id)).Refusal!.Code);
        Assert.Equal(Codes.NotTheHolder, (await broker.CollectAsync("bea", grant.Id)).Refusal!.Code);
        Assert.Equal(0, broker.Issuer.Mints);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_mint_that_fails_half_way_is_cleaned_up_by_its_handle(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var grant = await broker.GrantAsync();
        broker.Issuer.BeforeMint = (_, _) => throw new InvalidOperationException("password=hunter2");

        var refusal = (await broker.CollectAsync("ana", grant.Id)).Refusal!;

        Assert.Equal(Codes.IssuerUnavailable, refusal.Code);
        Assert.DoesNotContain("hunter2", refusal.Text, StringComparison.Ordinal);
        Assert.Equal("revoking", Assert.Single(await broker.LeasesAsync(grant.Id)).State);
        await broker.SweepAsync();
        Assert.Equal("revoking", Assert.Single(await broker.LeasesAsync(grant.Id)).State);
        broker.Clock.Advance(TimeSpan.FromSeconds(40));
        await broker.SweepAsync();
        Assert.Equal("revoked", Assert.Single(await broker.LeasesAsync(grant.Id)).State);
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_mint_whose_process_died_is_taken_over_after_its_deadline(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var grant = await broker.GrantAsync();
        var hang = new TaskCompletionSource<MintOutcome?>();
        var begun = new TaskCompletionSource();
        broker.Issuer.BeforeMint = (_, _) =>
        {
            begun.SetResult();
            return hang.Task;
        };
        var collecting = broker.CollectAsync("ana", grant.Id);
        await begun.Task;
        await using var other = broker.Replica();
        broker.Clock.Advance(TimeSpan.FromSeconds(19));
        await other.SweepAsync();
        Assert.Equal("minting", Assert.Single(await broker.LeasesAsync(grant.Id)).State);

        broker.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(Codes.IssuerUnavailable, (await collecting).Refusal!.Code);
        broker.Clock.Advance(TimeSpan.FromSeconds(20));
        await other.SweepAsync();

        Assert.Equal("revoked", Assert.Single(await broker.LeasesAsync(grant.Id)).State);
        hang.SetResult(null);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_lease_that_cannot_be_ended_is_tried_for_ever_and_shown_as_stuck(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var grant = await broker.GrantAsync();
        await broker.CollectAsync("ana", grant.Id);
        broker.Issuer.BeforeEnd = (_, _) => Task.FromResult<EndOutcome?>(new EndOutcome.Failed("The door does not answer."));
        await broker.EndAsync("ana", grant.Id);

        for (var i = 0; i < 20; i++)
        {
            await broker.SweepAsync();
            broker.Clock.Advance(TimeSpan.FromMinutes(2));
        }

        var stuck = Assert.Single(await broker.LeasesAsync(grant.Id));
        Assert.Equal(("revoking", 20, "The door does not answer."), (stuck.State, stuck.Attempts, stuck.LastError));
        Assert.NotNull(stuck.StuckSince);
        Assert.Equal("ending", (await broker.ReadGrantAsync(grant.Id)).State);
        Assert.Null((await broker.SubmitAsync("ana", TestCatalog.Logs)).Refusal);

        broker.Issuer.BeforeEnd = (_, _) => Task.FromResult<EndOutcome?>(null);
        await broker.SweepAsync();
        Assert.Equal("ended", (await broker.ReadGrantAsync(grant.Id)).State);
        await broker.AssertEventsHaveNoHolesAsync();
    }

    /// <summary>Conflict and throttling pass by themselves as a rule; the rest is told from the first failure on.</summary>
    [Theory]
    [InlineData(Obstacle.Unfinished, null, 1, 0.75, 1.25)]
    [InlineData(Obstacle.Denied, null, 1, 0.75, 1.25)]
    [InlineData(Obstacle.Conflict, null, 3, 0.75, 1.25)]
    [InlineData(Obstacle.Throttled, null, 3, 10, 12)]
    [InlineData(Obstacle.Throttled, 90, 3, 90, 92)]
    [InlineData(Obstacle.Throttled, 100_000, 3, 600, 602)]
    [InlineData(Obstacle.Throttled, -5, 3, 10, 12)]
    public async Task What_stood_in_the_way_decides_when_an_end_is_tried_again_and_when_it_counts_as_stuck(Obstacle obstacle, int? retryAfter, int stuckAt, double least, double most)
    {
        await using var broker = await TestBroker.NewAsync(Engine.Sqlite);
        var grant = await broker.GrantAsync();
        await broker.CollectAsync("ana", grant.Id);
        broker.Issuer.BeforeEnd = (_, _) => Task.FromResult<EndOutcome?>(new EndOutcome.Failed("Not now.", obstacle, retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null));
        await broker.EndAsync("ana", grant.Id);

        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await broker.SweepAsync();
            var lease = Assert.Single(await broker.LeasesAsync(grant.Id));
            Assert.Equal((attempt, attempt >= stuckAt), (lease.Attempts, lease.IsStuck));
            if (attempt == 1)
                Assert.InRange((lease.NextAttemptAt!.Value - broker.Clock.GetUtcNow()).TotalSeconds, least, most);
            broker.Clock.Advance(lease.NextAttemptAt!.Value - broker.Clock.GetUtcNow());
        }

        Assert.Single(await broker.EventsAsync(grant.RequestId), "lease.stuck");
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [InlineData(Obstacle.Away, null, Codes.IssuerUnavailable, 10)]
    [InlineData(Obstacle.Conflict, null, Codes.IssuerUnavailable, 1)]
    [InlineData(Obstacle.Throttled, 42, Codes.IssuerUnavailable, 42)]
    [InlineData(Obstacle.Denied, null, Codes.IssuerRefused, null)]
    public async Task A_holder_is_told_why_nothing_was_minted_and_when_to_try_again(Obstacle obstacle, int? retryAfter, string code, int? told)
    {
        await using var broker = await TestBroker.NewAsync(Engine.Sqlite);
        var grant = await broker.GrantAsync();
        broker.Issuer.BeforeMint = (_, _) => Task.FromResult<MintOutcome?>(new MintOutcome.Unavailable("Not now.", obstacle, retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null));

        var refusal = (await broker.CollectAsync("ana", grant.Id)).Refusal!;

        Assert.Equal((code, "Not now.", told), (refusal.Code, refusal.Text, (int?)refusal.RetryAfter?.TotalSeconds));
        Assert.Equal("revoking", Assert.Single(await broker.LeasesAsync(grant.Id)).State);
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_credential_that_cannot_be_unsaid_waits_for_its_expiry_without_being_stuck(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        broker.Issuer.EarlyEnd = EarlyEnd.AtExpiry;
        broker.Issuer.Within = TimeSpan.FromMinutes(5);
        var grant = await broker.GrantAsync(duration: TimeSpan.FromMinutes(30));
        await broker.CollectAsync("ana", grant.Id);
        await broker.EndAsync("ana", grant.Id);

        await broker.SweepAsync();
        var details = (await broker.Get<RequestReader>().FindGrantAsync(grant.Id, CancellationToken.None))!;
        Assert.Equal(grant.EndsAt + TimeSpan.FromMinutes(5), details.AccessMayLastUntil);
        Assert.Equal(("revoking", 0, null), (details.Leases[0].State, details.Leases[0].Attempts, details.Leases[0].StuckSince));
        Assert.Equal(0, broker.Issuer.Ends);

        broker.Clock.Advance(TimeSpan.FromMinutes(35));
        await broker.SweepAsync();
        Assert.Equal("ended", (await broker.ReadGrantAsync(grant.Id)).State);
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(60, 30)]
    public async Task An_end_that_takes_a_while_to_hold_says_until_when_and_never_past_the_credentials_own_end(int withinMinutes, int expectedMinutes)
    {
        await using var broker = await TestBroker.NewAsync(Engine.Sqlite);
        broker.Issuer.EarlyEnd = EarlyEnd.Eventual;
        broker.Issuer.Within = TimeSpan.FromMinutes(withinMinutes);
        var grant = await broker.GrantAsync(duration: TimeSpan.FromMinutes(30));
        await broker.CollectAsync("ana", grant.Id);
        var ended = broker.Clock.GetUtcNow();
        await broker.EndAsync("ana", grant.Id);

        await broker.SweepAsync();

        var details = (await broker.Get<RequestReader>().FindGrantAsync(grant.Id, CancellationToken.None))!;
        Assert.Equal(("ended", ended + TimeSpan.FromMinutes(expectedMinutes)), (details.Grant.State, details.AccessMayLastUntil));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_dead_target_delays_nobody_else(Engine engine)
    {
        var catalog = TestCatalog.Of();
        await using var broker = await TestBroker.NewAsync(engine, catalog);
        var first = await broker.GrantAsync();
        await broker.CollectAsync("ana", first.Id);
        broker.Catalog = catalog with
        {
            Issuers = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(catalog.Issuers.Values.Append(new("other", "http", "{}")), i => i.Name, StringComparer.Ordinal),
            Entitlements = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(
                catalog.Entitlements.Values.Append(catalog.Entitlements[TestCatalog.Logs] with { Name = "other:read", Issuer = "other" }), e => e.Name, StringComparer.Ordinal),
        };
        var second = await broker.AskAsync("cy", "other:read");
        var grant = (await broker.DecideAsync("bea", second.Id)).Value!.Grant!;
        await broker.CollectAsync("cy", grant.Id);
        var never = new TaskCompletionSource<EndOutcome?>();
        broker.Issuer.BeforeEnd = (handle, _) => handle.Target == "door" ? never.Task : Task.FromResult<EndOutcome?>(null);
        await broker.EndAsync("ana", first.Id);
        await broker.EndAsync("cy", grant.Id);

        await broker.Get<JitBroker.Leases.RevokeDueLeases>().RunAsync(CancellationToken.None);

        await Eventually.TrueAsync(async () => (await broker.ReadGrantAsync(grant.Id)).State == "ended");
        Assert.Equal("ending", (await broker.ReadGrantAsync(first.Id)).State);
        never.SetResult(null);
        await broker.Get<JitBroker.Leases.RevokeDueLeases>().IdleAsync(CancellationToken.None);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Revoking_needs_a_say_and_a_reason(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var grant = await broker.GrantAsync();

        Assert.Equal(Codes.NotFound, (await broker.EndAsync("cy", grant.Id, "mine")).Refusal!.Code);
        Assert.Equal(Codes.ReasonRequired, (await broker.EndAsync("bea", grant.Id)).Refusal!.Code);
        var revoked = (await broker.EndAsync("bea", grant.Id, "wrong database")).Value!.Grant;

        Assert.Equal(("ended", "revoked", "bea@example.com", "wrong database"), (revoked.State, revoked.EndKind, revoked.EndedBy, revoked.EndReason));
        Assert.True((await broker.EndAsync("ana", grant.Id)).Value!.HadEnded);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_grant_ends_when_its_entitlement_leaves_the_catalog_and_is_revoked_from_its_handle(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var grant = await broker.GrantAsync();
        await broker.CollectAsync("ana", grant.Id);

        broker.Catalog = CatalogWithoutAnything();
        Assert.Equal(1, await broker.Get<JitBroker.Grants.EndDueGrants>().ConformAsync(CancellationToken.None));
        await broker.SweepAsync();

        Assert.Empty(broker.Issuer.Standing);
        Assert.Equal("ended", (await broker.ReadGrantAsync(grant.Id)).State);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_planned_access_starts_at_its_time_and_keeps_its_window(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var start = broker.Clock.GetUtcNow() + TimeSpan.FromHours(1);
        var request = await broker.AskAsync(duration: TimeSpan.FromMinutes(30), startsAt: start);
        var grant = (await broker.DecideAsync("bea", request.Id)).Value!.Grant!;
        Assert.Equal(("scheduled", start, start + TimeSpan.FromMinutes(30)), (grant.State, grant.StartsAt, grant.EndsAt));
        Assert.Equal(Codes.GrantNotActive, (await broker.CollectAsync("ana", grant.Id)).Refusal!.Code);

        broker.Clock.Advance(TimeSpan.FromHours(1));
        await broker.SweepAsync();

        Assert.Equal("active", (await broker.ReadGrantAsync(grant.Id)).State);
        Assert.NotNull((await broker.CollectAsync("ana", grant.Id)).Value);
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_row_that_was_changed_after_the_approval_mints_nothing(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var grant = await broker.GrantAsync();
        await broker.Database.WriteAsync(
            s => s.ExecuteAsync("update grants set content = replace(content, 'logs', 'everything')", null, CancellationToken.None), CancellationToken.None);

        Assert.Equal(Codes.GrantNotActive, (await broker.CollectAsync("ana", grant.Id)).Refusal!.Code);
        Assert.Equal(0, broker.Issuer.Mints);
    }

    private static JitBroker.Catalog.CatalogSnapshot CatalogWithoutAnything() =>
        TestCatalog.Of() with { Entitlements = System.Collections.Frozen.FrozenDictionary<string, JitBroker.Catalog.Entitlement>.Empty };
}

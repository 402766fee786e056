using JitBroker.Issuers.Jwt;

namespace JitBroker.Tests.Issuing;

/// <summary>What introspection reads of the rows of leases and grants.</summary>
public sealed class LeaseStandingsTests : IAsyncLifetime
{
    private const string Rows = """
        insert into requests (id, kind, state, version, entitlement, requester, duration_s, reason, created_at, lapses_at, settled_at, surface, content, content_hash, catalog_hash)
        values ('request', 'access', 'approved', 1, 'payments-logs:read', 'ana@example.com', 60, 'why', @now, @later, @now, 'api', '{}', 'h', 'h');
        insert into grants (id, request_id, state, version, entitlement, holder, starts_at, ends_at, break_glass, content, content_hash, created_at)
        values ('grant', 'request', 'active', 1, 'payments-logs:read', 'ana@example.com', @now, @later, false, '{}', 'h', @now);
        insert into leases (id, grant_id, state, version, holder, target, handle, created_at, mint_deadline, expires_at, verified, attempts)
        values ('lease', 'grant', 'active', 1, 'ana@example.com', 'jwt', '{}', @now, @later, @later, false, 0);
        """;

    private JwtBench _bench = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _bench = await JwtBench.StartWithoutKeysAsync();
        await ExecuteAsync(Rows);
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task An_active_lease_of_an_active_grant_is_active() =>
        Assert.Equal(
            new LeaseStanding(IsActive: true, "grant", "payments-logs:read", "ana@example.com", _bench.Clock.GetUtcNow() + TimeSpan.FromHours(1)),
            await FindAsync());

    [Theory]
    [InlineData("update leases set state = 'minting'")]
    [InlineData("update leases set state = 'revoking', next_attempt_at = @now")]
    [InlineData("update leases set state = 'revoked', revoked_at = @now")]
    [InlineData("update grants set state = 'scheduled'")]
    [InlineData("update grants set state = 'ending', end_kind = 'released', end_requested_at = @now")]
    [InlineData("update grants set state = 'ended', end_kind = 'expired', end_requested_at = @now, verified_end_at = @now")]
    public async Task Every_other_state_of_lease_or_grant_is_not(string move)
    {
        await ExecuteAsync(move);

        Assert.False((await FindAsync())!.IsActive);
    }

    [Fact]
    public async Task An_unknown_lease_has_no_standing()
    {
        await ExecuteAsync("delete from leases");

        Assert.Null(await FindAsync());
    }

    private Task<LeaseStanding?> FindAsync() => new LeaseStandings(_bench.Database).FindAsync("lease", Token);

    private Task ExecuteAsync(string sql)
    {
        var now = _bench.Clock.GetUtcNow();
        return _bench.Database.WriteAsync(s => s.ExecuteAsync(sql, new { now, later = now + TimeSpan.FromHours(1) }, Token), Token);
    }
}

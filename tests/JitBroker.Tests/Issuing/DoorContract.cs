using System.Globalization;
using JitBroker.Issuers.Http;
using JitBroker.Issuers.Jwt;
using JitBroker.Issuing;
using JitBroker.Storage;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Issuing;

public sealed class SqliteDoorContract() : DoorContract(Engine.Sqlite);

public sealed class PostgresDoorContract() : DoorContract(Engine.Postgres);

/// <summary>The <c>http</c> issuer, tried at two replicas' doors: what one says, the other says.</summary>
public abstract class DoorContract(Engine engine) : IssuerContract
{
    private const string Resource = "orders-admin";

    private readonly SteppedClock _clock = new(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));
    private readonly Queue<IssueOrder> _orders = [];
    private Databases _databases = null!;
    private Door[] _doors = null!;

    protected override IReadOnlyList<string> StandingSecrets => [];

    /// <summary>The issuer logs nothing.</summary>
    protected override string LoggedText => "";

    public override async ValueTask InitializeAsync()
    {
        _databases = await Databases.NewAsync(engine);
        _doors = [.. new[] { _databases.Database, _databases.OpenAnother() }.Select(d => new Door(new DoorTokens(d).LiveAsync, _clock))];
        while (_orders.Count < 3)
            _orders.Enqueue(await CommittedAsync());
    }

    public override ValueTask DisposeAsync() => _databases.DisposeAsync();

    protected override IIssuer NewIssuer() => new HttpIssuer(new DoorTokens(_databases.Database), new LeaseStandings(_databases.Database), _clock);

    protected override IssueOrder NewOrder() => _orders.Dequeue();

    protected override async Task<bool> WorksAsync(Credential credential)
    {
        var said = new List<int>();
        foreach (var door in _doors)
            said.Add((await door.AnswerAsync($"Bearer {credential.Reveal()["token"]}", Resource)).Status);
        Assert.Single(said.Distinct());
        return said[0] == 204;
    }

    /// <summary>The token was stored and the answer was lost on the way.</summary>
    protected override async Task<Credential?> FailHalfWayAsync(IssueOrder order, MintPlan plan) =>
        Assert.IsType<MintOutcome.Minted>(await NewIssuer().MintAsync(order, plan, Token)).Credential;

    protected override Task LetExpireAsync(MintPlan plan)
    {
        _clock.MoveTo(plan.ExpiresAt);
        return Task.CompletedTask;
    }

    protected override Task OnMintedAsync(IssueOrder order) => ExecuteAsync("update leases set state = 'active' where id = @lease", order.LeaseId);

    protected override Task OnEndingAsync(IssueOrder order) => ExecuteAsync("update leases set state = 'revoking', next_attempt_at = @now where id = @lease", order.LeaseId);

    protected override async Task<IReadOnlyList<string>> TracesAsync(string leaseId) =>
        [.. await _databases.Database.ReadAsync(s => s.QueryAsync<string>("select lease_id from door_tokens where lease_id = @leaseId", new { leaseId }, Token), Token)];

    protected override IReadOnlyList<string> SecretsOf(Credential credential) => [(string)credential.Reveal()["token"]!];

    [Fact]
    public async Task The_table_holds_the_hash_alone()
    {
        var order = NewOrder();
        var credential = Assert.IsType<MintOutcome.Minted>(await NewIssuer().MintAsync(order, NewIssuer().Plan(order), Token)).Credential;

        var stored = Assert.Single(await _databases.Database.ReadAsync(s => s.QueryAsync<string>("select token_hash || resource from door_tokens", null, Token), Token));

        Assert.Equal(64 + Resource.Length, stored.Length);
        Assert.DoesNotContain((string)credential.Reveal()["token"]!, stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lease_that_was_given_up_gets_no_token_any_more()
    {
        var order = NewOrder();
        await OnEndingAsync(order);

        Assert.IsType<MintOutcome.Unavailable>(await NewIssuer().MintAsync(order, NewIssuer().Plan(order), Token));

        Assert.Empty(await TracesAsync(order.LeaseId));
    }

    [Fact]
    public async Task A_token_collected_again_under_one_lease_replaces_the_first()
    {
        var order = NewOrder();
        var (issuer, plan) = (NewIssuer(), NewIssuer().Plan(order));
        var first = Assert.IsType<MintOutcome.Minted>(await issuer.MintAsync(order, plan, Token)).Credential;
        var second = Assert.IsType<MintOutcome.Minted>(await issuer.MintAsync(order, plan, Token)).Credential;
        await OnMintedAsync(order);

        Assert.True(await WorksAsync(second));
        Assert.False(await WorksAsync(first));
    }

    /// <summary>The rows that the core commits before it calls an issuer.</summary>
    private async Task<IssueOrder> CommittedAsync()
    {
        var now = _clock.GetUtcNow();
        var (request, grant, lease, ends) = (Ids.New(now), Ids.New(now), Ids.New(now), now.AddHours(1));
        await _databases.Database.WriteAsync(
            async session =>
            {
                await session.ExecuteAsync(
                    """
                    insert into requests (id, kind, state, version, entitlement, requester, duration_s, reason, created_at, lapses_at, settled_at, surface, content, content_hash, catalog_hash)
                    values (@request, 'access', 'approved', 1, 'door:open', 'ana@example.com', 3600, '', @now, @ends, @now, 'api', '', '', '')
                    """,
                    new { request, now, ends }, Token);
                await session.ExecuteAsync(
                    """
                    insert into grants (id, request_id, state, version, entitlement, holder, starts_at, ends_at, break_glass, content, content_hash, created_at)
                    values (@grant, @request, 'active', 1, 'door:open', 'ana@example.com', @now, @ends, @isBreakGlass, '', '', @now)
                    """,
                    new { grant, request, now, ends, isBreakGlass = false }, Token);
                await session.ExecuteAsync(
                    """
                    insert into leases (id, grant_id, state, version, holder, target, handle, created_at, mint_deadline, expires_at, verified, attempts)
                    values (@lease, @grant, 'minting', 1, 'ana@example.com', 'http', '{}', @now, @ends, @ends, @isVerified, 0)
                    """,
                    new { lease, grant, now, ends, isVerified = false }, Token);
            },
            Token);
        return new IssueOrder(lease, grant, "ana@example.com", "Ana", "door:open", "door", "{}", string.Create(CultureInfo.InvariantCulture, $$"""{"resource":"{{Resource}}"}"""), now, ends);
    }

    private Task ExecuteAsync(string sql, string lease) => _databases.Database.WriteAsync(s => s.ExecuteAsync(sql, new { lease, now = _clock.GetUtcNow() }, Token), Token);
}

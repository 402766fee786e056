using JitBroker.Catalog;
using JitBroker.Outbox;
using JitBroker.People.SignIn;
using JitBroker.Requests;
using JitBroker.Scheduling;
using JitBroker.Storage;
using JitBroker.Tests.Loop;
using JitBroker.Tests.SignIn;

namespace JitBroker.Tests.Storage;

/// <summary>The ages of <c>sql/README.md</c>, with more rows than one batch takes.</summary>
public sealed class PruneTests
{
    private const int Old = (2 * Pruning.Batch) + 200;
    private const int Young = 30;

    public static TheoryData<Engine> Engines => Databases.Engines;

    /// <summary>Table, the column of its age, its age in hours, and the rest of a row by the number i.</summary>
    private static readonly (string Table, string Age, double Hours, string Columns, string Values)[] Rows =
    [
        ("deliveries", "settled_at", 7 * 24, "id, surface, template, about_id, recipient, data, state, created_at, next_attempt_at, attempts",
            "'d' || @tag || i, 'slack', 'x', 'y', 'z', '{}', 'sent', @at, @at, 1"),
        ("inbox", "received_at", 7 * 24, "id, surface, kind, body, state, next_attempt_at, attempts", "'i' || @tag || i, 'slack', 'x', '{}', 'done', @at, 1"),
        ("idempotency_keys", "created_at", 24, "person, method, path, key, body_hash, state, status, running_until", "'p', 'POST', '/x', @tag || i, 'h', 'done', 200, @at"),
        ("sign_ins", "expires_at", 1.0 / 3, "device_code_hash, user_code_hash, state, scope, address, host, created_at, poll_interval_s", "'a' || @tag || i, 'b' || @tag || i, 'waiting', 'ask', '', '', @at, 5"),
        ("sign_in_misses", "at", 1.0 / 3, "id, person", "'m' || @tag || i, 'ana'"),
        ("sessions", "ends_at", 30 * 24, "id, version, person, scope, token_hash, started_at, address, host", "'s' || @tag || i, 1, 'ana', 'ask', 't' || @tag || i, @before, '', ''"),
        ("catalog_proposals", "proposed_at", 30 * 24, "hash, text", "'c' || @tag || i, ''"),
    ];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_has_served_its_time_goes_in_batches_and_nothing_else_does(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var request = await broker.AskAsync();
        var events = await broker.EventsAsync(request.Id);
        foreach (var (table, age, hours, columns, values) in Rows)
        {
            await FillAsync(broker, table, age, columns, values, "old", Old, TimeSpan.FromHours(hours) + TimeSpan.FromMilliseconds(1));
            await FillAsync(broker, table, age, columns, values, "young", Young, TimeSpan.FromHours(hours) - TimeSpan.FromMilliseconds(1));
        }

        await broker.Database.WriteAsync(s => s.ExecuteAsync("update inbox set state = 'received' where id = 'iold1'", null, CancellationToken.None), CancellationToken.None);
        foreach (var sweep in Sweeps(broker))
            await sweep.RunAsync(CancellationToken.None);

        foreach (var (table, _, _, _, _) in Rows)
            Assert.Equal((table, Young + (table == "inbox" ? 1 : 0)), (table, int.Parse((await broker.ColumnAsync($"select cast(count(*) as varchar(9)) from {table}"))[0], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(events, await broker.EventsAsync(request.Id));
    }

    [Fact]
    public async Task Every_statement_that_prunes_finds_its_rows_by_an_index()
    {
        await using var broker = await TestBroker.NewAsync(Engine.Sqlite);
        foreach (var (table, age, _, _, _) in Rows)
        {
            var plan = await broker.Database.ReadAsync(
                s => s.QueryAsync<Step>($"explain query plan select rowid from {table} where {age} < '2026' order by {age} limit 5", null, CancellationToken.None), CancellationToken.None);

            Assert.All(plan, step => Assert.StartsWith($"SEARCH {table} USING", step.Detail, StringComparison.Ordinal));
        }
    }

    private static ISweep[] Sweeps(TestBroker broker) =>
    [
        new PruneSweep(broker.Database, broker.Get<OutboxStore>(), broker.Get<InboxStore>(), broker.Get<IdempotencyStore>(), broker.Get<CatalogStore>(), broker.TimeProvider),
        new SignInPruneSweep(broker.Database, broker.Get<SignInStore>(), broker.Get<SessionStore>(), broker.TimeProvider),
    ];

    private static Task FillAsync(TestBroker broker, string table, string age, string columns, string values, string tag, int count, TimeSpan ago)
    {
        var at = broker.Clock.GetUtcNow() - ago;
        var sql = $"""
            with recursive n (i) as (select 1 union all select i + 1 from n where i < {count.ToString(System.Globalization.CultureInfo.InvariantCulture)})
            insert into {table} ({age}, {columns})
            select @at, {values} from n
            """.Replace("@tag", $"'{tag}'", StringComparison.Ordinal);
        return broker.Database.WriteAsync(s => s.ExecuteAsync(sql, new { at, before = at - TimeSpan.FromHours(1) }, CancellationToken.None), CancellationToken.None);
    }

    private sealed record Step
    {
        public required string Detail { get; init; }
    }
}

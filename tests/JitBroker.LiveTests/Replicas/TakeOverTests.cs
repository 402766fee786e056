using System.Diagnostics;
using JitBroker.Client;
using JitBroker.LiveTests.Fixtures;
using Npgsql;

namespace JitBroker.LiveTests.Replicas;

public sealed class TakeOverTests
{
    private const long Mint = 1;
    private const long End = 2;

    /// <summary>Longer than a claim lives (15 s), with room for a busy machine.</summary>
    private static readonly TimeSpan ClaimAndRoom = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task A_replica_killed_in_the_middle_of_a_mint_and_of_an_end_leaves_both_to_the_other()
    {
        await using var replicas = await TwoReplicas.FirstOnlyAsync();
        var (evidence, first) = (replicas.Evidence, replicas.First.Url);
        using var ana = await replicas.Workspace.As("U0ANA").SignInAsync(first);
        await using var gate = await GateAsync(replicas.Database);
        var (ending, minting) = (await GrantAsync(ana, "5m"), await GrantAsync(ana, "20s"));
        await HoldAsync(gate, End);
        await ana.CollectAsync(ending, CancellationToken.None);
        await ana.EndAsync(ending, new EndBody(), null, CancellationToken.None);
        await Eventually.TrueAsync(async () => await WaitingAsync(evidence) == 1);
        await HoldAsync(gate, Mint);
        var collecting = ana.CollectAsync(minting, CancellationToken.None);
        await Eventually.TrueAsync(async () => await WaitingAsync(evidence) == 2);
        Assert.Equal(["minting", "revoking"], await evidence.ReadAsync("select state from leases order by state"));
        await replicas.JoinAsync();

        await replicas.First.KillAsync();
        var since = Stopwatch.StartNew();
        await ReleaseAsync(gate);

        await Assert.ThrowsAsync<BrokerUnreachableException>(() => collecting);
        await Eventually.TrueAsync(async () => await evidence.CountAsync($"select count(*) from grants where id = '{ending}' and state = 'ended'") == 1);
        Assert.True(since.Elapsed < ClaimAndRoom, $"The dead replica's claim was taken over only after {since.Elapsed}.");
        await evidence.AllEndedAsync();
        await evidence.HoldsAsync();
        Assert.Equal(0, await evidence.CountAsync($"select count(*) from events e join leases l on l.id = e.aggregate_id where l.grant_id = '{minting}' and e.type = 'lease.active'"));
    }

    private static async Task<string> GrantAsync(BrokerClient ana, string duration) =>
        (await ana.SubmitAsync(new SubmitBody { Entitlement = LiveCatalog.Quick, Duration = duration }, null, CancellationToken.None)).Value.Grant!.Id;

    /// <summary>From now on the last step of a mint, and of an end, waits for a lock that the test may hold.</summary>
    private static async Task<NpgsqlConnection> GateAsync(string database)
    {
        var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await ExecuteAsync(connection, $"""
            create function wait_at_gate() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(tg_argv[0]::bigint); return new; end $$;
            create trigger mint_gate before update on leases for each row when (old.state = 'minting' and new.state = 'active') execute function wait_at_gate('{Mint}');
            create trigger end_gate before update on leases for each row when (old.state = 'revoking' and new.state = 'revoked') execute function wait_at_gate('{End}');
            """);
        return connection;
    }

    private static Task HoldAsync(NpgsqlConnection gate, long which) => ExecuteAsync(gate, $"select pg_advisory_lock({which})");

    private static Task ReleaseAsync(NpgsqlConnection gate) => ExecuteAsync(gate, "select pg_advisory_unlock_all()");

    private static Task<long> WaitingAsync(Crashes.Evidence evidence) =>
        evidence.CountAsync("select count(*) from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())");

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

using System.Collections.Concurrent;
using JitBroker.Storage;
using Npgsql;

namespace JitBroker.Tests.Storage;

public sealed class OutageTests
{
    private const string Insert = "insert into halves (whole, half) values (@whole, @half)";

    [Fact]
    public async Task While_the_database_is_away_every_call_is_done_or_undone_and_it_recovers_by_itself()
    {
        await using var databases = await Databases.NewAsync(Engine.Postgres, migrate: false);
        await databases.Database.WriteAsync(s => s.ExecuteAsync("create table halves (whole integer not null, half integer not null)", null, CancellationToken.None), CancellationToken.None);
        var settings = new NpgsqlConnectionStringBuilder(databases.ConnectionString);
        await using var wire = new CutProxy(settings.Port);
        (settings.Port, settings.Timeout) = (wire.Port, 5);
        await using var database = new PostgresDatabase(settings.ConnectionString);
        var load = new Load(database);
        using var stop = new CancellationTokenSource();
        var workers = Enumerable.Range(0, 8).Select(_ => Task.Run(() => load.RunAsync(stop.Token))).ToList();

        await Eventually.TrueAsync(() => Task.FromResult(load.Done.Count >= 40));
        await wire.CutAsync();
        var before = load.Done.Count;
        await Eventually.TrueAsync(() => Task.FromResult(load.Refused >= 40));
        Assert.InRange(load.Done.Count, before, before + workers.Count);
        wire.Mend();
        var after = load.Done.Count;
        await Eventually.TrueAsync(() => Task.FromResult(load.Done.Count >= after + 40));
        await stop.CancelAsync();
        await Task.WhenAll(workers);

        var halves = await databases.Database.ReadAsync(s => s.QueryAsync<int>("select whole from halves", null, CancellationToken.None), CancellationToken.None);
        var wholes = halves.GroupBy(w => w).ToDictionary(g => g.Key, g => g.Count());
        Assert.All(wholes.Values, count => Assert.Equal(2, count));
        Assert.Empty(load.Done.Except(wholes.Keys));
        Assert.Empty(load.SaidUnchanged.Intersect(wholes.Keys));
    }

    /// <summary>Two rows in one transaction, over and over. Anything but an honest "unavailable" ends the run.</summary>
    private sealed class Load(Database database)
    {
        private int _next;
        private int _refused;

        public ConcurrentQueue<int> Done { get; } = [];

        public ConcurrentQueue<int> SaidUnchanged { get; } = [];

        public int Refused => _refused;

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                var whole = Interlocked.Increment(ref _next);
                try
                {
                    await database.WriteAsync(session => TwoAsync(session, whole), CancellationToken.None);
                    Done.Enqueue(whole);
                }
                catch (DatabaseUnavailableException e)
                {
                    if (!e.InDoubt)
                        SaidUnchanged.Enqueue(whole);
                    Interlocked.Increment(ref _refused);
                    await Task.Yield();
                }
            }
        }

        private static async Task TwoAsync(Session session, int whole)
        {
            await session.ExecuteAsync(Insert, new { whole, half = 1 }, CancellationToken.None);
            await session.ExecuteAsync(Insert, new { whole, half = 2 }, CancellationToken.None);
        }
    }
}

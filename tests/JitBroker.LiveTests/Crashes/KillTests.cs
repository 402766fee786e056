using JitBroker.LiveTests.Fixtures;

namespace JitBroker.LiveTests.Crashes;

public sealed class KillTests
{
    private const int Rounds = 8;

    [Fact]
    public async Task Killed_at_any_instant_of_load_nothing_outlives_its_end_and_nothing_is_half_done()
    {
        await using var workspace = await ChatWorkspace.StartAsync();
        await using var broker = await BrokerProcess.StartAsync(workspace);
        var load = new Load(broker.Url, [await workspace.As("U0ANA").TokenAsync(broker.Url), await workspace.As("U0CY").TokenAsync(broker.Url)]);
        var evidence = Evidence.OfSqlite(broker.Folder.DatabaseFile);
        using var stop = new CancellationTokenSource();
        var working = load.RunAsync(stop.Token);
        var random = new Random(20261122);

        for (var round = 0; round < Rounds; round++)
        {
            // Not a time but a number of steps: the instant within a step is chance's.
            var enough = load.Steps + random.Next(3, 30);
            await Eventually.TrueAsync(() => Task.FromResult(working.IsCompleted || load.Steps >= enough));
            Assert.False(working.IsFaulted, working.Exception?.ToString());
            await broker.KillAsync();
            await evidence.HoldsAsync();
            await broker.StartAsync();
        }

        await stop.CancelAsync();
        await working;
        await evidence.AllEndedAsync();
        await evidence.HoldsAsync();
        await load.AllDeadAsync();
        Assert.InRange(load.Credentials.Count, 1, load.CollectCalls);
        Assert.True(await evidence.CountAsync("select count(*) from leases") <= load.CollectCalls, "More leases than collections.");
    }
}

using JitBroker.Storage;

namespace JitBroker.LiveTests.Crashes.Points;

/// <summary>A few rows of the crash table for every run: the boundaries at which something stands at the target, or in chat, that the database does not say yet.</summary>
public sealed class SomeKillsTests
{
    [Fact]
    public async Task Killed_where_the_database_and_the_world_differ_nothing_outlives_its_end_and_nothing_is_lost_or_doubled()
    {
        Kill[] some =
        [
            new(Stretch.Submit, new CrashPoint("after commit SlackInbox.StoreAsync", 1)),
            new(Stretch.Submit, new CrashPoint("after chat chat.postMessage", 1)),
            new(Stretch.Decide, new CrashPoint("before commit DecideRequest.HandleAsync", 1)),
            new(Stretch.Collect, new CrashPoint("after mint at postgres", 1)),
            new(Stretch.Done, new CrashPoint("after commit EndGrant.HandleAsync", 1)),
            new(Stretch.Done, new CrashPoint("before commit SealEvents.SealBatchAsync", 1)),
            new(Stretch.Expiry, new CrashPoint("before end at postgres", 1)),
            new(Stretch.Expiry, new CrashPoint("before commit RecordEnds.WriteAsync", 1)),
            new(Stretch.Expiry, new CrashPoint("before commit EndGrant.FirstDueAsync", 1)),
            new(Stretch.Expiry, new CrashPoint("after commit EndGrant.FirstDueAsync", 1)),
        ];
        var kills = new Kills(Engine.Sqlite);

        await kills.RunAsync(some, rigs: 2);

        Assert.True(kills.Failures.Count == 0, string.Join("\n\n", kills.Failures));
        Assert.True(kills.Table.Holes == 0, kills.Table.ToString());
    }
}

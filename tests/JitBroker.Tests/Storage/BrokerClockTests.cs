using JitBroker.Storage;

namespace JitBroker.Tests.Storage;

public sealed class BrokerClockTests
{
    /// <summary>Between two reads of the database's clock: far below the ten minutes that are tried here.</summary>
    private static readonly TimeSpan Near = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(-10)]
    [InlineData(10)]
    [InlineData(60 * 24 * 400)]
    public async Task A_host_clock_that_is_off_changes_nothing_where_the_database_has_a_clock(int minutes)
    {
        await using var databases = await Databases.NewAsync(Engine.Postgres, migrate: false);
        var host = new ManualClock();
        host.Set((await databases.Database.ReadClockAsync(CancellationToken.None))!.Value + TimeSpan.FromMinutes(minutes));
        var clock = new BrokerClock(host);

        await clock.SyncAsync(databases.Database, CancellationToken.None);

        var told = (await databases.Database.ReadClockAsync(CancellationToken.None))!.Value;
        Assert.InRange(clock.GetUtcNow(), told - Near, told + Near);
    }

    [Fact]
    public async Task A_host_clock_that_steps_is_not_looked_at_between_two_readings()
    {
        await using var databases = await Databases.NewAsync(Engine.Sqlite, migrate: false);
        var host = new SteppingClock();
        var clock = new BrokerClock(host);
        await clock.SyncAsync(databases.Database, CancellationToken.None);
        var before = clock.GetUtcNow();

        host.Wall += TimeSpan.FromMinutes(10);
        host.Elapsed += TimeSpan.FromSeconds(2);

        Assert.Equal(before + TimeSpan.FromSeconds(2), clock.GetUtcNow());
    }

    [Fact]
    public void An_instant_is_whole_microseconds()
    {
        var host = new ManualClock();
        host.Set(host.GetUtcNow() + TimeSpan.FromTicks(7));

        Assert.Equal(0, new BrokerClock(host).GetUtcNow().Ticks % TimeSpan.TicksPerMicrosecond);
    }

    /// <summary>A wall clock and a stopwatch that go their own ways.</summary>
    private sealed class SteppingClock : TimeProvider
    {
        public DateTimeOffset Wall { get; set; } = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

        public TimeSpan Elapsed { get; set; } = TimeSpan.FromSeconds(100);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => Elapsed.Ticks;
    }
}

namespace JitBroker.Tests.Cli;

/// <summary>A clock on which every delay is over at once: it jumps to the delay's end, after telling <see cref="OnDelay"/>.</summary>
internal sealed class JumpingClock : TimeProvider
{
    internal static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
    private readonly Lock gate = new();
    private DateTimeOffset now = Start;

    public List<TimeSpan> Delays { get; } = [];

    /// <summary>Called before each jump with the number of the delay, from 1.</summary>
    public Action<int>? OnDelay { get; set; }

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
            return now;
    }

    public void Advance(TimeSpan time)
    {
        lock (gate)
            now += time;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == Timeout.InfiniteTimeSpan)
            return new Over();
        lock (gate)
            Delays.Add(dueTime);
        OnDelay?.Invoke(Delays.Count);
        Advance(dueTime);
        ThreadPool.QueueUserWorkItem(_ => callback(state));
        return new Over();
    }

    private sealed class Over : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

using System.Collections.Immutable;
using JitBroker.Catalog;

namespace JitBroker.People.OnCall;

/// <summary>What one schedule said when it was asked.</summary>
/// <param name="AskedAt">Before the question went out: what came back is no younger.</param>
public sealed record OnCallReading(DateTimeOffset AskedAt, OnCallAnswer Answer);

/// <summary>
/// What schedules have said to this process, at most <see cref="GoodFor"/> ago. A reading that is older counts for nothing, whatever became of the one
/// who was to renew it. A failure does not displace a reading that is still good.
/// </summary>
public sealed class OnCallBook(TimeProvider clock)
{
    /// <summary>How old a reading may be that decides.</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(60);

    private ImmutableDictionary<OnCallSchedule, OnCallReading> _readings = ImmutableDictionary<OnCallSchedule, OnCallReading>.Empty;

    /// <summary>What holds at this moment.</summary>
    public OnCallNow Now => new(_readings, clock.GetUtcNow());

    public void Write(OnCallSchedule schedule, OnCallReading reading) =>
        ImmutableInterlocked.AddOrUpdate(
            ref _readings, schedule, reading, (_, before) => reading.Answer is OnCallAnswer.Unknown && before.Answer is OnCallAnswer.Known && OnCallNow.IsGood(before, reading.AskedAt) ? before : reading);

    /// <summary>Forgets schedules that no group names any more.</summary>
    public void Keep(IReadOnlySet<OnCallSchedule> named)
    {
        foreach (var gone in _readings.Keys.Where(s => !named.Contains(s)))
            ImmutableInterlocked.TryRemove(ref _readings, gone, out _);
    }
}

/// <summary>What is known of schedules at one moment. Immutable.</summary>
public sealed class OnCallNow(ImmutableDictionary<OnCallSchedule, OnCallReading> readings, DateTimeOffset now)
{
    private static readonly OnCallAnswer NotAsked = new OnCallAnswer.Unknown("its schedule was not read yet");

    private static readonly OnCallAnswer Old = new OnCallAnswer.Unknown("its schedule was not read for a minute");

    public static OnCallNow Nothing { get; } = new(ImmutableDictionary<OnCallSchedule, OnCallReading>.Empty, DateTimeOffset.MinValue);

    public OnCallAnswer Of(OnCallSchedule schedule)
    {
        if (!readings.TryGetValue(schedule, out var reading))
            return NotAsked;
        return reading.Answer is OnCallAnswer.Unknown || IsGood(reading, now) ? reading.Answer : Old;
    }

    internal static bool IsGood(OnCallReading reading, DateTimeOffset now) => now - reading.AskedAt < OnCallBook.GoodFor;
}

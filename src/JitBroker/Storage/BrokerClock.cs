namespace JitBroker.Storage;

/// <summary>
/// The only source of <c>now</c> (rule 16): the database's time, read every 10 s and advanced by the monotonic stopwatch between, so that a host
/// clock that is off or steps changes nothing. On SQLite the host's clock is read once at the same pace. Whole microseconds.
/// </summary>
public sealed class BrokerClock : TimeProvider
{
    /// <summary>How often the database is asked for its time.</summary>
    public static readonly TimeSpan SyncEvery = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _host;
    private Reading _reading;

    /// <param name="host">The host's clock: the first reading, and its stopwatch from then on.</param>
    public BrokerClock(TimeProvider host)
    {
        _host = host;
        _reading = new Reading(host.GetUtcNow(), host.GetTimestamp());
    }

    public override long TimestampFrequency => _host.TimestampFrequency;

    public override DateTimeOffset GetUtcNow()
    {
        var reading = Volatile.Read(ref _reading);
        return Instants.Truncate(reading.Instant + _host.GetElapsedTime(reading.Timestamp));
    }

    public override long GetTimestamp() => _host.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _host.CreateTimer(callback, state, dueTime, period);

    /// <summary>Reads the database's clock and takes it over; half of the round trip is added, as the answer is that old.</summary>
    /// <exception cref="DatabaseUnavailableException">The old reading stays in force.</exception>
    public async Task SyncAsync(Database database, CancellationToken cancellationToken)
    {
        var asked = _host.GetTimestamp();
        var answer = await database.ReadClockAsync(cancellationToken);
        var answered = _host.GetTimestamp();
        var instant = answer is { } told ? told + (_host.GetElapsedTime(asked, answered) / 2) : _host.GetUtcNow();
        Volatile.Write(ref _reading, new Reading(instant, answered));
    }

    private sealed record Reading(DateTimeOffset Instant, long Timestamp);
}

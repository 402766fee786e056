namespace JitBroker.Issuers.Http;

/// <summary>
/// This replica's view of what opens what: a snapshot that is read anew while it is used, at most once per <see cref="Pace"/> however many ask, and never believed when it is older than
/// <see cref="Door.Believed"/>. It holds what is in the database and nothing that a caller sends. Nobody asks, nothing is read.
/// </summary>
/// <param name="read">Every token that opens something now.</param>
internal sealed class DoorView(Func<CancellationToken, Task<IReadOnlyList<DoorRow>>> read, TimeProvider clock)
{
    /// <summary>Least time between the beginnings of two readings.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    /// <summary>When a snapshot in use is read anew, well before it may not be believed any more.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(400);

    private static readonly TimeSpan LongestReading = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private volatile DoorSnapshot? _seen;
    private Task<DoorSnapshot>? _next;
    private Task _running = Task.CompletedTask;
    private long _lastBegan;

    /// <summary>One that may be believed now, or null.</summary>
    public DoorSnapshot? Current()
    {
        if (_seen is not { } seen)
            return null;
        var age = clock.GetElapsedTime(seen.AsOf);
        if (age > Fresh && clock.GetElapsedTime(Interlocked.Read(ref _lastBegan)) > Fresh)
            _ = NextAsync();
        return age <= Door.Believed ? seen : null;
    }

    /// <summary>One whose reading begins after this call. All who call meanwhile share it.</summary>
    /// <exception cref="Storage.DatabaseUnavailableException">The database is away.</exception>
    public Task<DoorSnapshot> NextAsync()
    {
        lock (_lock)
            return _next ??= ReadSoonAsync(_running);
    }

    private async Task<DoorSnapshot> ReadSoonAsync(Task before)
    {
        await Task.Yield();
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_lastBegan != 0 && Pace - clock.GetElapsedTime(_lastBegan) is { Ticks: > 0 } wait)
            await Task.Delay(wait, clock);
        long asOf;
        lock (_lock)
        {
            // Whoever comes from here on needs a reading that begins later.
            (_running, _next) = (_next!, null);
            asOf = clock.GetTimestamp();
            Interlocked.Exchange(ref _lastBegan, asOf);
        }

        using var patience = new CancellationTokenSource(LongestReading, clock);
        return _seen = new DoorSnapshot(asOf, await read(patience.Token));
    }
}

using System.Collections.Concurrent;

namespace JitBroker.Server.Http;

/// <summary>
/// A token bucket per key, in memory and per replica: a brake against floods, not an accounting. Holds a bounded number of keys; when full, those whose
/// bucket has filled up again are forgotten, and if that is none, newcomers share one bucket.
/// </summary>
internal sealed class Throttle(TimeProvider clock, int perSecond, int burst)
{
    private const int MostKeys = 50_000;
    private const string Others = "";

    private readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);
    private long _sweptAt = clock.GetTimestamp();

    /// <summary>Takes one; null when it may go on, otherwise how long to wait.</summary>
    public TimeSpan? Take(string key) => Of(key).Take(clock.GetTimestamp(), clock.TimestampFrequency, perSecond, burst);

    private Bucket Of(string key)
    {
        if (_buckets.TryGetValue(key, out var known))
            return known;
        if (_buckets.Count >= MostKeys)
            Sweep();
        return _buckets.GetOrAdd(_buckets.Count >= MostKeys ? Others : key, _ => new Bucket(burst, clock.GetTimestamp()));
    }

    private void Sweep()
    {
        var now = clock.GetTimestamp();
        var last = Interlocked.Read(ref _sweptAt);
        if (clock.GetElapsedTime(last, now) < TimeSpan.FromSeconds(1) || Interlocked.CompareExchange(ref _sweptAt, now, last) != last)
            return;
        foreach (var (key, bucket) in _buckets)
            if (bucket.IsFull(now, clock.TimestampFrequency, perSecond, burst))
                _buckets.TryRemove(key, out _);
    }

    private sealed class Bucket(double left, long at)
    {
        private readonly Lock _lock = new();
        private double _left = left;
        private long _at = at;

        public TimeSpan? Take(long now, long frequency, int perSecond, int burst)
        {
            lock (_lock)
            {
                Fill(now, frequency, perSecond, burst);
                if (_left < 1)
                    return TimeSpan.FromSeconds((1 - _left) / perSecond);
                _left -= 1;
                return null;
            }
        }

        public bool IsFull(long now, long frequency, int perSecond, int burst)
        {
            lock (_lock)
            {
                Fill(now, frequency, perSecond, burst);
                return _left >= burst;
            }
        }

        private void Fill(long now, long frequency, int perSecond, int burst)
        {
            if (now > _at)
                _left = Math.Min(burst, _left + ((now - _at) / (double)frequency * perSecond));
            _at = Math.Max(_at, now);
        }
    }
}

/// <summary>How fast callers may be. Generous: people and their tools never notice.</summary>
/// <param name="PersonPerSecond">Calls of one signed-in person, with a burst of four seconds' worth.</param>
/// <param name="SignInsPerMinute">Device authorizations from one address.</param>
/// <param name="PollsPerSecond">Token polls from one address.</param>
public sealed record CallRates(int PersonPerSecond = 20, int SignInsPerMinute = 60, int PollsPerSecond = 20);

/// <summary>The brakes of this replica.</summary>
internal sealed class Throttles(CallRates rates, TimeProvider clock)
{
    public Throttle People { get; } = new(clock, rates.PersonPerSecond, rates.PersonPerSecond * 4);

    public Throttle SignIns { get; } = new(clock, Math.Max(1, rates.SignInsPerMinute / 60), rates.SignInsPerMinute);

    public Throttle Polls { get; } = new(clock, rates.PollsPerSecond, rates.PollsPerSecond * 4);
}

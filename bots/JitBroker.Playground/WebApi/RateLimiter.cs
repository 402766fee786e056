using System.Globalization;

namespace JitBroker.Playground.WebApi;

/// <summary>Slack's tiers, in calls per minute.</summary>
internal static class Tier
{
    public const int One = 1;
    public const int Two = 20;
    public const int Three = 50;
    public const int Four = 100;
    public const int Special = 600;
}

/// <summary>Token buckets on the handed-in clock: one per method, one per channel that is posted to, one for all posts.</summary>
internal sealed class RateLimiter(PlaygroundRateLimits limits, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (double Tokens, DateTimeOffset At)> _buckets = new(StringComparer.Ordinal);

    /// <summary>Null when the call may pass; else the whole seconds to wait.</summary>
    public int? Refuse(string method, int perMinute, int burst, string? postsTo)
    {
        if (!limits.Enabled) return null;
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            var wants = new List<(string Key, double Capacity, double PerSecond)> { (method, burst > 0 ? burst : perMinute, perMinute / 60.0) };
            if (postsTo is not null)
            {
                wants.Add(("channel " + postsTo, limits.ChannelBurst, 1));
                wants.Add(("workspace", limits.WorkspacePerMinute, limits.WorkspacePerMinute / 60.0));
            }
            var wait = wants.Max(w => (1 - Level(w.Key, w.Capacity, w.PerSecond, now)) / w.PerSecond);
            if (wait > 0) return (int)Math.Ceiling(wait);
            foreach (var w in wants) _buckets[w.Key] = (Level(w.Key, w.Capacity, w.PerSecond, now) - 1, now);
            return null;
        }
    }

    private double Level(string key, double capacity, double perSecond, DateTimeOffset now) =>
        _buckets.TryGetValue(key, out var bucket) ? Math.Min(capacity, bucket.Tokens + (now - bucket.At).TotalSeconds * perSecond) : capacity;
}

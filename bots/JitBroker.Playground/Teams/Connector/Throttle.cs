namespace JitBroker.Playground.Teams.Connector;

/// <summary>The published limits per bot and conversation, and the one of the app in the tenant, on the handed-in clock.</summary>
internal sealed class Throttle(bool isOn, TimeProvider clock)
{
    private static readonly (int Most, TimeSpan Within)[] Sending = [(7, Seconds(1)), (8, Seconds(2)), (60, Seconds(30)), (1800, Seconds(3600))];
    private static readonly (int Most, TimeSpan Within)[] Reading = [(14, Seconds(1)), (16, Seconds(2)), (120, Seconds(30)), (3600, Seconds(3600))];
    // the old way to read all members at once
    private static readonly (int Most, TimeSpan Within)[] Deprecated = [(5, Seconds(60))];
    private static readonly (int Most, TimeSpan Within)[] OfApp = [(50, Seconds(1))];

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<DateTimeOffset>> _calls = new(StringComparer.Ordinal);

    /// <summary>Null when the call may pass; else the whole seconds to wait.</summary>
    public int? Refuse(ConnectorCall call)
    {
        if (!isOn) return null;
        var (kind, limits) = call.Name switch
        {
            "members.all" => ("members.all", Deprecated),
            "members.get" or "members.paged" or "teams.get" or "teams.conversations" => ("members", Reading),
            "conversations.create" => ("create", Sending),
            _ => ("send", Sending),
        };
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            (List<DateTimeOffset> Calls, (int Most, TimeSpan Within)[] Limits)[] both = [(Of($"{kind} {call.Conversation}"), limits), (Of("app"), OfApp)];
            foreach (var (calls, limit) in both) calls.RemoveAll(at => now - at >= limit[^1].Within);
            var wait = both.SelectMany(b => b.Limits.Select(limit => Wait(b.Calls, limit, now))).Max();
            if (wait > TimeSpan.Zero) return Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
            foreach (var (calls, _) in both) calls.Add(now);
            return null;
        }
    }

    private static TimeSpan Wait(List<DateTimeOffset> calls, (int Most, TimeSpan Within) limit, DateTimeOffset now)
    {
        if (calls.Count < limit.Most) return TimeSpan.Zero;
        return calls[^limit.Most] + limit.Within - now;
    }

    private List<DateTimeOffset> Of(string key)
    {
        if (!_calls.TryGetValue(key, out var calls)) _calls[key] = calls = [];
        return calls;
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);
}

namespace JitBroker.Playground.State;

/// <summary>Trigger ids: three seconds, one use.</summary>
internal sealed class Triggers(TimeProvider clock, Func<string> newId)
{
    internal static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(3);

    private sealed class Trigger(string user, DateTimeOffset expires)
    {
        public string User => user;
        public DateTimeOffset Expires => expires;
        public bool Used { get; set; }
    }

    private readonly Dictionary<string, Trigger> _known = new(StringComparer.Ordinal);

    public string Issue(string user)
    {
        var id = newId();
        _known[id] = new Trigger(user, clock.GetUtcNow() + Lifetime);
        return id;
    }

    /// <summary>Who pressed, or Slack's error code. Uses the trigger up only when it answers a user.</summary>
    public (string? User, string? Error) Exchange(string? id)
    {
        if (id is null || !_known.TryGetValue(id, out var trigger)) return (null, "invalid_trigger_id");
        if (trigger.Used) return (null, "exchanged_trigger_id");
        if (clock.GetUtcNow() >= trigger.Expires) return (null, "expired_trigger_id");
        trigger.Used = true;
        return (trigger.User, null);
    }
}

namespace JitBroker.Grants;

/// <summary>States of a grant.</summary>
public enum GrantState
{
    Scheduled,
    Active,
    Ending,
    Ended,
}

/// <summary>
/// The one transition table of grants.
/// <code>
/// scheduled ──→ active ──→ ending ──→ ended
///     └───────────────────────────────↗  cancelled before it starts
/// </code>
/// A grant is ended only when each of its leases is revoked.
/// </summary>
public static class GrantLifecycle
{
    private static readonly HashSet<(GrantState From, GrantState To)> Legal =
    [
        (GrantState.Scheduled, GrantState.Active),
        (GrantState.Active, GrantState.Ending),
        (GrantState.Ending, GrantState.Ended),
        (GrantState.Scheduled, GrantState.Ended),
    ];

    public static bool Allows(GrantState from, GrantState to) => Legal.Contains((from, to));

    public static string ToText(this GrantState state) => state switch
    {
        GrantState.Scheduled => "scheduled",
        GrantState.Active => "active",
        GrantState.Ending => "ending",
        GrantState.Ended => "ended",
    };

    /// <summary>Null when the text is no state.</summary>
    public static GrantState? Parse(string text) => text switch
    {
        "scheduled" => GrantState.Scheduled,
        "active" => GrantState.Active,
        "ending" => GrantState.Ending,
        "ended" => GrantState.Ended,
        _ => null,
    };
}

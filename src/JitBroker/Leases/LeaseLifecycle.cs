namespace JitBroker.Leases;

/// <summary>States of a lease.</summary>
public enum LeaseState
{
    Minting,
    Active,
    Revoking,
    Revoked,
}

/// <summary>
/// The one transition table of leases.
/// <code>
/// minting ──→ active ──→ revoking ──→ revoked
///     └──────────────────────↗ ↖───────┘  the mint failed, timed out, lost to the end, or its process died; it stands again at the target
/// </code>
/// A lease that cannot be revoked stays <c>revoking</c> and is tried for ever.
/// </summary>
public static class LeaseLifecycle
{
    private static readonly HashSet<(LeaseState From, LeaseState To)> Legal =
    [
        (LeaseState.Minting, LeaseState.Active),
        (LeaseState.Minting, LeaseState.Revoking),
        (LeaseState.Active, LeaseState.Revoking),
        (LeaseState.Revoking, LeaseState.Revoked),
        (LeaseState.Revoked, LeaseState.Revoking),
    ];

    public static bool Allows(LeaseState from, LeaseState to) => Legal.Contains((from, to));

    public static string ToText(this LeaseState state) => state switch
    {
        LeaseState.Minting => "minting",
        LeaseState.Active => "active",
        LeaseState.Revoking => "revoking",
        LeaseState.Revoked => "revoked",
    };
}

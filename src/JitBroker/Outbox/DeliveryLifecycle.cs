namespace JitBroker.Outbox;

/// <summary>States of a delivery.</summary>
public enum DeliveryState
{
    Pending,
    Sent,
    Dead,
    Uncertain,
}

/// <summary>
/// The one transition table of deliveries.
/// <code>
/// pending ──→ sent | dead | uncertain
///    ↖──────────────────────────┘  posted again: a duplicate is better than silence
/// </code>
/// </summary>
public static class DeliveryLifecycle
{
    private static readonly HashSet<(DeliveryState From, DeliveryState To)> Legal =
    [
        (DeliveryState.Pending, DeliveryState.Sent),
        (DeliveryState.Pending, DeliveryState.Dead),
        (DeliveryState.Pending, DeliveryState.Uncertain),
        (DeliveryState.Uncertain, DeliveryState.Pending),
    ];

    public static bool Allows(DeliveryState from, DeliveryState to) => Legal.Contains((from, to));

    public static string ToText(this DeliveryState state) => state switch
    {
        DeliveryState.Pending => "pending",
        DeliveryState.Sent => "sent",
        DeliveryState.Dead => "dead",
        DeliveryState.Uncertain => "uncertain",
    };
}

namespace JitBroker.Issuing;

/// <summary>What stood in the way at the target; it decides when the broker tries again and whom it tells. An issuer that cannot tell leaves the default.</summary>
public enum Obstacle
{
    /// <summary>It did not answer, the way to it broke, or it is not in service: nothing that is asked of it now would fare better. Several in a row pause the whole target.</summary>
    Away,

    /// <summary>It answered, and it is not done: a session that does not go, an effect that is not seen yet. This lease waits and is tried again; others do not wait for it.</summary>
    Unfinished,

    /// <summary>Somebody else changed the same thing at the same time. It is tried again within a second or two.</summary>
    Conflict,

    /// <summary>It asks for patience, e.g. by 429 or a throttling error. Everything at this target waits, for as long as it says.</summary>
    Throttled,

    /// <summary>It said no to the broker itself: a right that is missing, an admin secret that is not right or not there. Somebody has to mend that: operations are told.</summary>
    Denied,
}

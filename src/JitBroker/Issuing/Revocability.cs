namespace JitBroker.Issuing;

/// <summary>Who keeps the end if the broker is dead: the target's own clock, or nobody but the broker.</summary>
public enum EndBound
{
    Target,
    Broker,
}

/// <summary>What an early end can do.</summary>
public enum EarlyEnd
{
    /// <summary>It holds from the answer on.</summary>
    Immediate,

    /// <summary>It holds after at most <see cref="Revocability.Within"/>.</summary>
    Eventual,

    /// <summary>It cannot be unsaid: access lasts until the credential's expiry plus <see cref="Revocability.Within"/>, the verifier's skew.</summary>
    AtExpiry,
}

/// <summary>What an issuer declares of the end, shown to approver and holder before anybody decides (rule 4).</summary>
/// <param name="Bound">Who keeps the end if the broker is dead.</param>
/// <param name="EarlyEnd">What an early end can do.</param>
/// <param name="Within">See <see cref="Issuing.EarlyEnd"/>; zero for an immediate one.</param>
/// <param name="SettleTime">How long after the mint deadline an object may still appear at the target.</param>
/// <param name="Text">For people, how this access ends: what follows "Ends by: ", without a full stop.</param>
public sealed record Revocability(EndBound Bound, EarlyEnd EarlyEnd, TimeSpan Within, TimeSpan SettleTime, string Text);

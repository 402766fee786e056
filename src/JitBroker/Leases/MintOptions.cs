namespace JitBroker.Leases;

/// <summary>How long a mint may take. The timeout lies below the deadline, so that at the deadline no mint of ours is under way any more.</summary>
/// <param name="Timeout">When an issuer's call is given up.</param>
/// <param name="Deadline">When the lease counts as failed, whoever was minting it.</param>
/// <param name="EndTimeout">When an issuer's attempt to end is given up and counted as failed.</param>
public sealed record MintOptions(TimeSpan Timeout, TimeSpan Deadline, TimeSpan EndTimeout)
{
    public static MintOptions Default { get; } = new(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(12));
}

namespace JitBroker.Scheduling;

/// <summary>This process among its replicas: the owner written on claims.</summary>
/// <param name="Id">Unique per process start.</param>
public sealed record Replica(string Id)
{
    /// <summary>How long a claim holds. A dead replica's work is taken over after it; 15 s at most passes (design §7).</summary>
    public static readonly TimeSpan ClaimFor = TimeSpan.FromSeconds(15);

    /// <summary>How often a living replica renews the claims of work that takes longer.</summary>
    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(5);
}

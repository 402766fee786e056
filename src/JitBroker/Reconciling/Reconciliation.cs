namespace JitBroker.Reconciling;

/// <summary>The latest look at one issuer's target, as stored. Its version is the number of its events.</summary>
public sealed record Reconciliation
{
    public required string Issuer { get; init; }

    public required int Version { get; init; }

    /// <summary>When the sweep looks next.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>Null before the first look.</summary>
    public DateTimeOffset? LookedAt { get; init; }

    /// <summary>The operator who asked for it; null for the sweep.</summary>
    public string? LookedBy { get; init; }

    public bool DryRun { get; init; }

    /// <summary>JSON of <see cref="LookResult"/>.</summary>
    public string? Result { get; init; }

    public LookResult? Look => LookResult.FromText(Result);
}

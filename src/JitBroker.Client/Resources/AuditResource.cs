namespace JitBroker.Client;

/// <summary>
/// The broker's signed word that its audit ended with <paramref name="Hash"/> at <paramref name="Seq"/>. Only what stands inside <paramref name="Jws"/> is
/// signed; the rest repeats it for readers.
/// </summary>
/// <param name="Jws">Compact JWS over <c>{seq, hash, at}</c>, by a key of <c>/.well-known/audit-keys.json</c>.</param>
public sealed record CheckpointResource(long Seq, string Hash, DateTimeOffset At, string Jws);

/// <summary>A lease on its own: as in its grant, and whose it is.</summary>
public sealed record LeaseDetailResource
{
    /// <summary>A ULID.</summary>
    public required string Id { get; init; }

    /// <summary>The grant it was minted under.</summary>
    public required string Grant { get; init; }

    /// <summary>What the grant gives.</summary>
    public required string Entitlement { get; init; }

    /// <summary>Who holds it.</summary>
    public required PersonResource Holder { get; init; }

    /// <summary>Where its credential was made: kind and name of the target.</summary>
    public required string Target { get; init; }

    /// <summary>Where it stands.</summary>
    public required LeaseState State { get; init; }

    /// <summary>When the credential dies by itself; null while it is being minted.</summary>
    public required DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was revoked, or null.</summary>
    public required DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Whether the end was read back at the target; false for an abandoned lease, null until it is revoked.</summary>
    public required bool? Verified { get; init; }

    /// <summary>How often its end was tried.</summary>
    public required int Attempts { get; init; }

    /// <summary>Why the last attempt failed, or null; never holds a secret.</summary>
    public required string? LastError { get; init; }

    /// <summary>Since when its end is stuck, or null.</summary>
    public required DateTimeOffset? StuckSince { get; init; }

    /// <summary>When the next attempt is due, or null.</summary>
    public required DateTimeOffset? NextAttemptAt { get; init; }
}

namespace JitBroker.Leases;

/// <summary>The life of one credential, as stored. The secret itself is nowhere in it. Its version is the number of its events.</summary>
public sealed record Lease
{
    public required string Id { get; init; }

    public required string GrantId { get; init; }

    /// <summary>See <see cref="LeaseLifecycle"/>.</summary>
    public required string State { get; init; }

    public required int Version { get; init; }

    public required string Holder { get; init; }

    /// <summary>The session that collected it, so that <b>Not me</b> can end it.</summary>
    public string? SessionId { get; init; }

    /// <summary>The lane its work at the target runs in.</summary>
    public required string Target { get; init; }

    /// <summary>JSON of <see cref="Issuing.RevocationHandle"/>.</summary>
    public required string Handle { get; init; }

    /// <summary>What its work at the target touches beside its own objects; see <see cref="Issuing.RevocationHandle.Principal"/>.</summary>
    public string? Principal { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>After it no mint of this lease can still be under way here.</summary>
    public required DateTimeOffset MintDeadline { get; init; }

    /// <summary>When the credential stops by itself at the target.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>For a credential that cannot be unsaid: when it is over for every verifier. Null otherwise.</summary>
    public DateTimeOffset? DueBy { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>False when an operator gave up on it.</summary>
    public required bool Verified { get; init; }

    /// <summary>Failed attempts to end it.</summary>
    public required int Attempts { get; init; }

    public string? LastError { get; init; }

    public DateTimeOffset? StuckSince { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>The later end that its grant has and the target does not know yet; null when they agree, or the target cannot be told.</summary>
    public DateTimeOffset? ProlongUntil { get; init; }

    public DateTimeOffset? NextProlongAt { get; init; }

    /// <summary>It cannot be ended for now, and an operator may retry or abandon it.</summary>
    public bool IsStuck => State == "revoking" && StuckSince is not null;

    /// <summary>An operator gave up on it: nobody knows whether it still works.</summary>
    public bool IsAbandoned => State == "revoked" && !Verified;

    public bool IsLive => State is "minting" or "active";
}

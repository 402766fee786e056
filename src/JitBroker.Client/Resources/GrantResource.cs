namespace JitBroker.Client;

/// <summary>The authorisation born of an approved request.</summary>
public sealed record GrantResource
{
    /// <summary>A ULID.</summary>
    public required string Id { get; init; }

    /// <summary>The id of the request it was born of.</summary>
    public required string Request { get; init; }

    /// <summary>The entitlement's name.</summary>
    public required string Entitlement { get; init; }

    /// <summary>The issuer's kind (<see cref="CredentialKinds"/>), and so the shape of its credentials; null from a broker that does not say.</summary>
    public string? Kind { get; init; }

    /// <summary>Who may collect.</summary>
    public required PersonResource Holder { get; init; }

    /// <summary>Where it stands.</summary>
    public required GrantState State { get; init; }

    /// <summary>Start of the window.</summary>
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>End of the window; an extension moves it.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>How it ended, or null while it lives.</summary>
    public required GrantEnd? End { get; init; }

    /// <summary>Who ended it; null while it lives, and when its time ran out.</summary>
    public required PersonResource? EndedBy { get; init; }

    /// <summary>The words given for an early end, or null.</summary>
    public required string? EndReason { get; init; }

    /// <summary>When its end began, or null.</summary>
    public required DateTimeOffset? EndRequestedAt { get; init; }

    /// <summary>When the target was seen to refuse every credential of it, or null.</summary>
    public required DateTimeOffset? VerifiedEndAt { get; init; }

    /// <summary>After an early end at a target that cannot cut: until when a credential may still work. Null otherwise.</summary>
    public required DateTimeOffset? AccessMayLastUntil { get; init; }

    /// <summary>Taken without prior approval.</summary>
    public required bool BreakGlass { get; init; }

    /// <summary>The review of break-glass access, or null.</summary>
    public required ReviewResource? Review { get; init; }

    /// <summary>What an end can do at this target.</summary>
    public required RevocabilityResource Revocability { get; init; }

    /// <summary>Every credential minted, oldest first; never the secret.</summary>
    public required IReadOnlyList<LeaseResource> Leases { get; init; }
}

/// <summary>The review of a break-glass grant, by somebody who was no part of it. <paramref name="Verdict"/>, <paramref name="By"/> and <paramref name="Comment"/> are null until it is done. <paramref name="Incident"/>: what it was taken for, or null. <paramref name="LiftedBy"/>: who let its taker have the next one all the same, or null.</summary>
public sealed record ReviewResource(ReviewState State, DateTimeOffset DueAt, ReviewVerdict? Verdict, PersonResource? By, string? Comment, string? Incident = null, PersonResource? LiftedBy = null);

/// <summary>What an issuer promises about ends: <paramref name="Within"/> bounds how long an early end takes.</summary>
public sealed record RevocabilityResource(RevocationBound Bound, EarlyEnd EarlyEnd, TimeSpan Within);

/// <summary>The life of one credential, without the credential.</summary>
public sealed record LeaseResource
{
    /// <summary>A ULID.</summary>
    public required string Id { get; init; }

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
}

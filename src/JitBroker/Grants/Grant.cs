namespace JitBroker.Grants;

/// <summary>The authorisation born of an approved request, as stored. Its version is the number of its events.</summary>
public sealed record Grant
{
    public required string Id { get; init; }

    public required string RequestId { get; init; }

    /// <summary>See <see cref="GrantLifecycle"/>.</summary>
    public required string State { get; init; }

    public required int Version { get; init; }

    public required string Entitlement { get; init; }

    /// <summary>Canonical e-mail.</summary>
    public required string Holder { get; init; }

    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>The end, already due when the row is born (rule 1).</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary><c>expired</c>, <c>released</c> or <c>revoked</c>; null while it lives.</summary>
    public string? EndKind { get; init; }

    public string? EndedBy { get; init; }

    public string? EndReason { get; init; }

    public DateTimeOffset? EndRequestedAt { get; init; }

    /// <summary>When the last of its leases was verified gone.</summary>
    public DateTimeOffset? VerifiedEndAt { get; init; }

    public bool BreakGlass { get; init; }

    /// <inheritdoc cref="Requests.Request.Content"/>
    public required string Content { get; init; }

    public required string ContentHash { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public bool IsActive => State == "active";

    public bool HasEnded => State == "ended";
}

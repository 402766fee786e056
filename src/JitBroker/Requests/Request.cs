namespace JitBroker.Requests;

/// <summary>The ask, as stored. Its version is the number of its events.</summary>
public sealed record Request
{
    public required string Id { get; init; }

    /// <summary><c>access</c>, <c>extension</c> or <c>break_glass</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>See <see cref="RequestLifecycle"/>.</summary>
    public required string State { get; init; }

    public required int Version { get; init; }

    public required string Entitlement { get; init; }

    /// <summary>The bundle it was asked for with, or null.</summary>
    public string? Bundle { get; init; }

    /// <summary>Canonical e-mail.</summary>
    public required string Requester { get; init; }

    /// <summary>What was asked, in seconds.</summary>
    public required long DurationS { get; init; }

    public required string Reason { get; init; }

    /// <summary>Null: starts when it is approved.</summary>
    public DateTimeOffset? StartsAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset LapsesAt { get; init; }

    public DateTimeOffset? SettledAt { get; init; }

    /// <summary>Canonical e-mail of who settled it; null while pending and when no person did.</summary>
    public string? SettledBy { get; init; }

    /// <summary>Why it settled as it did: a denier's comment, <c>rule</c>, <c>nobody_decided</c>, <c>catalog_changed</c>, <c>not_eligible</c>, <c>grant_ended</c>, <c>extension_limit</c>, <c>break_glass</c>.</summary>
    public string? SettledBecause { get; init; }

    public required string Surface { get; init; }

    /// <summary>What was asked for, canonically: see <see cref="RequestContent"/>.</summary>
    public required string Content { get; init; }

    /// <summary>SHA-256 of <see cref="Content"/>, lower-case hex; checked again at each mint (rule 8).</summary>
    public required string ContentHash { get; init; }

    public required string CatalogHash { get; init; }

    /// <summary>The grant an extension moves the end of; null for the other kinds.</summary>
    public string? ExtendsGrant { get; init; }

    public TimeSpan Duration => TimeSpan.FromSeconds(DurationS);

    public bool IsPending => State == "pending";

    public bool IsExtension => ExtendsGrant is not null;
}

/// <summary>One approver's word on a request.</summary>
public sealed record Decision
{
    public required string Id { get; init; }

    public required string RequestId { get; init; }

    public required string Person { get; init; }

    /// <summary><c>approve</c> or <c>deny</c>.</summary>
    public required string Verdict { get; init; }

    /// <summary>Seconds, when the approver narrowed the ask.</summary>
    public long? DurationS { get; init; }

    public string? Comment { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Surface { get; init; }

    public string? Identity { get; init; }

    /// <summary>Whether it counted when the request settled; null while pending, when it is worked out anew at each look.</summary>
    public bool? Counted { get; init; }

    public bool IsApproval => Verdict == "approve";
}

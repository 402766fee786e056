namespace JitBroker.Policy;

/// <summary>
/// A no, with its reason. The same one is told on every surface and is an event (rule 9).
/// </summary>
/// <param name="Code">Stable, from <see cref="Codes"/>.</param>
/// <param name="Text">What happened, to what, why and what to do next, in one or two sentences for people; no secret.</param>
/// <param name="Field">Which input is at fault (<c>entitlement</c>, <c>duration</c>, <c>reason</c>, <c>starts</c>, <c>comment</c>, <c>incident</c>, <c>verdict</c>), or null.</param>
public sealed record Refusal(string Code, string Text, string? Field = null)
{
    /// <summary>Who settled it, for <c>already_settled</c>: a person's canonical e-mail, or null when no person did.</summary>
    public string? SettledBy { get; init; }

    /// <summary>The state it is in now, for <c>already_settled</c>.</summary>
    public string? State { get; init; }

    /// <summary>The id of what stands in the way, for <c>already_open</c>.</summary>
    public string? Id { get; init; }

    /// <summary>When trying again makes sense, for <c>rate_limited</c> and the unavailable ones.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>What a use case came to: the value, or why not. Exactly one of the two is set.</summary>
public sealed record Outcome<T>
    where T : class
{
    private Outcome(T? value, Refusal? refusal)
    {
        Value = value;
        Refusal = refusal;
    }

    public T? Value { get; }

    public Refusal? Refusal { get; }

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Refusal refusal) => new(null, refusal);
}

/// <summary>The codes of contract §4.</summary>
public static class Codes
{
    public const string InvalidRequest = "invalid_request";
    public const string Unauthenticated = "unauthenticated";
    public const string NotEligible = "not_eligible";
    public const string OwnRequest = "own_request";
    public const string NotAnApprover = "not_an_approver";
    public const string NotTheHolder = "not_the_holder";
    public const string OwnGrant = "own_grant";
    public const string NotAReviewer = "not_a_reviewer";
    public const string Inactive = "inactive";
    public const string ScopeNeeded = "scope_needed";
    public const string Forbidden = "forbidden";
    public const string NotFound = "not_found";
    public const string AlreadySettled = "already_settled";
    public const string AlreadyDecided = "already_decided";
    public const string AlreadyOpen = "already_open";
    public const string GrantNotActive = "grant_not_active";
    public const string GrantEnded = "grant_ended";
    public const string LeaseLimit = "lease_limit";
    public const string ExtensionLimit = "extension_limit";
    public const string ReviewOverdue = "review_overdue";
    public const string AlreadyReviewed = "already_reviewed";
    public const string NotBreakGlass = "not_break_glass";
    public const string NotStuck = "not_stuck";
    public const string NotBlocking = "review_not_blocking";
    public const string InProgress = "in_progress";
    public const string TooLarge = "too_large";
    public const string UnknownEntitlement = "unknown_entitlement";
    public const string InvalidDuration = "invalid_duration";
    public const string DurationTooLong = "duration_too_long";
    public const string WiderThanAsked = "wider_than_asked";
    public const string ReasonRequired = "reason_required";
    public const string ReasonPattern = "reason_pattern";
    public const string NobodyCanApprove = "nobody_can_approve";
    public const string InvalidValue = "invalid_value";
    public const string IdempotencyKeyReused = "idempotency_key_reused";
    public const string RateLimited = "rate_limited";
    public const string IssuerRefused = "issuer_refused";
    public const string IssuerUnavailable = "issuer_unavailable";
    public const string Unavailable = "unavailable";
}

namespace JitBroker.Client;

/// <summary>The stable codes of refusals, and the HTTP status of each.</summary>
public static class Codes
{
    /// <summary>400. The call itself is malformed.</summary>
    public const string InvalidRequest = "invalid_request";

    /// <summary>401. No session, or one that ended.</summary>
    public const string Unauthenticated = "unauthenticated";

    /// <summary>403. The caller may not ask for this.</summary>
    public const string NotEligible = "not_eligible";

    /// <summary>403. Nobody decides their own request.</summary>
    public const string OwnRequest = "own_request";

    /// <summary>403. The caller is not among those who decide this.</summary>
    public const string NotAnApprover = "not_an_approver";

    /// <summary>403. Only the holder collects.</summary>
    public const string NotTheHolder = "not_the_holder";

    /// <summary>403. Nobody reviews their own grant.</summary>
    public const string OwnGrant = "own_grant";

    /// <summary>403. The caller is not among those who review this.</summary>
    public const string NotAReviewer = "not_a_reviewer";

    /// <summary>403. The person is deactivated.</summary>
    public const string Inactive = "inactive";

    /// <summary>403. The session may not do this; start one that may decide.</summary>
    public const string ScopeNeeded = "scope_needed";

    /// <summary>403. The caller may not do this.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>404. There is no such thing, or the caller may not know of it.</summary>
    public const string NotFound = "not_found";

    /// <summary>409. The request was settled before; settledBy and state tell how.</summary>
    public const string AlreadySettled = "already_settled";

    /// <summary>409. The caller decided this before.</summary>
    public const string AlreadyDecided = "already_decided";

    /// <summary>409. A like request is pending; id names it.</summary>
    public const string AlreadyOpen = "already_open";

    /// <summary>409. The grant is not active.</summary>
    public const string GrantNotActive = "grant_not_active";

    /// <summary>409. The grant has ended.</summary>
    public const string GrantEnded = "grant_ended";

    /// <summary>409. As many credentials live as the entitlement allows.</summary>
    public const string LeaseLimit = "lease_limit";

    /// <summary>409. Extended as often as the entitlement allows.</summary>
    public const string ExtensionLimit = "extension_limit";

    /// <summary>409. A review is overdue and must come first.</summary>
    public const string ReviewOverdue = "review_overdue";

    /// <summary>409. The review was done before.</summary>
    public const string AlreadyReviewed = "already_reviewed";

    /// <summary>409. There is nothing to review: the grant was approved.</summary>
    public const string NotBreakGlass = "not_break_glass";

    /// <summary>409. The end of this lease is not stuck: there is nothing to retry or abandon; state tells how it stands.</summary>
    public const string NotStuck = "not_stuck";

    /// <summary>409: the review blocks nobody, so there is nothing to lift.</summary>
    public const string NotBlocking = "review_not_blocking";

    /// <summary>409. The same Idempotency-Key is still running.</summary>
    public const string InProgress = "in_progress";

    /// <summary>413. The body is too large.</summary>
    public const string TooLarge = "too_large";

    /// <summary>422. No such entitlement, or one hidden from the caller.</summary>
    public const string UnknownEntitlement = "unknown_entitlement";

    /// <summary>422. The duration cannot be read, or is too short.</summary>
    public const string InvalidDuration = "invalid_duration";

    /// <summary>422. Longer than the entitlement allows.</summary>
    public const string DurationTooLong = "duration_too_long";

    /// <summary>422. An approver may narrow, never widen.</summary>
    public const string WiderThanAsked = "wider_than_asked";

    /// <summary>422. A reason must be given.</summary>
    public const string ReasonRequired = "reason_required";

    /// <summary>422. The reason lacks what the entitlement asks for.</summary>
    public const string ReasonPattern = "reason_pattern";

    /// <summary>422. Nobody could approve this now.</summary>
    public const string NobodyCanApprove = "nobody_can_approve";

    /// <summary>422. A value is out of its range.</summary>
    public const string InvalidValue = "invalid_value";

    /// <summary>422. The same Idempotency-Key came with another body.</summary>
    public const string IdempotencyKeyReused = "idempotency_key_reused";

    /// <summary>429. Too many calls; Retry-After tells when.</summary>
    public const string RateLimited = "rate_limited";

    /// <summary>502. The target refused to mint.</summary>
    public const string IssuerRefused = "issuer_refused";

    /// <summary>503. The target does not answer.</summary>
    public const string IssuerUnavailable = "issuer_unavailable";

    /// <summary>503. The broker is not ready.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>The HTTP status that goes with <paramref name="code"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The contract has no such code.</exception>
    public static int StatusOf(string code) => code switch
    {
        InvalidRequest => 400,
        Unauthenticated => 401,
        NotEligible or OwnRequest or NotAnApprover or NotTheHolder or OwnGrant
            or NotAReviewer or Inactive or ScopeNeeded or Forbidden => 403,
        NotFound => 404,
        AlreadySettled or AlreadyDecided or AlreadyOpen or GrantNotActive or GrantEnded
            or LeaseLimit or ExtensionLimit or ReviewOverdue or AlreadyReviewed or NotBreakGlass or NotStuck or NotBlocking
            or InProgress => 409,
        TooLarge => 413,
        UnknownEntitlement or InvalidDuration or DurationTooLong or WiderThanAsked or ReasonRequired
            or ReasonPattern or NobodyCanApprove or InvalidValue or IdempotencyKeyReused => 422,
        RateLimited => 429,
        IssuerRefused => 502,
        IssuerUnavailable or Unavailable => 503,
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "The contract has no such code."),
    };
}

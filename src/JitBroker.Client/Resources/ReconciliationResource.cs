namespace JitBroker.Client;

/// <summary>
/// The latest look at an issuer's target. <paramref name="LookedAt"/> is null before the first; <paramref name="Failed"/> says why nothing could be concluded;
/// <paramref name="Live"/> counts the leases in use that stand there; <paramref name="Found"/> all findings, of which the first 200 are given;
/// <paramref name="OverBudget"/> how many ends would have been begun again, had they not been more than <paramref name="Budget"/>. (An addition to the contract.)
/// </summary>
public sealed record ReconciliationResource(
    string Issuer,
    DateTimeOffset? LookedAt,
    PersonResource? By,
    bool DryRun,
    string? Failed,
    int Live,
    IReadOnlyList<ReconciliationFindingResource> Findings,
    int Found,
    int EndedAgain,
    int Budget,
    int OverBudget,
    DateTimeOffset NextAt);

/// <summary>
/// One thing that does not agree with the leases. <paramref name="Kind"/> is <c>standing</c> (although its lease was revoked), <c>missing</c> (although its lease is
/// in use) or <c>foreign</c> (never touched); <paramref name="Confirmed"/>: two looks in a row saw it; <paramref name="EndsAgain"/>: this look began its end again.
/// </summary>
public sealed record ReconciliationFindingResource(string Kind, string Name, string? Lease, string Text, bool Confirmed, bool EndsAgain);

/// <summary>
/// A target that something is the matter with. <paramref name="State"/> is <c>paused</c>, <c>throttled</c> or <c>denied</c>; <paramref name="Waiting"/> counts the ends
/// that are not done there; nothing is asked of it before <paramref name="NotBefore"/>. (An addition to the contract.)
/// </summary>
public sealed record TargetResource(string Target, string State, DateTimeOffset? Since, DateTimeOffset? NotBefore, string? LastError, long Waiting);

namespace JitBroker.Client;

/// <summary>Something the caller may ask for.</summary>
public sealed record EntitlementResource
{
    /// <summary>Its name, such as <c>orders-db:read</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it is, in the owner's words.</summary>
    public required string Title { get; init; }

    /// <summary>How much harm it can do.</summary>
    public required Risk Risk { get; init; }

    /// <summary>The name of the issuer that mints its credentials.</summary>
    public required string Issuer { get; init; }

    /// <summary>How long one may ask for.</summary>
    public required DurationLimits Duration { get; init; }

    /// <summary>What the reason must be.</summary>
    public required ReasonRule Reason { get; init; }

    /// <summary>Who decides.</summary>
    public required ApprovalRule Approval { get; init; }

    /// <summary>What an end can do at its target.</summary>
    public required RevocabilityResource Revocability { get; init; }
}

/// <summary>Shortest, proposed and longest duration; <paramref name="Min"/> is null when only zero is too short.</summary>
public sealed record DurationLimits(TimeSpan? Min, TimeSpan Default, TimeSpan Max);

/// <summary>Whether a reason must be given, and what it should say.</summary>
public sealed record ReasonRule(bool Required, string? Hint);

/// <summary>
/// Who decides. <paramref name="Text"/> says it in a sentence; <paramref name="Auto"/> is true when nobody need decide (on the conditions the text names);
/// <paramref name="Stages"/> are met one after another and empty for a plain <c>auto</c>.
/// </summary>
public sealed record ApprovalRule(bool Auto, string Text, IReadOnlyList<ApprovalStage> Stages);

/// <summary>One stage: any one of the alternatives, each a list of clauses that must all be met by distinct people.</summary>
public sealed record ApprovalStage(IReadOnlyList<IReadOnlyList<ApprovalClause>> AnyOf);

/// <summary><paramref name="Votes"/> people of <paramref name="Group"/>.</summary>
public sealed record ApprovalClause(string Group, int Votes);

/// <summary>Why one may or may not have an entitlement: each rule that was looked at, in order.</summary>
public sealed record WhyResource(bool Allowed, IReadOnlyList<RuleResource> Rules);

/// <summary>One rule: its name, whether it holds, and a sentence.</summary>
public sealed record RuleResource(string Rule, bool Ok, string Text);

/// <summary>What a submit would do; nothing was stored. <paramref name="Code"/> is the refusal's code, null when allowed; <paramref name="LapsesAt"/> is null when nothing would wait.</summary>
public sealed record DryRunResource(bool Allowed, string? Code, IReadOnlyList<PersonResource> Approvers, DateTimeOffset? LapsesAt);

/// <summary>The requests that a bundle became: all of them, or none.</summary>
public sealed record BundleResource(IReadOnlyList<RequestResource> Items);

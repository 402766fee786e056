namespace JitBroker.Reviews;

/// <summary>What somebody else is to say, or has said, of one emergency access, as stored. Its version is the number of its events.</summary>
public sealed record Review
{
    public required string Id { get; init; }

    public required string GrantId { get; init; }

    /// <summary>See <see cref="ReviewLifecycle"/>.</summary>
    public required string State { get; init; }

    public required int Version { get; init; }

    /// <summary>Who took the access: canonical e-mail.</summary>
    public required string Invoker { get; init; }

    public required string Entitlement { get; init; }

    /// <summary>What it was taken for, as its taker named it; reviews of one incident may be given together. Null when none was named.</summary>
    public string? Incident { get; init; }

    /// <summary>The groups by which its taker was on call then, joined by commas.</summary>
    public required string OnCallIn { get; init; }

    /// <summary>Who reviews it, pinned when it was taken.</summary>
    public required string ReviewGroup { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset DueAt { get; init; }

    /// <summary>When the reviewers are told again; null once it is done.</summary>
    public DateTimeOffset? NextReminderAt { get; init; }

    public required int Reminders { get; init; }

    /// <summary><c>justified</c>, <c>misuse</c> or <c>policy_gap</c>; null until it is done.</summary>
    public string? Verdict { get; init; }

    public string? Reviewer { get; init; }

    public string? Comment { get; init; }

    public DateTimeOffset? ReviewedAt { get; init; }

    /// <summary>Who let its taker have emergency access again all the same, and why.</summary>
    public string? LiftedBy { get; init; }

    public DateTimeOffset? LiftedAt { get; init; }

    public string? LiftReason { get; init; }

    public bool IsDone => State == "done";

    /// <summary>How it stands at <paramref name="now"/>, whether or not the sweep has been there.</summary>
    public ReviewState StateAt(DateTimeOffset now) => State == "due" && DueAt <= now ? ReviewState.Overdue : ReviewLifecycle.Parse(State)!.Value;

    /// <summary>Whether it keeps its taker from another emergency access: overdue or misuse, and not lifted since.</summary>
    public bool BlocksAt(DateTimeOffset now) => StateAt(now) switch
    {
        ReviewState.Overdue => LiftedAt is null,
        ReviewState.Done => Verdict == Verdicts.Misuse && !(LiftedAt >= ReviewedAt),
        _ => false,
    };
}

/// <summary>What a reviewer may say.</summary>
public static class Verdicts
{
    public const string Justified = "justified";
    public const string Misuse = "misuse";

    /// <summary>It was needed, and the catalog should have given it without an emergency.</summary>
    public const string PolicyGap = "policy_gap";

    public static bool IsKnown(string? verdict) => verdict is Justified or Misuse or PolicyGap;
}

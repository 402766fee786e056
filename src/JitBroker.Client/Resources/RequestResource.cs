namespace JitBroker.Client;

/// <summary>The ask, as requester, approvers, auditors and admins read it.</summary>
public sealed record RequestResource
{
    /// <summary>A ULID.</summary>
    public required string Id { get; init; }

    /// <summary>Access, more of it, or break-glass.</summary>
    public required RequestKind Kind { get; init; }

    /// <summary>Where it stands.</summary>
    public required RequestState State { get; init; }

    /// <summary>The entitlement's name.</summary>
    public required string Entitlement { get; init; }

    /// <summary>The bundle it was asked in, or null.</summary>
    public required string? Bundle { get; init; }

    /// <summary>Who asked.</summary>
    public required PersonResource Requester { get; init; }

    /// <summary>What was asked; an approver may narrow what is granted.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The asker's own words.</summary>
    public required string? Reason { get; init; }

    /// <summary>Fixed start of the window, or null: it starts when it is approved.</summary>
    public required DateTimeOffset? StartsAt { get; init; }

    /// <summary>When it was asked.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it lapses if nobody decides.</summary>
    public required DateTimeOffset LapsesAt { get; init; }

    /// <summary>When it left <c>pending</c>, or null.</summary>
    public required DateTimeOffset? SettledAt { get; init; }

    /// <summary>Whose act settled it; null while pending, and when the broker itself did.</summary>
    public required PersonResource? SettledBy { get; init; }

    /// <summary>Why it settled, in a word or a sentence, or null.</summary>
    public required string? SettledBecause { get; init; }

    /// <summary>The clauses that must be filled.</summary>
    public required IReadOnlyList<ClauseResource> Approval { get; init; }

    /// <summary>Every decision, oldest first.</summary>
    public required IReadOnlyList<DecisionResource> Decisions { get; init; }

    /// <summary>The grant born of it, or null.</summary>
    public required GrantReference? Grant { get; init; }

    /// <summary>What happened, oldest first.</summary>
    public required IReadOnlyList<HistoryResource> History { get; init; }
}

/// <summary>One clause of a request's rule: <paramref name="Have"/> of <paramref name="Votes"/> from <paramref name="Group"/>.</summary>
public sealed record ClauseResource(string Group, int Votes, int Have);

/// <summary>One approver's decision. <see cref="Counts"/> is false when its person may no longer decide.</summary>
public sealed record DecisionResource
{
    /// <summary>Who decided.</summary>
    public required PersonResource By { get; init; }

    /// <summary>Approve or deny.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>The shorter duration approved, or null: as asked.</summary>
    public required TimeSpan? Duration { get; init; }

    /// <summary>The approver's words; never null on a denial.</summary>
    public required string? Comment { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Where the button was.</summary>
    public required Surface Surface { get; init; }

    /// <summary>Whether the vote counts now.</summary>
    public required bool Counts { get; init; }
}

/// <summary>A grant by id and state.</summary>
public sealed record GrantReference(string Id, GrantState State);

/// <summary>One event of a request's story. <paramref name="By"/> and <paramref name="Surface"/> are null when the broker itself acted.</summary>
public sealed record HistoryResource(DateTimeOffset At, string Event, PersonResource? By, Surface? Surface);

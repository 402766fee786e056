namespace JitBroker.Catalog.AccessReview;

/// <summary>What one person did with one entitlement, ever.</summary>
public sealed record PersonUse
{
    public required string Entitlement { get; init; }

    /// <summary>Canonical e-mail.</summary>
    public required string Person { get; init; }

    public required long Asks { get; init; }

    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>Grants they got.</summary>
    public long Grants { get; init; }

    /// <summary>When they last collected a credential; null: never.</summary>
    public DateTimeOffset? UsedAt { get; init; }
}

/// <summary>One entitlement as its owner looks at it.</summary>
/// <param name="MayAsk">Who may ask now: canonical e-mails, in order.</param>
/// <param name="Uses">Who asked, the last user first, those who may not any more included.</param>
/// <param name="Unused">Who may ask and has not used it within the time that is looked at.</param>
/// <param name="IsOpen">Who may ask changes with the hour, so that nothing is proposed for them.</param>
public sealed record EntitlementReview(
    Entitlement Entitlement, IReadOnlyList<string> MayAsk, IReadOnlyList<PersonUse> Uses, IReadOnlyList<string> Unused, bool IsOpen, IReadOnlyList<Proposal> Proposals)
{
    public DateTimeOffset? LastUsedAt => Uses.Max(u => u.UsedAt);
}

/// <summary>What should become of it.</summary>
/// <param name="Remove">False: keep it as it is.</param>
/// <param name="What"><c>entitlement</c>, or <c>group</c>: one that may ask for it.</param>
/// <param name="Name">The entitlement's or the group's.</param>
/// <param name="Because">A sentence.</param>
public sealed record Proposal(bool Remove, string What, string Name, string Because);

/// <summary>A review as it stands at one look.</summary>
/// <param name="Since">What was not used from then on counts as unused.</param>
/// <param name="KnownSince">When the broker began to look: where that is later than <paramref name="Since"/>, nothing is proposed for removal.</param>
/// <param name="PeopleToRemove">Members that a group, which only lets its members ask, has for nothing: by group, in order.</param>
public sealed record AccessReviewed(
    DateTimeOffset At, DateTimeOffset Since, DateTimeOffset? KnownSince, IReadOnlyList<EntitlementReview> Entitlements, IReadOnlyList<(string Group, string Person)> PeopleToRemove)
{
    /// <summary>Of the catalog that was reviewed.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Bundles { get; init; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
}

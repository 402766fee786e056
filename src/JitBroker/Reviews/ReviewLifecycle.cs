namespace JitBroker.Reviews;

/// <summary>States of a review.</summary>
public enum ReviewState
{
    Due,
    Overdue,
    Done,
}

/// <summary>
/// The one transition table of reviews.
/// <code>
/// due ──→ overdue ──→ done
///  └──────────────────↗  reviewed within its deadline
/// </code>
/// </summary>
public static class ReviewLifecycle
{
    private static readonly HashSet<(ReviewState From, ReviewState To)> Legal =
    [
        (ReviewState.Due, ReviewState.Overdue),
        (ReviewState.Due, ReviewState.Done),
        (ReviewState.Overdue, ReviewState.Done),
    ];

    public static bool Allows(ReviewState from, ReviewState to) => Legal.Contains((from, to));

    public static string ToText(this ReviewState state) => state switch
    {
        ReviewState.Due => "due",
        ReviewState.Overdue => "overdue",
        ReviewState.Done => "done",
    };

    /// <summary>Null when the text is no state.</summary>
    public static ReviewState? Parse(string text) => text switch
    {
        "due" => ReviewState.Due,
        "overdue" => ReviewState.Overdue,
        "done" => ReviewState.Done,
        _ => null,
    };
}

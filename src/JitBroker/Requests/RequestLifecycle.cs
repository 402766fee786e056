namespace JitBroker.Requests;

/// <summary>States of a request.</summary>
public enum RequestState
{
    Pending,
    Approved,
    Denied,
    Cancelled,
    Lapsed,
}

/// <summary>
/// The one transition table of requests.
/// <code>
/// pending ──→ approved | denied | cancelled | lapsed
/// </code>
/// Cancelled by its asker, or because they are gone. Everything but <c>pending</c> is settled, and settled for good.
/// </summary>
public static class RequestLifecycle
{
    private static readonly HashSet<(RequestState From, RequestState To)> Legal =
    [
        (RequestState.Pending, RequestState.Approved),
        (RequestState.Pending, RequestState.Denied),
        (RequestState.Pending, RequestState.Cancelled),
        (RequestState.Pending, RequestState.Lapsed),
    ];

    public static bool Allows(RequestState from, RequestState to) => Legal.Contains((from, to));

    public static string ToText(this RequestState state) => state switch
    {
        RequestState.Pending => "pending",
        RequestState.Approved => "approved",
        RequestState.Denied => "denied",
        RequestState.Cancelled => "cancelled",
        RequestState.Lapsed => "lapsed",
    };

    /// <summary>Null when the text is no state.</summary>
    public static RequestState? Parse(string text) => text switch
    {
        "pending" => RequestState.Pending,
        "approved" => RequestState.Approved,
        "denied" => RequestState.Denied,
        "cancelled" => RequestState.Cancelled,
        "lapsed" => RequestState.Lapsed,
        _ => null,
    };
}

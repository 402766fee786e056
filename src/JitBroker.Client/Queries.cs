namespace JitBroker.Client;

/// <summary>Which requests: null members do not filter. <see cref="Mine"/>: asked by the caller. <see cref="AwaitingMe"/>: the caller may decide them now.</summary>
public sealed record RequestQuery
{
    /// <summary>Only in this state.</summary>
    public RequestState? State { get; init; }

    /// <summary>Only the caller's own.</summary>
    public bool Mine { get; init; }

    /// <summary>Only those that wait for the caller.</summary>
    public bool AwaitingMe { get; init; }

    /// <summary>From <see cref="Page{T}.Next"/>, or null for the first page.</summary>
    public string? Cursor { get; init; }

    /// <summary>1 to 200; null is the broker's 50.</summary>
    public int? Limit { get; init; }
}

/// <summary>Which grants: null members do not filter.</summary>
public sealed record GrantQuery
{
    /// <summary>Only in this state.</summary>
    public GrantState? State { get; init; }

    /// <summary>Only the caller's own.</summary>
    public bool Mine { get; init; }

    /// <summary>Only those that were taken as emergencies.</summary>
    public bool BreakGlass { get; init; }

    /// <summary>Only those that this person (e-mail) holds.</summary>
    public string? Person { get; init; }

    /// <summary>From <see cref="Page{T}.Next"/>, or null for the first page.</summary>
    public string? Cursor { get; init; }

    /// <summary>1 to 200; null is the broker's 50.</summary>
    public int? Limit { get; init; }
}

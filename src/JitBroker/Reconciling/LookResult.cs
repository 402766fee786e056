using System.Text.Json;

namespace JitBroker.Reconciling;

/// <summary>One thing at a target that does not agree with the leases.</summary>
/// <param name="Kind">One of the words below.</param>
/// <param name="Name">The object's name at the target, or what it would be called.</param>
/// <param name="Lease">The lease it belongs to; null when the broker knows none.</param>
/// <param name="Text">A sentence for people; holds no secret.</param>
/// <param name="Confirmed">Seen at the look before too.</param>
/// <param name="EndsAgain">Its end was begun again by this look.</param>
public sealed record Finding(string Kind, string Name, string? Lease, string Text, bool Confirmed, bool EndsAgain = false)
{
    /// <summary>It stands although its lease was revoked. The one kind that is ended.</summary>
    public const string Standing = "standing";

    /// <summary>Its lease is in use, and it is not there.</summary>
    public const string Missing = "missing";

    /// <summary>Its name looks like one of ours, and it is not ours to touch.</summary>
    public const string Foreign = "foreign";

    /// <summary>By which it is known again at the next look.</summary>
    internal string Key => $"{Kind}:{Lease ?? Name}";

    /// <summary>Told to operations: what may be a race is told when it was seen twice.</summary>
    internal bool IsNews => Confirmed || Kind == Foreign;
}

/// <summary>What a look at a target found and did, as stored.</summary>
public sealed record LookResult
{
    /// <summary>Most findings that are kept.</summary>
    public const int Most = 200;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <summary>Why nothing can be said; null when the target was read. Holds no secret.</summary>
    public string? Failed { get; init; }

    /// <summary>Objects of live leases.</summary>
    public int Live { get; init; }

    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>How many there are, if more than are kept.</summary>
    public int Found { get; init; }

    /// <summary>Ends that this look began again.</summary>
    public int EndedAgain { get; init; }

    /// <summary>How many it might have begun.</summary>
    public int Budget { get; init; }

    /// <summary>How many it should have begun, had they not been more than the budget; 0 when they were not.</summary>
    public int OverBudget { get; init; }

    public string ToText() => JsonSerializer.Serialize(this, Options);

    public static LookResult? FromText(string? text) => text is null ? null : JsonSerializer.Deserialize<LookResult>(text, Options);
}

namespace JitBroker.People.SignIn;

/// <summary>
/// A sign-in under way (RFC 8628), as stored. A terminal or a browser starts it, a person types its code in chat and confirms, the starter's next poll redeems it.
/// <code>
/// waiting ──→ shown ──→ confirmed ──→ redeemed
///               └─────→ refused ←─────┘  its person left the catalog before the poll
/// </code>
/// Past <see cref="ExpiresAt"/> nothing moves any more.
/// </summary>
public sealed record SignIn
{
    public const string Waiting = "waiting";
    public const string Shown = "shown";
    public const string Confirmed = "confirmed";
    public const string Refused = "refused";
    public const string Redeemed = "redeemed";

    public required string DeviceCodeHash { get; init; }

    public required string UserCodeHash { get; init; }

    public required string State { get; init; }

    /// <summary>Text of <see cref="SessionScope"/>.</summary>
    public required string Scope { get; init; }

    /// <summary>Who started it, by the door it came through: <see cref="People.Surface.Web"/> is a browser at a page of ours, anything else a terminal. Text of <see cref="People.Surface"/>.</summary>
    public required string Surface { get; init; }

    public bool IsOfBrowser => Surface == "web";

    public required string Address { get; init; }

    public required string Host { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Who typed the code: only they may answer. Null while waiting.</summary>
    public string? Person { get; init; }

    /// <summary>The account the code was typed with, for the record.</summary>
    public string? Identity { get; init; }

    /// <summary>Names the question that was put to the person; gives no right. Null while waiting.</summary>
    public string? ConfirmId { get; init; }

    public DateTimeOffset? LastPollAt { get; init; }

    public required int PollIntervalS { get; init; }
}

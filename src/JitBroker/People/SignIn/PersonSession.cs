namespace JitBroker.People.SignIn;

/// <summary>What a session may do. One that may decide may also ask, collect and end.</summary>
public enum SessionScope
{
    Ask,
    Decide,
}

/// <summary>Text forms and lifetimes of scopes (contract §6).</summary>
public static class SessionScopes
{
    public static string ToText(this SessionScope scope) => scope switch
    {
        SessionScope.Ask => "ask",
        SessionScope.Decide => "decide",
    };

    /// <summary>Null when the text is no scope.</summary>
    public static SessionScope? Parse(string? text) => text switch
    {
        "ask" => SessionScope.Ask,
        "decide" => SessionScope.Decide,
        _ => null,
    };

    public static TimeSpan Lifetime(this SessionScope scope) => scope switch
    {
        SessionScope.Ask => TimeSpan.FromHours(12),
        SessionScope.Decide => TimeSpan.FromMinutes(15),
    };
}

/// <summary>A person signed in at a terminal, as stored. Its token is nowhere in it but as a hash. Its version is the number of its events.</summary>
public sealed record PersonSession
{
    public required string Id { get; init; }

    public required int Version { get; init; }

    /// <summary>Canonical e-mail.</summary>
    public required string Person { get; init; }

    /// <summary>Text of <see cref="SessionScope"/>.</summary>
    public required string Scope { get; init; }

    /// <summary>SHA-256 of the token, lower-case hex.</summary>
    public required string TokenHash { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>Null while nobody ended it; it ends by itself at <see cref="EndsAt"/> all the same.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When its person said <b>Not me</b>; null otherwise.</summary>
    public DateTimeOffset? DisownedAt { get; init; }

    /// <summary>The address that the server saw at the start of the sign-in.</summary>
    public required string Address { get; init; }

    /// <summary>What the machine said it is called: a claim, not a fact. Empty when it said nothing.</summary>
    public required string Host { get; init; }

    public bool MayDecide => Scope == "decide";

    public bool IsLiveAt(DateTimeOffset now) => EndedAt is null && now < EndsAt;
}

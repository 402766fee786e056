namespace JitBroker.People.Linking;

/// <summary>One side of a linking: who acts, by a surface that has proven the account.</summary>
/// <param name="Person">Null: the account is nobody's here.</param>
/// <param name="Account">The chat account that acts; null for a session.</param>
/// <param name="Label">How the account is called there, untrusted; for the question.</param>
/// <param name="Address">The address that the server saw; null in chat, which does not tell.</param>
/// <param name="Host">What the machine says it is called, untrusted.</param>
public sealed record LinkSide(Actor? Person, Identity? Account, string Label, string? Address = null, string? Host = null)
{
    /// <summary>Whose wrong codes are counted: like those of sign-ins, by person, and of one who is nobody by account.</summary>
    internal string MissesKey => Person?.Email ?? $"{Account!.Surface}:{Account.Tenant}/{Account.Id}";
}

/// <summary>
/// A linking under way, as stored. One account shows a code, the other types it; one of the two is a person's and the other nobody's. Then the person, and nobody else, is asked.
/// <code>
/// shown ──→ typed ──→ linked
///             └─────→ refused
/// </code>
/// Past <see cref="ExpiresAt"/> nothing moves any more.
/// </summary>
public sealed record Link
{
    public const string Shown = "shown";
    public const string Typed = "typed";
    public const string Linked = "linked";
    public const string Refused = "refused";

    public required string Id { get; init; }

    public required int Version { get; init; }

    public required string CodeHash { get; init; }

    public required string State { get; init; }

    /// <summary>Canonical e-mail of whom the account would be linked to; null until it is known.</summary>
    public string? Person { get; init; }

    /// <summary>By which account or session the person takes part, for the record and the question.</summary>
    public string? Via { get; init; }

    /// <summary>Of the person's session, if it is one.</summary>
    public string? Address { get; init; }

    public string? Host { get; init; }

    /// <summary>The account that is nobody's yet; null until it is known.</summary>
    public string? Surface { get; init; }

    public string? Tenant { get; init; }

    public string? Account { get; init; }

    public string? Label { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? TypedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public Identity? Identity => Account is null ? null : new Identity(Surface!, Tenant!, Account);
}

/// <summary>A code to be typed at the other side. Told once and stored nowhere.</summary>
public sealed record LinkShown(string Id, string Code, DateTimeOffset ExpiresAt, bool IsOfPerson)
{
    public override string ToString() => $"LinkShown {{ Id = {Id} }}";
}

/// <summary>Both sides are known.</summary>
/// <param name="AsksHere">The one who typed is the person and is to be asked at once; otherwise they are asked where they are known.</param>
public sealed record LinkTyped(Link Link, string PersonName, bool AsksHere);

namespace JitBroker.People.Linking;

/// <summary>
/// An account that was proven to be a person's, as stored. It never moves: an account that is linked is linked to nobody else until an admin unlinks it, and an
/// unlinked row stays as it was.
/// </summary>
public sealed record LinkedIdentity
{
    /// <summary>Both sides were shown to be one person's by a code.</summary>
    public const string ByCode = "code";

    /// <summary>The chat service vouched for the address of its profile.</summary>
    public const string ByProfile = "profile";

    public required string Id { get; init; }

    public required int Version { get; init; }

    public required string Surface { get; init; }

    public required string Tenant { get; init; }

    public required string Account { get; init; }

    /// <summary>Canonical e-mail.</summary>
    public required string Person { get; init; }

    public required string How { get; init; }

    public required DateTimeOffset LinkedAt { get; init; }

    public DateTimeOffset? UnlinkedAt { get; init; }

    public string? UnlinkedBy { get; init; }

    public long Revision { get; init; }

    public bool IsLinked => UnlinkedAt is null;

    public Identity Identity => new(Surface, Tenant, Account);
}

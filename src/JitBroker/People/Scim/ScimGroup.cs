namespace JitBroker.People.Scim;

/// <summary>A group as one SCIM client pushed it. It takes part in rules only where a group of the catalog refers to it.</summary>
public sealed record ScimGroup
{
    public required string Id { get; init; }

    public required string Client { get; init; }

    public required int Version { get; init; }

    public required string DisplayName { get; init; }

    /// <summary><see cref="DisplayName"/> as it is compared: NFC, lower case.</summary>
    public required string DisplayKey { get; init; }

    public string? ExternalId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    public DateTimeOffset? DeletedAt { get; init; }

    public long Revision { get; init; }

    public bool IsThere => DeletedAt is null;
}

/// <summary>One membership as stored.</summary>
public sealed record ScimMember
{
    public required string GroupId { get; init; }

    public required string UserId { get; init; }
}

/// <summary>What a client wants of a group. Null: stays as it is.</summary>
/// <param name="Members">All of them from now on: user ids; null: as they are, but for the two below.</param>
public sealed record ScimGroupChange(
    string? DisplayName = null, bool SetsExternalId = false, string? ExternalId = null, IReadOnlySet<string>? Members = null, IReadOnlySet<string>? Add = null, IReadOnlySet<string>? Remove = null);

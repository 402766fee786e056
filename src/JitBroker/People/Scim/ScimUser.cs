namespace JitBroker.People.Scim;

/// <summary>
/// A user as one SCIM client pushed it. A deleted one stays as a row: whoever an identity provider took away stays away, whatever the catalog says, until that client
/// sends them again (see <see cref="Roster"/>).
/// </summary>
public sealed record ScimUser
{
    public required string Id { get; init; }

    /// <summary>The name in <c>Scim:Clients</c>. A client sees its own and nobody else's.</summary>
    public required string Client { get; init; }

    public required int Version { get; init; }

    public required string UserName { get; init; }

    /// <summary><see cref="UserName"/> as it is compared: NFC, lower case.</summary>
    public required string UserKey { get; init; }

    public string? ExternalId { get; init; }

    /// <summary>Canonical; null: the record names no address, and so no person.</summary>
    public string? Email { get; init; }

    /// <summary>How people call them.</summary>
    public required string Name { get; init; }

    public required bool Active { get; init; }

    /// <summary>The attributes that are kept for the client, JSON: <c>name</c>, <c>displayName</c>, <c>emails</c>.</summary>
    public required string Attributes { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>Of the people as a whole when this was written.</summary>
    public long Revision { get; init; }

    public bool IsThere => DeletedAt is null;
}

/// <summary>What a client wants a user to be; checked.</summary>
public sealed record ScimUserDraft(string UserName, string? ExternalId, string? Email, string Name, bool Active, string Attributes)
{
    /// <summary>Whether the row says this already.</summary>
    public bool Is(ScimUser user) =>
        (UserName, ExternalId, Email, Name, Active, Attributes) == (user.UserName, user.ExternalId, user.Email, user.Name, user.Active, user.Attributes);

    public ScimUser Onto(ScimUser user) =>
        user with { UserName = UserName, UserKey = Emails.Canonical(UserName), ExternalId = ExternalId, Email = Email, Name = Name, Active = Active, Attributes = Attributes };
}

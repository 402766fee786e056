using System.Text.Json.Serialization;

namespace JitBroker.Client;

/// <summary>An account and whose it is. For admins and auditors.</summary>
public sealed record LinkedIdentityResource
{
    /// <summary>A ULID; null for an account that the catalog names.</summary>
    public required string? Id { get; init; }

    /// <summary>Whose it is.</summary>
    public required PersonResource Person { get; init; }

    /// <summary><c>slack</c>, <c>teams</c> or <c>oidc</c>.</summary>
    public required string Surface { get; init; }

    /// <summary>The workspace, tenant or issuer.</summary>
    public required string Tenant { get; init; }

    /// <summary>The account there.</summary>
    public required string Account { get; init; }

    /// <summary><c>catalog</c>, <c>code</c> or <c>profile</c>.</summary>
    public required string How { get; init; }

    /// <summary>Null for an account that the catalog names.</summary>
    public required DateTimeOffset? LinkedAt { get; init; }

    /// <summary>False: the catalog and a link do not agree, or its person is not here; it is nobody's now.</summary>
    public required bool Holds { get; init; }
}

/// <summary>A linking under way, for the person whom an account would be linked to.</summary>
public sealed record LinkResource
{
    /// <summary>A ULID.</summary>
    public required string Id { get; init; }

    /// <summary><c>shown</c>, <c>typed</c>, <c>linked</c> or <c>refused</c>.</summary>
    public required string State { get; init; }

    /// <summary>To be typed at the other account as <c>/access link CODE</c>; told once, in the answer that made it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Code { get; init; }

    /// <summary>The account that would be linked, <c>slack:T0EX/U0FAY</c>; null until the code was typed.</summary>
    public required string? Account { get; init; }

    /// <summary>What that account says it is called: a claim, not a fact.</summary>
    public required string? Label { get; init; }

    /// <summary>When the code was typed; null until then.</summary>
    public required DateTimeOffset? TypedAt { get; init; }

    /// <summary>Nothing of it works after that.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>Body of <c>POST /v1/identities/link</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LinkBody
{
    /// <summary>A code that another account showed; null: show one here.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Code { get; init; }
}

/// <summary>Body of <c>POST /v1/identities/links/{id}</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LinkAnswerBody
{
    /// <summary>Whether the account is yours.</summary>
    public required bool Confirm { get; init; }
}

/// <summary>Body of <c>POST /v1/identities/{id}/unlink</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record UnlinkBody
{
    /// <summary>Why, for the record; or null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }
}

namespace JitBroker.Client;

/// <summary>The caller.</summary>
public sealed record MeResource
{
    /// <summary>Canonical e-mail.</summary>
    public required string Email { get; init; }

    /// <summary>Display name.</summary>
    public required string Name { get; init; }

    /// <summary><c>admin</c>, <c>auditor</c>, <c>operator</c>.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>The groups the caller is in now.</summary>
    public required IReadOnlyList<string> Groups { get; init; }

    /// <summary>The proven accounts.</summary>
    public required IReadOnlyList<IdentityResource> Identities { get; init; }

    /// <summary>The live sessions.</summary>
    public required IReadOnlyList<SessionResource> Sessions { get; init; }
}

/// <summary>A proven account: (slack, team, user), (teams, tenant, object id), (oidc, issuer, subject).</summary>
public sealed record IdentityResource(string Surface, string Tenant, string Id);

/// <summary>A session; never its token.</summary>
public sealed record SessionResource
{
    /// <summary>A ULID.</summary>
    public required string Id { get; init; }

    /// <summary>What it may do.</summary>
    public required SessionScope Scope { get; init; }

    /// <summary>When it was confirmed.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ends by itself.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>The address that the server saw, or null.</summary>
    public required string? Address { get; init; }

    /// <summary>What the machine said it is called: a claim, not a fact. Null when it said nothing.</summary>
    public required string? Host { get; init; }

    /// <summary>True for the session that this very call was made with. (An addition to the contract: sign-out needs it.)</summary>
    public required bool Current { get; init; }
}

namespace JitBroker.Issuers.Aws;

/// <summary>A session, or all of a grant, that a role must not serve any more.</summary>
internal sealed record Denial
{
    /// <summary><see cref="SessionNames.GrantTag"/> or <see cref="SessionNames.LeaseTag"/>.</summary>
    public required string Tag { get; init; }

    /// <summary>What the tag holds.</summary>
    public required string Value { get; init; }

    public required string GrantId { get; init; }

    /// <summary>No session of it was issued before, and none much later.</summary>
    public required DateTimeOffset MintedAt { get; init; }

    /// <summary>After it no session of it can be valid any more.</summary>
    public required DateTimeOffset KeepUntil { get; init; }
}

/// <summary>One role at one IAM. Its version is the number of its events, and what its policies should say.</summary>
internal sealed record DeniedRole
{
    /// <summary>The role's ARN; with the address of IAM where that is not AWS's own.</summary>
    public required string Id { get; init; }

    public required int Version { get; init; }

    /// <summary>The version that was last written to IAM and read back.</summary>
    public required int Applied { get; init; }

    /// <summary>JSON of the <see cref="AwsWay"/> of its last denial, and its ARN: keys as references.</summary>
    public required string Way { get; init; }

    /// <summary>Sessions issued before it are denied, whoever's they are; null: none.</summary>
    public DateTimeOffset? OlderThan { get; init; }

    /// <summary>When those can be valid no more.</summary>
    public DateTimeOffset? OlderUntil { get; init; }
}

/// <summary>What a role's policies are to say, as of one version.</summary>
/// <param name="Lifted">A cut-off that has served its time: its policy may go.</param>
internal sealed record DenyList(DeniedRole Role, IReadOnlyList<Denial> Denials, DateTimeOffset? Lifted = null);

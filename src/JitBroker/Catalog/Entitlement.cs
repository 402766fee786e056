namespace JitBroker.Catalog;

/// <summary>Something one may ask for.</summary>
public sealed record Entitlement
{
    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary>Name of the issuer that mints for it.</summary>
    public required string Issuer { get; init; }

    /// <summary>What it grants, as canonical JSON (RFC 8785) with references unresolved. Its shape depends on the issuer's kind.</summary>
    public required string Grants { get; init; }

    public Risk Risk { get; init; }

    /// <summary>Who answers for it and reviews who has it: a group, or a person's canonical e-mail; null: nobody.</summary>
    public string? Owner { get; init; }

    /// <summary>Reads as unknown to those not eligible.</summary>
    public bool Hidden { get; init; }

    /// <summary>Groups whose members may ask.</summary>
    public required IReadOnlyList<string> Eligible { get; init; }

    public required DurationLimits Duration { get; init; }

    /// <summary>How long a request waits for decisions before it lapses.</summary>
    public required TimeSpan PendingFor { get; init; }

    /// <summary>Live leases at a time per grant.</summary>
    public int LeaseLimit { get; init; } = 3;

    public required ReasonRule Reason { get; init; }

    /// <summary>Channel for cards; a null member means the surface's default, both null and no default means a DM to each approver.</summary>
    public ChannelRule Channel { get; init; } = new(null, null);

    public required ApprovalRule Approval { get; init; }

    public int MaxExtensions { get; init; }

    /// <summary>Null: there is no emergency path.</summary>
    public BreakGlassRule? BreakGlass { get; init; }
}

public enum Risk
{
    Low,
    Medium,
    High,
}

/// <summary>Bounds of what may be asked; <c>Min ≤ Default ≤ Max</c>, whole seconds, all above zero.</summary>
public sealed record DurationLimits(TimeSpan Min, TimeSpan Default, TimeSpan Max);

/// <summary><paramref name="Pattern"/> is a .NET regular expression matched anywhere in the reason with a timeout, non-backtracking; null: any text.</summary>
public sealed record ReasonRule(bool Required, string? Pattern, string? Hint);

public sealed record ChannelRule(string? Slack, string? Teams);

public sealed record BreakGlassRule(IReadOnlyList<string> Eligible, TimeSpan Max, string ReviewGroup, TimeSpan ReviewWithin);

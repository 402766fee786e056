namespace JitBroker.Issuing;

/// <summary>Of an issuer that can say beforehand what its target lacks. Looks only; changes nothing there.</summary>
public interface IChecksTarget
{
    /// <summary>The catalog's <c>kind</c>.</summary>
    string Kind { get; }

    /// <summary>Everything that would make a mint or an end fail, or make either mean less than it says; empty when all is well. Never throws for a target that is away.</summary>
    Task<IReadOnlyList<TargetFinding>> CheckAsync(TargetToCheck target, CancellationToken cancellationToken);
}

/// <summary>An issuer of the catalog with what its entitlements grant: canonical JSON, references unresolved.</summary>
public sealed record TargetToCheck(string Issuer, string Settings, IReadOnlyList<GrantsToCheck> Entitlements);

/// <summary>What one entitlement grants at the target.</summary>
public sealed record GrantsToCheck(string Entitlement, string Grants);

/// <summary>One thing that is not as it should be.</summary>
/// <param name="IsProblem">It would make a mint or an end fail, or is dangerous; otherwise a remark.</param>
/// <param name="What">A sentence: what is found, where, why it matters. Holds no secret.</param>
/// <param name="Remedy">What to do, at the target or in the catalog.</param>
public sealed record TargetFinding(bool IsProblem, string What, string Remedy);

using System.Globalization;
using JitBroker.Policy;

namespace JitBroker.Catalog;

/// <summary>
/// One thing wrong with a catalog. <paramref name="Line"/> and <paramref name="Column"/> count from 1; 0 = the file as a whole.
/// <paramref name="Value"/> is what stands there (never a secret), null when the message says it all.
/// </summary>
public sealed record CatalogProblem(string File, int Line, int Column, string Path, string? Value, string Message, string Remedy)
{
    /// <summary><c>catalog.yaml:12:5 entitlements.orders-db:read.duration.max: "13h" is above Broker:MaxDuration (12h). Lower it, …</c></summary>
    public override string ToString()
    {
        var place = Line == 0 ? File : string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}");
        var path = Path.Length == 0 ? "" : $" {Path}";
        return $"{place}{path}: {(Value is null ? "" : $"\"{Value}\" ")}{Message}. {Remedy}".TrimEnd();
    }
}

/// <summary>A catalog that may come into force, or every reason why not. Exactly one of the two.</summary>
public sealed record CatalogLoadResult(CatalogSnapshot? Snapshot, IReadOnlyList<CatalogProblem> Problems);

/// <summary>What a catalog is checked against.</summary>
public sealed record CatalogOptions
{
    public required BrokerLimits Limits { get; init; }

    /// <summary>The broker's own address: no token may have it as its audience.</summary>
    public required string PublicUrl { get; init; }

    /// <summary><c>Broker:AllowTestEndpoints</c>.</summary>
    public bool AllowTestEndpoints { get; init; }

    /// <summary>Where secrets are looked for; null: references are read but not followed.</summary>
    public SecretResolver? Secrets { get; init; }
}

/// <summary>One file of a catalog.</summary>
public sealed record CatalogSource(string File, string Text);

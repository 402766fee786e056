using JitBroker.Issuing;

namespace JitBroker.Benchmarks.Issuers;

/// <summary>A real server on this machine, and the issuer that mints there.</summary>
internal interface IBenchedTarget
{
    string Name { get; }

    /// <summary>Null where the server is not installed. Called once, before anything is measured.</summary>
    Task<BenchedIssuer?> StartAsync(CancellationToken cancellationToken);
}

/// <summary>What is measured at one target.</summary>
/// <param name="Settings">The issuer's, as the catalog has them.</param>
/// <param name="Grants">The entitlement's, as the catalog has them.</param>
internal sealed record BenchedIssuer(IIssuer Issuer, string Settings, string Grants);

using System.Collections.Frozen;

namespace JitBroker.Issuing;

/// <summary>The issuers of this build, by kind.</summary>
public sealed class IssuerRegistry(IEnumerable<IIssuer> issuers)
{
    private readonly FrozenDictionary<string, IIssuer> _byKind = issuers.ToFrozenDictionary(i => i.Kind, StringComparer.Ordinal);

    /// <summary>Null when this build has no such issuer; nothing can be asked for, minted or ended there.</summary>
    public IIssuer? Find(string kind) => _byKind.GetValueOrDefault(kind);
}

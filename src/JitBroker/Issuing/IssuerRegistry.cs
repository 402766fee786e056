using System.Collections.Frozen;
using JitBroker.Storage;

namespace JitBroker.Issuing;

/// <summary>The issuers of this build, by kind; of two of one kind the later registration counts, so that a host can put another in an issuer's place.</summary>
public sealed class IssuerRegistry(IEnumerable<IIssuer> issuers, Database database)
{
    private readonly FrozenDictionary<string, IIssuer> _byKind = issuers
        .Reverse()
        .DistinctBy(i => i.Kind, StringComparer.Ordinal)
        .Select(i => database.CrashPoints.AreOn ? new CrashPointIssuer(i, database.CrashPoints) : i)
        .ToFrozenDictionary(i => i.Kind, StringComparer.Ordinal);

    /// <summary>Null when this build has no such issuer; nothing can be asked for, minted or ended there.</summary>
    public IIssuer? Find(string kind) => _byKind.GetValueOrDefault(kind);
}

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

    private readonly FrozenDictionary<string, IProlongs> _prolonging = issuers
        .Reverse()
        .DistinctBy(i => i.Kind, StringComparer.Ordinal)
        .Where(i => i is IProlongs)
        .ToFrozenDictionary(i => i.Kind, i => database.CrashPoints.AreOn ? new CrashPointProlongs((IProlongs)i, i.Kind, database.CrashPoints) : (IProlongs)i, StringComparer.Ordinal);

    /// <summary>Null when credentials of this kind cannot be given a later end: the holder collects again.</summary>
    public IProlongs? FindProlonging(string kind) => _prolonging.GetValueOrDefault(kind);

    /// <summary>Null when this build has no such issuer; nothing can be asked for, minted or ended there.</summary>
    public IIssuer? Find(string kind) => _byKind.GetValueOrDefault(kind);
}

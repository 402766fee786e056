using System.Collections.Frozen;
using JitBroker.Catalog;
using JitBroker.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Issuing;

/// <summary>
/// The issuers of this build, by kind, each behind a scrubber; of two of one kind the later registration counts, so that a host can put another in an issuer's
/// place. The only way to one: nobody asks the container for an <see cref="IIssuer"/>.
/// </summary>
public sealed class IssuerRegistry(IEnumerable<IIssuer> issuers, Database database, ILogger<IssuerRegistry> log, SecretResolver? secrets = null)
{
    private readonly FrozenDictionary<string, IIssuer> _byKind = OnePerKind(issuers)
        .Select(i => (IIssuer)new ScrubbingIssuer(i, new Scrubber(secrets), log))
        .Select(i => database.CrashPoints.AreOn ? new CrashPointIssuer(i, database.CrashPoints) : i)
        .ToFrozenDictionary(i => i.Kind, StringComparer.Ordinal);

    private readonly FrozenDictionary<string, IProlongs> _prolonging = OnePerKind(issuers)
        .Where(i => i is IProlongs)
        .Select(i => (i.Kind, Prolongs: (IProlongs)new ScrubbingProlongs((IProlongs)i, new Scrubber(secrets))))
        .ToFrozenDictionary(i => i.Kind, i => database.CrashPoints.AreOn ? new CrashPointProlongs(i.Prolongs, i.Kind, database.CrashPoints) : i.Prolongs, StringComparer.Ordinal);

    /// <summary>Null when this build has no such issuer; nothing can be asked for, minted or ended there.</summary>
    public IIssuer? Find(string kind) => _byKind.GetValueOrDefault(kind);

    /// <summary>Null when credentials of this kind cannot be given a later end.</summary>
    public IProlongs? FindProlonging(string kind) => _prolonging.GetValueOrDefault(kind);

    private static IEnumerable<IIssuer> OnePerKind(IEnumerable<IIssuer> issuers) => issuers.Reverse().DistinctBy(i => i.Kind, StringComparer.Ordinal);
}

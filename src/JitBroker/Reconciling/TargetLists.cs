using System.Collections.Frozen;
using JitBroker.Catalog;
using JitBroker.Issuing;

namespace JitBroker.Reconciling;

/// <summary>Asks a target what stands there, behind the same scrubber as issuers and within a time; whatever goes wrong is "nothing can be concluded".</summary>
public sealed class TargetLists(IEnumerable<IListsTarget> listers, CatalogHolder catalogs, TimeProvider clock, SecretResolver? secrets = null)
{
    /// <summary>How long a target may take to say what stands there.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly FrozenDictionary<string, IListsTarget> _byKind = listers.Reverse().DistinctBy(l => l.Kind, StringComparer.Ordinal).ToFrozenDictionary(l => l.Kind, StringComparer.Ordinal);
    private readonly Scrubber _scrubber = new(secrets);

    /// <summary>The issuers of the catalog in force whose targets can be asked, by name.</summary>
    public IReadOnlyList<IssuerDefinition> Listable =>
        [.. catalogs.Current.Issuers.Values.Where(i => _byKind.ContainsKey(i.Kind)).OrderBy(i => i.Name, StringComparer.Ordinal)];

    /// <summary>Null when the catalog has no such issuer, or its target cannot be asked.</summary>
    public IssuerDefinition? Find(string issuer) => Listable.FirstOrDefault(i => i.Name == issuer);

    internal async Task<TargetListing> ListAsync(IssuerDefinition issuer, CancellationToken cancellationToken)
    {
        var grants = catalogs.Current.Entitlements.Values.Where(e => e.Issuer == issuer.Name).OrderBy(e => e.Name, StringComparer.Ordinal).Select(e => new GrantsToCheck(e.Name, e.Grants));
        var target = new TargetToCheck(issuer.Name, issuer.Settings, [.. grants]);
        using var timeout = new CancellationTokenSource(Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var listing = await _byKind[issuer.Kind].ListAsync(target, either.Token).WaitAsync(either.Token);
            return listing is TargetListing.Failed failed ? failed with { Why = _scrubber.Clean(failed.Why, issuer.Settings) } : listing;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return new TargetListing.Failed($"{issuer.Name} did not say within {Timeout.TotalSeconds:0} s what stands there.");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            // It may quote what was sent; only its type is safe to tell.
            return new TargetListing.Failed($"{issuer.Name} could not be listed ({e.GetType().Name}).");
        }
    }
}

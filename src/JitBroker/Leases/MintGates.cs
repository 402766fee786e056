using System.Collections.Concurrent;
using JitBroker.Catalog;

namespace JitBroker.Leases;

/// <summary>No more mints under way at one target in this process than its issuer's <c>concurrency</c>; who comes later waits within the time a mint has.</summary>
public sealed class MintGates(CatalogHolder catalogs)
{
    private readonly ConcurrentDictionary<(string Target, int Width), SemaphoreSlim> _gates = new();

    /// <summary>How much goes on at a target at a time.</summary>
    internal static int WidthOf(CatalogSnapshot catalog, string target) =>
        catalog.Issuers.TryGetValue(target, out var issuer) ? issuer.Concurrency : IssuerDefinition.DefaultConcurrency;

    /// <summary>Waits for a place; disposing of it gives it back.</summary>
    internal async Task<IDisposable> EnterAsync(string target, CancellationToken cancellationToken)
    {
        var width = WidthOf(catalogs.Current, target);
        var gate = _gates.GetOrAdd((target, width), static key => new SemaphoreSlim(key.Width));
        await gate.WaitAsync(cancellationToken);
        return new Place(gate);
    }

    private sealed class Place(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}

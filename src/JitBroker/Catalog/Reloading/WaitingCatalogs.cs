using JitBroker.Grants;
using JitBroker.Storage;

namespace JitBroker.Catalog.Reloading;

/// <summary>A catalog that waits for an admin. <paramref name="Effect"/> is what it would do now; null: it cannot be read any more.</summary>
public sealed record WaitingCatalog(string Hash, DateTimeOffset Since, CatalogEffect? Effect);

/// <summary>What is in force and what waits, with what it would do as things stand.</summary>
public sealed class WaitingCatalogs(Database database, CatalogStore store, EndDueGrants grants, CatalogHolder catalogs, CatalogReloadOptions options)
{
    public async Task<(AcceptedCatalog? InForce, IReadOnlyList<WaitingCatalog> Waiting)> HandleAsync(CancellationToken cancellationToken)
    {
        var (inForce, proposals) = await database.ReadAsync(
            async session => (await store.CurrentAsync(session, cancellationToken), await store.ProposalsAsync(session, cancellationToken)), cancellationToken);
        var waiting = new List<WaitingCatalog>();
        foreach (var proposal in proposals.Where(p => p.Hash != inForce?.Hash))
            waiting.Add(new WaitingCatalog(proposal.Hash, proposal.ProposedAt, await EffectAsync(proposal.Text, cancellationToken)));
        return (inForce, waiting);
    }

    private async Task<CatalogEffect?> EffectAsync(string text, CancellationToken cancellationToken) =>
        StoredCatalogs.Load(text, options.Options).Snapshot is { } next
            ? CatalogBrake.Of(catalogs.Current, next, await grants.NotCarriedAsync(next, cancellationToken))
            : null;
}

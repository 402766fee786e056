using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.Reconciling;

/// <summary>The latest look at each issuer, by name.</summary>
public sealed record ReconciliationList(IReadOnlyList<Reconciliation> Items);

/// <summary>What the latest looks found. For operators, admins and auditors. An issuer that was never looked at is in it, one that left the catalog is not.</summary>
public sealed class ReadReconciliations(Database database, ReconciliationStore store, TargetLists lists, CatalogHolder catalogs, TimeProvider clock)
{
    public async Task<Outcome<ReconciliationList>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        var directory = catalogs.Directory;
        if (!new[] { Rights.Operator, Rights.Admin, Rights.Auditor }.Any(role => directory.HasRole(role, actor.Email)))
            return new Refusal(Codes.Forbidden, "What stands at the targets is shown to operators, admins and auditors.");
        var looked = (await database.ReadAsync(session => store.AllAsync(session, cancellationToken), cancellationToken)).ToDictionary(r => r.Issuer, StringComparer.Ordinal);
        var now = clock.GetUtcNow();
        return new ReconciliationList([.. lists.Listable.Select(i => looked.GetValueOrDefault(i.Name) ?? new Reconciliation { Issuer = i.Name, Version = 0, DueAt = now })]);
    }
}

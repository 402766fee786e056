using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.Policy;

namespace JitBroker.Reconciling;

/// <summary>An operator has a target looked at now, and may let the look end more than the sweep would. What it ends must have been seen at the look before, too.</summary>
public sealed class RunReconciliation(TargetLists lists, LookAtTarget look, CatalogHolder catalogs, Refusals refusals)
{
    /// <summary>No look may begin more ends than this.</summary>
    public const int LargestBudget = 1_000;

    /// <param name="budget">Null: the sweep's.</param>
    public async Task<Outcome<Reconciliation>> HandleAsync(Actor actor, string issuer, bool dryRun, int? budget, CancellationToken cancellationToken)
    {
        if (Objection(actor, issuer, budget) is { } objection)
            return objection.Code == Codes.NotFound ? objection : await RefuseAsync(actor, issuer, objection, cancellationToken);
        var looked = await look.HandleAsync(lists.Find(issuer)!, new LookOrder(actor, dryRun, budget ?? LookOrder.DefaultBudget), cancellationToken);
        return looked is not null
            ? looked
            : await RefuseAsync(actor, issuer, new Refusal(Codes.InProgress, $"{issuer} is being looked at right now. Try again in a minute.") { RetryAfter = TimeSpan.FromMinutes(1) }, cancellationToken);
    }

    /// <summary>404 comes before 403, as everywhere, but only for whoever may know the issuers.</summary>
    private Refusal? Objection(Actor actor, string issuer, int? budget)
    {
        var directory = catalogs.Directory;
        if (directory.Find(actor.Email) is null || !directory.HasRole(Rights.Operator, actor.Email))
            return new Refusal(Codes.Forbidden, "Only an operator has a target looked at. The catalog's roles say who that is.");
        if (lists.Find(issuer) is null)
            return new Refusal(Codes.NotFound, $"There is no issuer {issuer} whose target can be listed.");
        return budget is < 1 or > LargestBudget
            ? new Refusal(Codes.InvalidValue, $"A budget is a whole number from 1 to {LargestBudget}.", "budget")
            : null;
    }

    private Task<Refusal> RefuseAsync(Actor actor, string issuer, Refusal refusal, CancellationToken cancellationToken) =>
        refusals.RecordAsync(actor, "reconciliation.run", null, issuer, refusal, cancellationToken);
}

using JitBroker.Catalog;
using JitBroker.Client;
using JitBroker.Leases;
using JitBroker.People;
using JitBroker.Reconciling;
using JitBroker.Server.Http.Documents;
using JitBroker.Server.Http.Views;

namespace JitBroker.Server.Http.Endpoints;

/// <summary>How targets behave and what stands there. Additions to the contract.</summary>
internal static class TargetEndpoints
{
    public static RouteGroupBuilder MapTargets(this RouteGroupBuilder v1)
    {
        v1.MapGet("/targets", ListTargetsAsync).WithTags("targets").Answers<Page<TargetResource>>(200).Says("listTargets", "Targets that do not answer, ask for patience or deny the broker. For operators, admins and auditors.");
        var looks = v1.MapGroup("/reconciliations").WithTags("targets");
        looks.MapGet("/", ListAsync).Answers<Page<ReconciliationResource>>(200).Says("listReconciliations", "The latest look at each target that can be asked what stands there. For operators, admins and auditors.");
        looks.MapPost("/{issuer}", RunAsync).Takes<ReconciliationBody>().Answers<ReconciliationResource>(200).Says("reconcile", "Compare a target with the leases now. What was revoked and stands at two looks in a row is ended again, within the budget. For operators.");
        return v1;
    }

    private static async Task<IResult> ListTargetsAsync(HttpContext context, TroubledTargets targets, CatalogHolder catalogs)
    {
        var outcome = await targets.ListAsync(Caller.Of(context).Actor, context.RequestAborted);
        return outcome.Value is { } list
            ? Answer.Of(200, new Page<TargetResource>([.. list.Items.Select(Of)], null))
            : new RefusalResult(outcome.Refusal!, catalogs.Directory);
    }

    private static async Task<IResult> ListAsync(HttpContext context, ReadReconciliations reconciliations, CatalogHolder catalogs)
    {
        var outcome = await reconciliations.ListAsync(Caller.Of(context).Actor, context.RequestAborted);
        var directory = catalogs.Directory;
        return outcome.Value is { } list
            ? Answer.Of(200, new Page<ReconciliationResource>([.. list.Items.Select(r => Of(r, directory))], null))
            : new RefusalResult(outcome.Refusal!, directory);
    }

    /// <summary>An Idempotency-Key is not honoured: each call is a look of its own, and two of them end nothing twice.</summary>
    private static async Task<IResult> RunAsync(HttpContext context, string issuer, RunReconciliation run, CatalogHolder catalogs)
    {
        var body = JsonBodies.Parse<ReconciliationBody>(context, await JsonBodies.ReadBytesAsync(context));
        var outcome = await run.HandleAsync(Caller.Of(context).Actor, issuer, body.DryRun, body.Budget, context.RequestAborted);
        return outcome.Value is { } looked
            ? Answer.Of(200, Of(looked, catalogs.Directory))
            : new RefusalResult(outcome.Refusal!, catalogs.Directory);
    }

    private static TargetResource Of(TroubledTarget target) => target switch
    {
        { PausedSince: { } since } => new(target.Target, "paused", since, target.NotBefore, target.LastError, target.Waiting),
        { DeniedSince: { } since } => new(target.Target, "denied", since, target.NotBefore, target.LastError, target.Waiting),
        _ => new(target.Target, "throttled", null, target.NotBefore, target.LastError, target.Waiting),
    };

    private static ReconciliationResource Of(Reconciliation looked, PeopleDirectory directory)
    {
        var result = looked.Look ?? new LookResult { Budget = LookOrder.DefaultBudget };
        return new ReconciliationResource(
            looked.Issuer,
            looked.LookedAt,
            looked.LookedBy is { } by ? PersonView.Of(by, directory) : null,
            looked.DryRun,
            result.Failed,
            result.Live,
            [.. result.Findings.Select(f => new ReconciliationFindingResource(f.Kind, f.Name, f.Lease, f.Text, f.Confirmed, f.EndsAgain))],
            result.Found,
            result.EndedAgain,
            result.Budget,
            result.OverBudget,
            looked.DueAt);
    }
}

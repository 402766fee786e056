using JitBroker.Catalog;
using Microsoft.Extensions.Logging;

namespace JitBroker.Reconciling;

/// <summary>Sweep: looks at every target that can be asked and whose look is due. They are looked at side by side, so that one that does not answer delays no other.</summary>
public sealed partial class ReconcileTargets(TargetLists lists, LookAtTarget look, ILogger<ReconcileTargets> log)
{
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(lists.Listable.Select(issuer => LookAsync(issuer, cancellationToken)));

    private async Task LookAsync(IssuerDefinition issuer, CancellationToken cancellationToken)
    {
        var done = await look.HandleAsync(issuer, new LookOrder(null, DryRun: false, LookOrder.DefaultBudget), cancellationToken);
        if (done?.Look is not { } result)
            return;
        if (result.Failed is { } why)
            LogFailed(log, issuer.Name, why);
        if (result.EndedAgain > 0)
            LogEndedAgain(log, issuer.Name, result.EndedAgain);
        if (result.OverBudget > 0)
            LogOverBudget(log, issuer.Name, result.OverBudget, result.Budget);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Issuer} could not be compared with the leases: {Why}")]
    private static partial void LogFailed(ILogger log, string issuer, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "At {Issuer} {Count} leases stood although they had been revoked; they are ended again")]
    private static partial void LogEndedAgain(ILogger log, string issuer, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "At {Issuer} {Count} leases stand although they were revoked: more than the budget of {Budget}, so none is ended again until an operator says so")]
    private static partial void LogOverBudget(ILogger log, string issuer, int count, int budget);
}

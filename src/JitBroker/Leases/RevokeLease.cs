using JitBroker.Issuing;

namespace JitBroker.Leases;

/// <summary>
/// One attempt to end one claimed lease at its target, and the record of what came of it. A lease that cannot be ended is tried for ever, with a growing,
/// jittered, capped pause; it is shown as stuck from the first failed attempt on (<see cref="Patience"/>) and told to operations once.
/// </summary>
public sealed class RevokeLease(RecordEnds record, IssuerRegistry issuers, MintOptions options, TimeProvider clock)
{
    /// <param name="lease">As claimed by this replica.</param>
    /// <param name="isProbe">Its target is paused, and this is the one attempt it gets.</param>
    /// <returns>Whether it is verified gone now.</returns>
    public async Task<bool> HandleAsync(Lease lease, bool isProbe, CancellationToken cancellationToken)
    {
        var outcome = await AttemptAsync(RevocationHandle.FromJson(lease.Handle), cancellationToken);
        return await record.HandleAsync(lease, outcome, isProbe);
    }

    private async Task<EndOutcome> AttemptAsync(RevocationHandle handle, CancellationToken cancellationToken)
    {
        if (issuers.Find(handle.Kind) is not { } issuer)
            return new EndOutcome.Failed($"This build of the broker has no issuer of kind {handle.Kind}.");
        using var timeout = new CancellationTokenSource(options.EndTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await issuer.EndAsync(handle, either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return new EndOutcome.Failed($"{handle.Target} did not answer within {options.EndTimeout.TotalSeconds:0} s.", Obstacle.Away);
        }
    }
}

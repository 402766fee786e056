using JitBroker.Issuing;

namespace JitBroker.Leases;

/// <summary>
/// One attempt to end one claimed lease at its target. A lease that cannot be ended is tried for ever, with a growing, jittered, capped pause; it is shown as
/// stuck from the first failed attempt on (<see cref="Patience"/>) and told to operations once. <see cref="RecordEnds"/> writes down what came of it.
/// </summary>
public sealed class RevokeLease(IssuerRegistry issuers, MintOptions options, TimeProvider clock)
{
    /// <param name="lease">As claimed by this replica.</param>
    public async Task<EndOutcome> AskAsync(Lease lease, CancellationToken cancellationToken)
    {
        var handle = RevocationHandle.FromJson(lease.Handle);
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

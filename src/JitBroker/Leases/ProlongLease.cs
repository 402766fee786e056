using JitBroker.Grants;
using JitBroker.Issuing;
using JitBroker.Outbox;
using JitBroker.Storage;

namespace JitBroker.Leases;

/// <summary>
/// One attempt to give one claimed lease the later end of its grant at its target, and the record of what came of it. Tried until it is done or the credential
/// has reached its old end; then the holder collects again, as with a target that cannot be told.
/// </summary>
public sealed class ProlongLease(
    Database database, GrantStore grants, LeaseStore leases, ProlongStore prolongs, LeaseMoves moves, Lanes lanes, Announcer announcer, IssuerRegistry issuers, MintOptions options, TimeProvider clock)
{
    /// <summary>The attempt.</summary>
    /// <param name="lease">As claimed by this replica.</param>
    public async Task<ProlongOutcome> AskAsync(Lease lease, CancellationToken cancellationToken)
    {
        var (handle, until) = (RevocationHandle.FromJson(lease.Handle), lease.ProlongUntil!.Value);
        if (issuers.FindProlonging(handle.Kind) is not { } issuer)
            return new ProlongOutcome.Failed($"This build of the broker cannot prolong what an issuer of kind {handle.Kind} made.");
        using var timeout = new CancellationTokenSource(options.EndTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await issuer.ProlongAsync(handle, until, either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return new ProlongOutcome.Failed($"{handle.Target} did not answer within {options.EndTimeout.TotalSeconds:0} s.", Obstacle.Away);
        }
        catch (OperationCanceledException)
        {
            throw;
        }
        catch (Exception e)
        {
            // An issuer's exception may quote what it sent; only its type is safe to tell.
            return new ProlongOutcome.Failed($"{handle.Target} failed ({e.GetType().Name}).", Obstacle.Away);
        }
    }

    /// <summary>The record.</summary>
    /// <param name="claimed">As it was when it was claimed; whoever moved it since has the last word.</param>
    /// <param name="isProbe">Its target is paused, and this was the one attempt it got.</param>
    public Task RecordAsync(Lease claimed, ProlongOutcome outcome, bool isProbe, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async session =>
            {
                await RecordAsync(session, claimed, outcome, cancellationToken);
                // Whatever has become of the lease meanwhile, the target has answered, or has not.
                await lanes.LearnAsync(session, claimed.Target, Answer.Of(outcome), isProbe, clock.GetUtcNow(), cancellationToken);
            },
            cancellationToken);

    private async Task RecordAsync(Session session, Lease claimed, ProlongOutcome outcome, CancellationToken cancellationToken)
    {
        var grant = await grants.LockAsync(session, claimed.GrantId, cancellationToken);
        var lease = await leases.FindAsync(session, claimed.Id, cancellationToken);
        if (grant is null || lease is not { State: "active" } || lease.Version != claimed.Version)
            return;
        var now = clock.GetUtcNow();
        switch (outcome)
        {
            case ProlongOutcome.Prolonged prolonged:
                await moves.ProlongedAsync(session, lease, Instants.Truncate(prolonged.ExpiresAt), grant.RequestId, now, cancellationToken);
                break;
            case ProlongOutcome.Gone gone:
                await moves.BeginRevokingAsync(session, lease with { LastError = gone.Why }, grant.RequestId, LeaseMoves.Because.Gone, now, cancellationToken);
                break;
            case ProlongOutcome.Failed failed:
                await prolongs.ProlongAsync(session, lease, lease with { LastError = failed.Why, NextProlongAt = Instants.Truncate(now + Patience.Of(failed)) }, cancellationToken);
                return;
        }

        await announcer.MovedAsync(session, grant.RequestId, now, cancellationToken);
    }
}

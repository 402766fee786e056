using JitBroker.Audit;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.Leases;

/// <summary>An operator has a stuck end tried again now, after mending what was the matter. Changes nothing but when. Its target may be paused; then it is probed now.</summary>
public sealed class RetryLease(Database database, StuckLeases stuck, LeaseMoves moves, LeaseStore leases, LaneStore lanes, Announcer announcer, Refusals refusals, TimeProvider clock)
{
    /// <param name="reason">What was mended, for the record; may be null.</param>
    /// <param name="together">Commits with it; see <see cref="CommitWith{T}"/>.</param>
    public async Task<Outcome<LeaseDetails>> HandleAsync(Actor actor, string leaseId, string? reason, CommitWith<LeaseDetails>? together, CancellationToken cancellationToken)
    {
        var outcome = await database.WriteAsync(
            async session =>
            {
                var retried = await RetryAsync(session, actor, leaseId, reason, cancellationToken);
                if (retried.Value is not { } value)
                    session.Doom();
                else if (together is not null)
                    await together(session, value, cancellationToken);
                return retried;
            },
            cancellationToken);
        return outcome.Refusal is { } refusal && refusal.Code != Codes.NotFound
            ? await refusals.RecordAsync(actor, "lease.retry", null, leaseId, refusal, cancellationToken)
            : outcome;
    }

    private async Task<Outcome<LeaseDetails>> RetryAsync(Session session, Actor actor, string leaseId, string? reason, CancellationToken cancellationToken)
    {
        var found = await stuck.LockAsync(session, actor, leaseId, cancellationToken);
        if (found.Value is not { } details)
            return found;
        if (FreeText.Fault(reason, AbandonLease.ReasonLength, "reason", "reason") is { } unfit)
            return unfit;
        if (StuckLeases.NotStuck(details.Lease) is { } refusal)
            return refusal;
        var now = clock.GetUtcNow();
        await lanes.HurryAsync(session, details.Lease.Target, now, cancellationToken);
        await moves.RetryAsync(session, details.Lease, actor, details.Grant.RequestId, AbandonLease.Trimmed(reason), now, cancellationToken);
        await announcer.MovedAsync(session, details.Grant.RequestId, now, cancellationToken);
        return details with { Lease = (await leases.FindAsync(session, leaseId, cancellationToken))! };
    }
}

using JitBroker.Audit;
using JitBroker.Grants;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.Leases;

/// <summary>
/// An operator gives up on a stuck end: the lease is <c>revoked</c> with <c>verified: false</c>, for good and everywhere, operations are told, and its grant
/// may end. Whoever holds the access cannot give up its end: that would leave it to them.
/// </summary>
public sealed class AbandonLease(
    Database database, StuckLeases stuck, LeaseMoves moves, LeaseStore leases, GrantStore grants, EndGrant endGrant, Announcer announcer, Refusals refusals, TimeProvider clock)
{
    /// <summary>Longest reason, in characters.</summary>
    public const int ReasonLength = 1000;

    /// <param name="together">Commits with it; see <see cref="CommitWith{T}"/>.</param>
    public async Task<Outcome<LeaseDetails>> HandleAsync(Actor actor, string leaseId, string? reason, CommitWith<LeaseDetails>? together, CancellationToken cancellationToken)
    {
        var outcome = await database.WriteAsync(
            async session =>
            {
                var abandoned = await AbandonAsync(session, actor, leaseId, reason, cancellationToken);
                if (abandoned.Value is not { } value)
                    session.Doom();
                else if (together is not null)
                    await together(session, value, cancellationToken);
                return abandoned;
            },
            cancellationToken);
        return outcome.Refusal is { } refusal && refusal.Code != Codes.NotFound
            ? await refusals.RecordAsync(actor, "lease.abandon", null, leaseId, refusal, cancellationToken)
            : outcome;
    }

    internal static string? Trimmed(string? reason) => string.IsNullOrWhiteSpace(reason) ? null : reason.Trim();

    private async Task<Outcome<LeaseDetails>> AbandonAsync(Session session, Actor actor, string leaseId, string? reason, CancellationToken cancellationToken)
    {
        var found = await stuck.LockAsync(session, actor, leaseId, cancellationToken);
        if (found.Value is not { } details)
            return found;
        if (Objection(details, actor, reason) is { } refusal)
            return refusal;
        var (now, requestId) = (clock.GetUtcNow(), details.Grant.RequestId);
        await moves.AbandonedAsync(session, details.Lease, actor, requestId, Trimmed(reason)!, now, cancellationToken);
        await announcer.TellOperationsAsync(session, Templates.AbandonedNotice, leaseId, now, null, cancellationToken);
        var set = new EndingSet();
        set.Show(requestId);
        var all = await leases.OfGrantAsync(session, details.Grant.Id, cancellationToken);
        if (details.Grant.State == "ending" && all.All(l => l.State == "revoked"))
            EndGrant.Verified(set, details.Grant, all, now);
        await endGrant.SaveAsync(session, set, now, cancellationToken);
        return new LeaseDetails((await leases.FindAsync(session, leaseId, cancellationToken))!, (await grants.FindAsync(session, details.Grant.Id, cancellationToken))!);
    }

    private static Refusal? Objection(LeaseDetails details, Actor actor, string? reason)
    {
        if (details.Grant.Holder == actor.Email)
            return new Refusal(Codes.OwnGrant, "You hold this access, so another operator has to judge whether its end may be given up.");
        if (FreeText.Fault(reason, ReasonLength, "reason", "reason") is { } unfit)
            return unfit;
        return Trimmed(reason) is null
            ? new Refusal(Codes.ReasonRequired, "Say why nobody needs to see this end verified: it stays in all evidence.", "reason")
            : StuckLeases.NotStuck(details.Lease);
    }
}

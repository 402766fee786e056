using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Grants;
using JitBroker.Issuing;
using JitBroker.Outbox;
using JitBroker.Storage;

namespace JitBroker.Leases;

/// <summary>
/// One attempt to end one claimed lease at its target, and the record of what came of it. A lease that cannot be ended is tried for ever, with a growing,
/// jittered, capped pause; it is shown as stuck from the first failed attempt on (<see cref="Patience"/>) and told to operations once.
/// </summary>
public sealed class RevokeLease(
    Database database, GrantStore grants, LeaseStore leases, LeaseMoves moves, EndGrant endGrant, EventStore events, Announcer announcer, IssuerRegistry issuers, MintOptions options, TimeProvider clock)
{
    /// <param name="lease">As claimed by this replica.</param>
    /// <returns>Whether it is verified gone now.</returns>
    public async Task<bool> HandleAsync(Lease lease, CancellationToken cancellationToken)
    {
        var outcome = await AttemptAsync(RevocationHandle.FromJson(lease.Handle), cancellationToken);
        return await database.WriteAsync(session => RecordAsync(session, lease, outcome, cancellationToken), cancellationToken);
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

    private async Task<bool> RecordAsync(Session session, Lease claimed, EndOutcome outcome, CancellationToken cancellationToken)
    {
        var grant = await grants.LockAsync(session, claimed.GrantId, cancellationToken);
        var lease = await leases.FindAsync(session, claimed.Id, cancellationToken);
        if (grant is null || lease is not { State: "revoking" } || lease.Version != claimed.Version)
            return false;
        var now = clock.GetUtcNow();
        if (outcome is EndOutcome.Failed failed)
        {
            await FailedAsync(session, grant, lease, failed, now, cancellationToken);
            return false;
        }

        if (TooEarly(lease, (EndOutcome.Ended)outcome, now) is { } again)
        {
            await leases.NoteFailureAsync(session, lease, lease with { NextAttemptAt = again }, cancellationToken);
            return false;
        }

        await moves.RevokedAsync(session, lease, grant.RequestId, now, cancellationToken);
        if (grant.State == "ending" && (await leases.OfGrantAsync(session, grant.Id, cancellationToken)).All(l => l.State == "revoked"))
            await endGrant.VerifiedAsync(session, grant, now, cancellationToken);
        await announcer.MovedAsync(session, grant.RequestId, now, cancellationToken);
        return true;
    }

    /// <summary>"Does not exist" before a slow mint could have committed proves nothing: when to look again, or null when it is proof.</summary>
    private static DateTimeOffset? TooEarly(Lease lease, EndOutcome.Ended ended, DateTimeOffset now)
    {
        var settled = lease.MintDeadline + RevocationHandle.FromJson(lease.Handle).SettleTime;
        return !ended.Existed && now < settled ? Instants.Truncate(settled) : null;
    }

    private async Task FailedAsync(Session session, Grant grant, Lease lease, EndOutcome.Failed failed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var isNews = lease.StuckSince is null && Patience.IsStuck(failed, lease.Attempts);
        var after = lease with
        {
            Version = isNews ? lease.Version + 1 : lease.Version,
            LastError = failed.Why,
            StuckSince = isNews ? now : lease.StuckSince,
            NextAttemptAt = Instants.Truncate(now + Patience.Of(failed, lease.Attempts)),
        };
        if (!await leases.NoteFailureAsync(session, lease, after, cancellationToken))
            return;
        if (isNews)
        {
            var data = new JsonObject { ["why"] = failed.Why };
            await events.AppendAsync(session, AuditEvent.BySystem("lease", lease.Id, after.Version, "lease.stuck", now, grant.RequestId, data), cancellationToken);
            await announcer.TellOperationsAsync(session, Templates.StuckNotice, lease.Id, now, null, cancellationToken);
        }

        await announcer.MovedAsync(session, grant.RequestId, now, cancellationToken);
    }
}

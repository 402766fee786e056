using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Issuing;
using JitBroker.People;
using JitBroker.Scheduling;
using JitBroker.Storage;

namespace JitBroker.Leases;

/// <summary>The moves of a lease, each with its event, inside a transaction that holds the lock of the lease's grant.</summary>
public sealed class LeaseMoves(LeaseStore leases, DueLeaseStore dueLeases, ProlongStore prolongs, EventStore events, Wakeups wakeups)
{
    /// <summary>The credential was made in time and is handed out.</summary>
    public Task<bool> ActivateAsync(Session session, Lease lease, Actor by, string requestId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var active = lease with { State = LeaseState.Active.ToText(), Version = lease.Version + 1 };
        session.AfterCommit(() => wakeups.DueAt(active.ExpiresAt));
        return MoveAsync(session, new LeaseMove(lease, active, AuditEvent.By(by, "lease", lease.Id, active.Version, "lease.active", now, requestId)), cancellationToken);
    }

    /// <summary>
    /// Its end is due, at once or, for a credential that cannot be unsaid, when it is over for every verifier.
    /// </summary>
    /// <returns>Null when it was moved by somebody else first.</returns>
    public async Task<Lease?> BeginRevokingAsync(Session session, Lease lease, string requestId, string because, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var move = Revoking(session, lease, requestId, because, now);
        return await MoveAsync(session, move, cancellationToken) ? move.After : null;
    }

    /// <summary>While somebody mints it, its end waits for them: they undo what they made.</summary>
    private static bool KeepsClaim(Lease lease, string because) => lease.State == LeaseState.Minting.ToText() && because != Because.MintFailed;

    /// <summary>The move of <see cref="BeginRevokingAsync"/>, which the caller writes.</summary>
    internal LeaseMove Revoking(Session session, Lease lease, string requestId, string because, DateTimeOffset now)
    {
        var handle = RevocationHandle.FromJson(lease.Handle);
        DateTimeOffset? dueBy = handle.EarlyEnd == EarlyEnd.AtExpiry ? Instants.Truncate(lease.ExpiresAt + handle.Within) : null;
        var revoking = lease with
        {
            State = LeaseState.Revoking.ToText(),
            Version = lease.Version + 1,
            DueBy = dueBy,
            NextAttemptAt = dueBy > now ? dueBy : now,
            LastError = because == Because.MintFailed ? lease.LastError : null,
        };
        var data = new JsonObject { ["because"] = because };
        session.AfterCommit(() => Wake(revoking.NextAttemptAt.Value, now));
        return new LeaseMove(lease, revoking, AuditEvent.BySystem("lease", lease.Id, revoking.Version, "lease.revoking", now, requestId, data), KeepsClaim(lease, because));
    }

    /// <summary>Gone, read back at the target; the caller writes it.</summary>
    internal static LeaseMove Revoked(Lease lease, string requestId, DateTimeOffset now)
    {
        var revoked = lease with
        {
            State = LeaseState.Revoked.ToText(), Version = lease.Version + 1, RevokedAt = now, Verified = true, LastError = null, NextAttemptAt = null,
        };
        return new LeaseMove(lease, revoked, AuditEvent.BySystem("lease", lease.Id, revoked.Version, "lease.revoked", now, requestId));
    }

    /// <summary>Given up by an operator: over for the broker, not verified at the target. What was the matter with it stays on it.</summary>
    public Task<bool> AbandonedAsync(Session session, Lease lease, Actor by, string requestId, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var abandoned = lease with { State = LeaseState.Revoked.ToText(), Version = lease.Version + 1, RevokedAt = now, Verified = false, NextAttemptAt = null };
        var data = new JsonObject { ["reason"] = reason, ["verified"] = false, ["lastError"] = lease.LastError, ["attempts"] = lease.Attempts };
        return MoveAsync(session, new LeaseMove(lease, abandoned, AuditEvent.By(by, "lease", lease.Id, abandoned.Version, "lease.abandoned", now, requestId, data)), cancellationToken);
    }

    /// <summary>Due at once instead of at its next turn. An attempt under way loses its claim, and is made once more: ending twice does no harm.</summary>
    public async Task<bool> RetryAsync(Session session, Lease lease, Actor by, string requestId, string? reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var due = lease with { Version = lease.Version + 1, NextAttemptAt = now };
        if (!await dueLeases.RetryAsync(session, lease, due, cancellationToken))
            return false;
        var data = new JsonObject { ["reason"] = reason };
        await events.AppendAsync(session, AuditEvent.By(by, "lease", lease.Id, due.Version, "lease.retried", now, requestId, data), cancellationToken);
        session.AfterCommit(() => wakeups.Pulse(Sweep.RevokeLeases));
        return true;
    }

    /// <summary>Its grant ends later now; the target is still to be told.</summary>
    /// <returns>False when it was moved by somebody else first.</returns>
    public Task<bool> BeginProlongingAsync(Session session, Lease lease, DateTimeOffset until, string requestId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        session.AfterCommit(() => wakeups.Pulse(Sweep.ProlongLeases));
        return ProlongAsync(session, lease, lease with { ProlongUntil = until, NextProlongAt = now }, "lease.prolonging", until, requestId, now, cancellationToken);
    }

    /// <summary>The target keeps the later end, read back there.</summary>
    public Task<bool> ProlongedAsync(Session session, Lease lease, DateTimeOffset expiresAt, string requestId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        session.AfterCommit(() => wakeups.DueAt(expiresAt));
        var prolonged = lease with { ExpiresAt = expiresAt, ProlongUntil = null, NextProlongAt = null, LastError = null };
        return ProlongAsync(session, lease, prolonged, "lease.prolonged", expiresAt, requestId, now, cancellationToken);
    }

    private async Task<bool> ProlongAsync(
        Session session, Lease before, Lease after, string type, DateTimeOffset until, string requestId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!await prolongs.ProlongAsync(session, before, after with { Version = before.Version + 1 }, cancellationToken))
            return false;
        var data = new JsonObject { ["until"] = Instants.ToText(until) };
        await events.AppendAsync(session, AuditEvent.BySystem("lease", before.Id, before.Version + 1, type, now, requestId, data), cancellationToken);
        return true;
    }

    /// <summary>It was revoked and yet stands at the target: its end is due again, through the handle it was stored with.</summary>
    public async Task<bool> ReopenAsync(Session session, Lease lease, string requestId, string why, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var reopened = lease with
        {
            State = LeaseState.Revoking.ToText(), Version = lease.Version + 1, RevokedAt = null, Verified = false, LastError = why, StuckSince = null, NextAttemptAt = now,
        };
        if (!await leases.ReopenAsync(session, lease, reopened, cancellationToken))
            return false;
        var data = new JsonObject { ["why"] = why, ["wasVerified"] = lease.Verified, ["revokedAt"] = Instants.ToText(lease.RevokedAt!.Value) };
        await events.AppendAsync(session, AuditEvent.BySystem("lease", lease.Id, reopened.Version, "lease.reopened", now, requestId, data), cancellationToken);
        session.AfterCommit(() => wakeups.Pulse(Sweep.RevokeLeases));
        return true;
    }

    private async Task<bool> MoveAsync(Session session, LeaseMove move, CancellationToken cancellationToken)
    {
        if (!await leases.MoveAsync(session, move, cancellationToken))
            return false;
        await events.AppendAsync(session, move.Happened, cancellationToken);
        return true;
    }

    private void Wake(DateTimeOffset due, DateTimeOffset now)
    {
        if (due <= now)
            wakeups.Pulse(Sweep.RevokeLeases);
        else
            wakeups.DueAt(due);
    }

    /// <summary>Why a lease is revoked, as its event says.</summary>
    public static class Because
    {
        public const string GrantEnds = "grant_ends";
        public const string Expired = "expired";
        public const string MintFailed = "mint_failed";
        public const string SessionEnded = "session_ended";
        public const string Gone = "gone";
    }
}

using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Storage;

namespace JitBroker.Grants;

/// <summary>The grant as it stands after the call; <paramref name="HadEnded"/> when there was nothing left to do.</summary>
public sealed record EndRequested(Grant Grant, bool HadEnded);

/// <summary>
/// The one way a grant ends, early or at its time: under the grant's lock it becomes <c>ending</c> and each live lease <c>revoking</c>; the lanes do the
/// rest at the targets. Idempotent: ending an ending grant changes nothing.
/// </summary>
public sealed class EndGrant(
    Database database, GrantStore grants, LeaseStore leases, LeaseMoves moves, EventStore events, Announcer announcer, Refusals refusals, CatalogHolder catalogs, TimeProvider clock)
{
    public const string Expired = "expired";
    public const string Released = "released";
    public const string Revoked = "revoked";

    /// <summary>Longest reason, in characters.</summary>
    public const int ReasonLength = 1000;

    /// <summary>Its holder releases it, or an admin or one who may decide it revokes it, for which a reason is required.</summary>
    /// <param name="together">Commits with it; see <see cref="CommitWith{T}"/>.</param>
    public async Task<Outcome<EndRequested>> HandleAsync(Actor actor, string grantId, string? reason, CommitWith<EndRequested>? together, CancellationToken cancellationToken)
    {
        var outcome = await database.WriteAsync(session => EndAsync(session, actor, grantId, reason, together, cancellationToken), cancellationToken);
        return outcome.Refusal is { } refusal && refusal.Code != Codes.NotFound
            ? await refusals.RecordAsync(actor, "grant.end", null, grantId, refusal, cancellationToken)
            : outcome;
    }

    /// <summary>The clock or the broker itself ends it. False when it was not live.</summary>
    public Task<bool> BySystemAsync(string grantId, string kind, string? reason, Func<Grant, DateTimeOffset, bool> stillDue, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async session =>
            {
                var grant = await grants.LockAsync(session, grantId, cancellationToken);
                var now = clock.GetUtcNow();
                if (grant is null || grant.State is "ending" or "ended" || !stillDue(grant, now))
                    return false;
                await CloseAsync(session, grant, null, kind, reason, now, cancellationToken);
                return true;
            },
            cancellationToken);

    /// <summary>Ends the first of those whose time is over, in one transaction; what somebody else is ending is left to them.</summary>
    /// <returns>How many were ended.</returns>
    internal Task<int> FirstDueAsync(int most, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async session =>
            {
                var now = clock.GetUtcNow();
                var due = await grants.LockDueToEndAsync(session, now, most, cancellationToken);
                var leasesOf = await leases.OfGrantsAsync(session, due.Select(g => g.Id), cancellationToken);
                var set = new EndingSet();
                foreach (var grant in due)
                    Close(session, set, grant, [.. leasesOf[grant.Id]], null, Expired, null, now);
                await SaveAsync(session, set, now, cancellationToken);
                return due.Count;
            },
            cancellationToken);

    private async Task<Outcome<EndRequested>> EndAsync(
        Session session, Actor actor, string grantId, string? reason, CommitWith<EndRequested>? together, CancellationToken cancellationToken)
    {
        var directory = catalogs.Directory;
        var grant = await grants.LockAsync(session, grantId, cancellationToken);
        if (Objection(directory, grant, actor, grantId, reason) is { } objection)
        {
            session.Doom();
            return objection;
        }

        var hadEnded = grant!.HasEnded;
        var now = clock.GetUtcNow();
        var after = grant.State is "ending" or "ended"
            ? grant
            : await CloseAsync(session, grant, actor, grant.Holder == actor.Email ? Released : Revoked, Trimmed(reason), now, cancellationToken);
        var requested = new EndRequested(after, hadEnded);
        if (together is not null)
            await together(session, requested, cancellationToken);
        return requested;
    }

    private async Task<Grant> CloseAsync(Session session, Grant grant, Actor? by, string kind, string? reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var all = await leases.OfGrantAsync(session, grant.Id, cancellationToken);
        var set = new EndingSet();
        var closed = Close(session, set, grant, all, by, kind, reason, now);
        await SaveAsync(session, set, now, cancellationToken);
        return closed;
    }

    private Grant Close(Session session, EndingSet set, Grant grant, IReadOnlyList<Lease> all, Actor? by, string kind, string? reason, DateTimeOffset now)
    {
        var wasScheduled = grant.State == "scheduled";
        var ending = grant with
        {
            State = (wasScheduled ? GrantState.Ended : GrantState.Ending).ToText(),
            Version = grant.Version + 1,
            EndKind = kind,
            EndedBy = by?.Email,
            EndReason = reason,
            EndRequestedAt = now,
            VerifiedEndAt = wasScheduled ? now : null,
        };
        var data = new JsonObject { ["end"] = kind, ["reason"] = reason };
        var type = "grant." + ending.State;
        var happened = by is null
            ? AuditEvent.BySystem("grant", grant.Id, ending.Version, type, now, grant.RequestId, data)
            : AuditEvent.By(by, "grant", grant.Id, ending.Version, type, now, grant.RequestId, data);
        set.Move(grant, ending, happened);
        foreach (var lease in all.Where(l => l.IsLive))
            set.Move(moves.Revoking(session, lease, grant.RequestId, LeaseMoves.Because.GrantEnds, now));
        return !wasScheduled && all.All(l => l.State == "revoked") ? Verified(set, ending, all, now) : ending;
    }

    /// <summary>The last of its leases is gone: the grant has ended, verified unless one of them was abandoned. Needs the grant's lock.</summary>
    internal static Grant Verified(EndingSet set, Grant ending, IReadOnlyList<Lease> all, DateTimeOffset now)
    {
        var abandoned = all.Where(l => l.IsAbandoned).Select(l => JsonValue.Create(l.Id)).ToArray<JsonNode?>();
        var data = abandoned.Length == 0 ? null : new JsonObject { ["verified"] = false, ["abandoned"] = new JsonArray(abandoned) };
        var ended = ending with { State = GrantState.Ended.ToText(), Version = ending.Version + 1, VerifiedEndAt = now };
        set.Move(ending, ended, AuditEvent.BySystem("grant", ended.Id, ended.Version, "grant.ended", now, ended.RequestId, data));
        return ended;
    }

    /// <summary>Writes a set: what moved, what happened, and the edits of the cards that show it.</summary>
    internal async Task SaveAsync(Session session, EndingSet set, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await grants.MoveAsync(session, set.Grants, cancellationToken);
        await leases.MoveHeldAsync(session, set.Leases, cancellationToken);
        await events.AppendAsync(session, set.Events, cancellationToken);
        await announcer.MovedAsync(session, set.Requests, now, cancellationToken);
    }

    private static Refusal? Objection(PeopleDirectory directory, Grant? grant, Actor actor, string grantId, string? reason)
    {
        var content = grant is null ? null : RequestContent.FromText(grant.Content);
        if (grant is null || !content!.MayBeReadBy(directory, actor.Email))
            return new Refusal(Codes.NotFound, $"There is no grant {grantId}.");
        var isHolder = grant.Holder == actor.Email;
        if (!isHolder && !directory.HasRole(Rights.Admin, actor.Email) && !content.IsUpTo(directory, actor.Email))
            return new Refusal(Codes.Forbidden, "Only its holder, an admin, or one who may decide it can end this grant.");
        if (FreeText.Fault(reason, ReasonLength, "reason", "reason") is { } unfit)
            return unfit;
        return !isHolder && grant.State is "scheduled" or "active" && Trimmed(reason) is null
            ? new Refusal(Codes.ReasonRequired, "Say why you revoke it: its holder will read it.", "reason")
            : null;
    }

    private static string? Trimmed(string? reason) => string.IsNullOrWhiteSpace(reason) ? null : reason.Trim();
}

using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Issuing;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Scheduling;
using JitBroker.Storage;

namespace JitBroker.Grants;

/// <summary>
/// Moves the end of an active grant, in the transaction that approves its extension: the new end is stored before any target is told of it (rule 1). Leases whose
/// credential can be given a later end are left to <see cref="ProlongDueLeases"/>; the others end at their time and are collected again.
/// </summary>
public sealed class ExtendGrant(
    GrantStore grants, RequestStore requests, LeaseStore leases, LeaseMoves moves, EventStore events, IssuerRegistry issuers, Announcer announcer, Wakeups wakeups)
{
    /// <summary>Why an extension lapses: its grant is over.</summary>
    public const string GrantEnded = "grant_ended";

    /// <summary>Why an extension lapses: the grant was extended as often as it may be.</summary>
    public const string LimitReached = "extension_limit";

    /// <summary>409 when there is nothing to extend: a grant that has not begun or is over.</summary>
    public static Refusal? NotActive(Grant grant, DateTimeOffset now)
    {
        if (grant.State == "scheduled")
            return new Refusal(Codes.GrantNotActive, string.Create(CultureInfo.InvariantCulture, $"This access starts at {grant.StartsAt:yyyy-MM-dd HH:mm} UTC. It can be extended once it has.")) { State = grant.State };
        return !grant.IsActive || grant.EndsAt <= now
            ? new Refusal(Codes.GrantNotActive, string.Create(CultureInfo.InvariantCulture, $"This access ended at {grant.EndRequestedAt ?? grant.EndsAt:HH:mm:ss} UTC, so it is not extended. Ask again if you still need it.")) { State = grant.State }
            : null;
    }

    /// <summary>Takes the grant for this transaction and says why it must not be extended by this request any more; null when it may be.</summary>
    public async Task<string?> ObjectionAsync(Session session, Bench bench, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var grant = await grants.LockAsync(session, bench.Request.ExtendsGrant!, cancellationToken);
        if (grant is null || NotActive(grant, now) is not null)
            return GrantEnded;
        var used = await requests.CountExtensionsAsync(session, grant.Id, cancellationToken);
        return bench.Today is { } today && ExtensionAnalysis.LimitReached(today, bench.Content.Emergency, used) is not null ? LimitReached : null;
    }

    /// <param name="approved">The extension as approved by this transaction, which has passed <see cref="ObjectionAsync"/>.</param>
    /// <param name="duration">The shortest of the asked and the counted approvals.</param>
    public async Task<Grant> InAsync(Session session, PeopleDirectory directory, Request approved, TimeSpan duration, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var grant = (await grants.LockAsync(session, approved.ExtendsGrant!, cancellationToken))!;
        var extended = grant with { EndsAt = grant.EndsAt + duration, Version = grant.Version + 1 };
        await grants.ExtendAsync(session, grant, extended, cancellationToken);
        var data = new JsonObject { ["by"] = approved.Id, ["from"] = Instants.ToText(grant.EndsAt), ["endsAt"] = Instants.ToText(extended.EndsAt) };
        await events.AppendAsync(session, AuditEvent.BySystem("grant", grant.Id, extended.Version, "grant.extended", now, grant.RequestId, data), cancellationToken);
        foreach (var lease in (await leases.OfGrantAsync(session, grant.Id, cancellationToken)).Where(IsProlonged))
            await moves.BeginProlongingAsync(session, lease, extended.EndsAt, grant.RequestId, now, cancellationToken);
        await announcer.MovedAsync(session, approved.Id, now, cancellationToken);
        await announcer.MovedAsync(session, grant.RequestId, now, cancellationToken);
        await announcer.TellAsync(session, directory, grant.Holder, Templates.ExpiryNotice, grant.Id, now, OpenGrant.NoticeAt(extended), null, cancellationToken);
        session.AfterCommit(() => wakeups.DueAt(extended.EndsAt));
        return extended;
    }

    private bool IsProlonged(Lease lease) => lease.State == "active" && issuers.FindProlonging(RevocationHandle.FromJson(lease.Handle).Kind) is not null;
}

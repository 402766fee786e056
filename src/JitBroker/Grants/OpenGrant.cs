using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Requests;
using JitBroker.Scheduling;
using JitBroker.Storage;

namespace JitBroker.Grants;

/// <summary>
/// The birth of a grant, in the transaction that approves its request, <b>with its end already due</b> (rule 1). The window is as long as was decided;
/// a request with a start keeps the window it was asked with, so a late approval makes it shorter.
/// </summary>
public sealed class OpenGrant(GrantStore grants, EventStore events, Announcer announcer, Wakeups wakeups)
{
    /// <summary>An expiry notice goes out at nine tenths of the time or this long before the end, whichever is later.</summary>
    public static readonly TimeSpan NoticeBefore = TimeSpan.FromMinutes(10);

    /// <param name="approved">The request as approved by this transaction, which holds its lock.</param>
    /// <param name="duration">The shortest of the asked and the counted approvals.</param>
    public async Task<Grant> InAsync(Session session, PeopleDirectory directory, Request approved, TimeSpan duration, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (startsAt, endsAt) = Window(approved, duration, now);
        var grant = new Grant
        {
            Id = Ids.New(now),
            RequestId = approved.Id,
            State = (startsAt > now ? GrantState.Scheduled : GrantState.Active).ToText(),
            Version = 1,
            Entitlement = approved.Entitlement,
            Holder = approved.Requester,
            StartsAt = startsAt,
            EndsAt = endsAt,
            Content = approved.Content,
            ContentHash = approved.ContentHash,
            BreakGlass = RequestContent.FromText(approved.Content).Emergency,
            CreatedAt = now,
        };
        await grants.InsertAsync(session, grant, cancellationToken);
        var window = new JsonObject { ["startsAt"] = Instants.ToText(startsAt), ["endsAt"] = Instants.ToText(endsAt) };
        await events.AppendAsync(session, AuditEvent.BySystem("grant", grant.Id, 1, "grant." + grant.State, now, approved.Id, window), cancellationToken);
        await announcer.MovedAsync(session, approved.Id, now, cancellationToken);
        await announcer.TellAsync(session, directory, grant.Holder, Templates.ExpiryNotice, grant.Id, now, NoticeAt(grant), null, cancellationToken);
        session.AfterCommit(() => wakeups.DueAt(grant.IsActive ? grant.EndsAt : grant.StartsAt));
        return grant;
    }

    /// <summary>When the holder is told that the end is near.</summary>
    public static DateTimeOffset NoticeAt(Grant grant)
    {
        var nineTenths = grant.StartsAt + ((grant.EndsAt - grant.StartsAt) * 0.9);
        var before = grant.EndsAt - NoticeBefore;
        return Instants.Truncate(nineTenths > before ? nineTenths : before);
    }

    private static (DateTimeOffset StartsAt, DateTimeOffset EndsAt) Window(Request request, TimeSpan duration, DateTimeOffset now) =>
        request.StartsAt is { } asked
            ? (asked > now ? asked : now, asked + duration)
            : (now, now + duration);
}

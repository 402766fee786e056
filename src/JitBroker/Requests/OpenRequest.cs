using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Scheduling;
using JitBroker.Storage;

namespace JitBroker.Requests;

/// <summary>The birth of a request, in the transaction of whoever makes it: its row, its event, its cards; within what one person may ask.</summary>
public sealed class OpenRequest(RequestStore requests, EventStore events, Announcer announcer, AskLimits limits, Wakeups wakeups)
{
    /// <summary>Why this person may not ask <paramref name="more"/> times now; null when they may. What waits for others does not hold up an emergency.</summary>
    public async Task<Refusal?> TooManyAsync(Session session, string requester, int more, DateTimeOffset now, CancellationToken cancellationToken, bool isEmergency = false)
    {
        var counts = await requests.CountAsync(session, requester, now - TimeSpan.FromMinutes(1), cancellationToken);
        if (counts.Recent + more > limits.RequestsPerMinute)
            return new Refusal(Codes.RateLimited, $"You asked {counts.Recent} times within a minute; the limit is {limits.RequestsPerMinute}. Wait a minute.") { RetryAfter = TimeSpan.FromMinutes(1) };
        return !isEmergency && counts.Open + more > limits.OpenRequests
            ? new Refusal(Codes.RateLimited, $"{counts.Open} of your requests wait for a decision; the limit is {limits.OpenRequests}. Withdraw some, or wait until they are decided.") { RetryAfter = TimeSpan.FromMinutes(1) }
            : null;
    }

    /// <param name="approvers">Who is asked first.</param>
    /// <param name="thread">The request under whose cards these are posted; null: cards of their own.</param>
    /// <returns>Why not, and then the transaction is doomed: this person waits for another of this kind already.</returns>
    public async Task<Refusal?> InAsync(
        Session session, Actor actor, PeopleDirectory directory, Request request, IReadOnlyList<Approver> approvers, string? thread, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!await requests.InsertAsync(session, request, cancellationToken))
        {
            session.Doom();
            var open = await requests.FindPendingAsync(session, request.Requester, request.Entitlement, request.Kind, cancellationToken);
            var what = request.IsExtension ? $"more time on {request.Entitlement}" : request.Entitlement;
            return new Refusal(Codes.AlreadyOpen, $"You have asked for {what} already, and that request ({open}) waits for a decision. Withdraw it first to ask anew.", "entitlement") { Id = open };
        }

        var data = new JsonObject { ["entitlement"] = request.Entitlement, ["duration"] = Durations.Iso(request.Duration), ["reason"] = request.Reason, ["contentHash"] = request.ContentHash };
        if (request.ExtendsGrant is { } extended)
            data["extends"] = extended;
        await events.AppendAsync(session, AuditEvent.By(actor, "request", request.Id, 1, "request.submitted", now, request.Id, data), cancellationToken);
        if (request.Kind == TakeBreakGlass.Kind)
            await announcer.EmergencyAsync(session, directory, request, approvers, now, cancellationToken);
        else
            await announcer.SubmittedAsync(session, directory, request, approvers, thread, now, cancellationToken);
        session.AfterCommit(() => wakeups.DueAt(request.LapsesAt));
        return null;
    }

    /// <summary>A request just opened that nobody needs to approve: settled in the same transaction.</summary>
    /// <param name="because"><c>rule</c> or <c>break_glass</c>.</param>
    public async Task<Request> ApprovedAsync(Session session, Request request, string because, string why, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var approved = request with { State = RequestState.Approved.ToText(), Version = request.Version + 1, SettledAt = now, SettledBecause = because };
        await requests.SettleAsync(session, approved, cancellationToken);
        var data = new JsonObject { ["because"] = because, ["text"] = why };
        await events.AppendAsync(session, AuditEvent.BySystem("request", request.Id, approved.Version, "request.approved", now, request.Id, data), cancellationToken);
        return approved;
    }
}

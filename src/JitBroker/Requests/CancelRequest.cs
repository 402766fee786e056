using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.Requests;

/// <summary>Its asker withdraws a pending request. Races with decisions and lapses for the request's lock; one wins.</summary>
public sealed class CancelRequest(
    Database database, RequestStore requests, EventStore events, Announcer announcer, Refusals refusals, CatalogHolder catalogs, TimeProvider clock)
{
    /// <param name="together">Commits with it; see <see cref="CommitWith{T}"/>.</param>
    public async Task<Outcome<Request>> HandleAsync(Actor actor, string requestId, CommitWith<Request>? together, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var outcome = await database.WriteAsync(session => CancelAsync(session, actor, requestId, now, together, cancellationToken), cancellationToken);
        return outcome.Refusal is { } refusal && refusal.Code != Codes.NotFound
            ? await refusals.RecordAsync(actor, "request.cancel", requestId, null, refusal, cancellationToken)
            : outcome;
    }

    private async Task<Outcome<Request>> CancelAsync(
        Session session, Actor actor, string requestId, DateTimeOffset now, CommitWith<Request>? together, CancellationToken cancellationToken)
    {
        var directory = catalogs.Directory;
        var locked = await requests.LockPendingAsync(session, requestId, cancellationToken);
        var request = locked ?? await requests.FindAsync(session, requestId, cancellationToken);
        var refusal = request is null || !Rights.MayRead(directory, request.Entitlement, RequestContent.FromText(request.Content).Rule, request.Requester, actor.Email)
            ? new Refusal(Codes.NotFound, $"There is no request {requestId}.")
            : request.Requester != actor.Email ? new Refusal(Codes.Forbidden, "Only the one who asked can withdraw a request. You can deny it instead, with a reason.")
            : locked is null ? SettledRefusal.Of(request, directory)
            : null;
        if (refusal is not null)
        {
            session.Doom();
            return refusal;
        }

        var cancelled = locked! with { State = RequestState.Cancelled.ToText(), SettledAt = now, SettledBy = actor.Email };
        await requests.SettleAsync(session, cancelled, cancellationToken);
        await events.AppendAsync(session, AuditEvent.By(actor, "request", requestId, cancelled.Version, "request.cancelled", now, requestId), cancellationToken);
        await announcer.TurnedAsync(session, new Bench(directory, cancelled, []), now, cancellationToken);
        if (together is not null)
            await together(session, cancelled, cancellationToken);
        return cancelled;
    }
}

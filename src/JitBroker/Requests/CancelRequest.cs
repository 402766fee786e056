using System.Text.Json.Nodes;
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
        var refusal = request is null || !RequestContent.FromText(request.Content).MayBeReadBy(directory, actor.Email)
            ? new Refusal(Codes.NotFound, $"There is no request {requestId}.")
            : request.Requester != actor.Email ? new Refusal(Codes.Forbidden, "Only the one who asked can withdraw a request. You can deny it instead, with a reason.")
            : locked is null ? SettledRefusal.Of(request, directory)
            : null;
        if (refusal is not null)
        {
            session.Doom();
            return refusal;
        }

        var cancelled = await SettleAsync(session, directory, actor, locked!, null, now, cancellationToken);
        if (together is not null)
            await together(session, cancelled, cancellationToken);
        return cancelled;
    }

    /// <summary>Its asker takes the same as an emergency instead, in the same transaction.</summary>
    /// <returns>Why not: it is not theirs, not for this entitlement, or settled; null when it is withdrawn.</returns>
    internal async Task<Refusal?> InFavourAsync(
        Session session, PeopleDirectory directory, Actor actor, string requestId, string entitlement, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var locked = Ids.IsId(requestId) ? await requests.LockPendingAsync(session, requestId, cancellationToken) : null;
        var request = locked ?? (Ids.IsId(requestId) ? await requests.FindAsync(session, requestId, cancellationToken) : null);
        if (request is null || request.Requester != actor.Email || request.Kind != "access" || request.Entitlement != entitlement)
            return new Refusal(Codes.InvalidValue, "That is no request of yours for the same access, so there is nothing to escalate.", "escalates");
        if (locked is null)
            return SettledRefusal.Of(request, directory);
        await SettleAsync(session, directory, actor, locked, TakeBreakGlass.Kind, now, cancellationToken);
        return null;
    }

    private async Task<Request> SettleAsync(
        Session session, PeopleDirectory directory, Actor actor, Request locked, string? because, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var cancelled = locked with { State = RequestState.Cancelled.ToText(), SettledAt = now, SettledBy = actor.Email, SettledBecause = because };
        await requests.SettleAsync(session, cancelled, cancellationToken);
        var data = because is null ? null : new JsonObject { ["because"] = because };
        await events.AppendAsync(session, AuditEvent.By(actor, "request", locked.Id, cancelled.Version, "request.cancelled", now, locked.Id, data), cancellationToken);
        await announcer.TurnedAsync(session, new Bench(directory, cancelled, []), now, cancellationToken);
        return cancelled;
    }
}

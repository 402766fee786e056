using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.Requests;

/// <summary>One person's word on a request.</summary>
/// <param name="Duration">An approval for less; null: as asked.</param>
public sealed record DecideOrder(string RequestId, bool Approve, string? Comment = null, TimeSpan? Duration = null);

/// <summary>The request after the decision, and the grant if this decision filled the quorum.</summary>
public sealed record Decided(Request Request, Grant? Grant);

/// <summary>
/// Takes one decision. The transaction locks the request row first, so of any number of simultaneous clicks on any number of replicas one settles it
/// (rule 7) and every loser is told who won. Who may decide, and whose votes count, is worked out anew under that lock (rule 6).
/// </summary>
public sealed class DecideRequest(
    Database database,
    RequestStore requests,
    EventStore events,
    SettleRequest settle,
    Announcer announcer,
    Refusals refusals,
    CatalogHolder catalogs,
    TimeProvider clock)
{
    /// <summary>Longest comment, in characters.</summary>
    public const int CommentLength = 1000;

    /// <param name="together">Commits with it; see <see cref="CommitWith{T}"/>.</param>
    public async Task<Outcome<Decided>> HandleAsync(Actor actor, DecideOrder order, CommitWith<Decided>? together, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var outcome = await database.WriteAsync(session => DecideAsync(session, actor, order, now, together, cancellationToken), cancellationToken);
        return outcome.Refusal is { } refusal && refusal.Code != Codes.NotFound
            ? await refusals.RecordAsync(actor, "request.decide", order.RequestId, null, refusal, cancellationToken)
            : outcome;
    }

    private async Task<Outcome<Decided>> DecideAsync(
        Session session, Actor actor, DecideOrder order, DateTimeOffset now, CommitWith<Decided>? together, CancellationToken cancellationToken)
    {
        var directory = catalogs.Directory;
        var locked = await requests.LockPendingAsync(session, order.RequestId, cancellationToken);
        var request = locked ?? await requests.FindAsync(session, order.RequestId, cancellationToken);
        if (request is null)
            return new Refusal(Codes.NotFound, $"There is no request {order.RequestId}.");
        var bench = new Bench(directory, request, await requests.DecisionsAsync(session, request.Id, cancellationToken));
        if (bench.Objection(actor.Email, isSettled: locked is null) is { } objection)
            return Undo(session, objection);
        if (locked is null)
            return bench.AlreadyDecidedBy(actor.Email) ?? SettledRefusal.Of(request, directory);
        if (await settle.OverdueAsync(session, bench, now, cancellationToken) is { } lapsed)
            return SettledRefusal.Of(lapsed, directory);
        if ((Fault(order, request) ?? Untold(order, bench)) is { } fault)
            return Undo(session, fault);

        var decided = await VoteAsync(session, actor, order, bench, now, cancellationToken);
        if (decided is null)
            return Undo(session, bench.AlreadyDecidedBy(actor.Email)!);
        if (together is not null)
            await together(session, decided, cancellationToken);
        return decided;
    }

    private async Task<Decided?> VoteAsync(Session session, Actor actor, DecideOrder order, Bench bench, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var vote = new Decision
        {
            Id = Ids.New(now),
            RequestId = order.RequestId,
            Person = actor.Email,
            Verdict = order.Approve ? "approve" : "deny",
            DurationS = order.Duration is { } less ? (long)less.TotalSeconds : null,
            Comment = string.IsNullOrWhiteSpace(order.Comment) ? null : order.Comment.Trim(),
            At = now,
            Surface = actor.Surface.ToText(),
            Identity = actor.Via,
        };
        if (!await requests.InsertDecisionAsync(session, vote, cancellationToken))
            return null;
        var data = new JsonObject { ["verdict"] = vote.Verdict, ["comment"] = vote.Comment, ["duration"] = order.Duration is { } d ? Durations.Iso(d) : null };
        await events.AppendAsync(session, AuditEvent.By(actor, "request", order.RequestId, bench.Request.Version, "request.vote", now, order.RequestId, data), cancellationToken);
        var after = bench.With(vote);
        if (!order.Approve)
            return new Decided(await settle.DeniedAsync(session, after, actor, vote.Comment!, now, cancellationToken), null);
        if (after.IsQuorum)
            return await settle.ApprovedAsync(session, after, actor, now, cancellationToken);
        return new Decided(await TurnAsync(session, bench, after, now, cancellationToken), null);
    }

    /// <summary>It still waits. If that vote opened the next stage, its people are told and the waiting begins anew.</summary>
    private async Task<Request> TurnAsync(Session session, Bench before, Bench after, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var request = after.Moved(before, now);
        if (request != before.Request)
        {
            await requests.NudgeAsync(session, request, cancellationToken);
            await announcer.AskedAsync(session, before, after.With(request), ThreadNotes.NextStep, now, cancellationToken);
        }

        await announcer.TurnedAsync(session, after.With(request), now, cancellationToken);
        return request;
    }

    private static Refusal? Fault(DecideOrder order, Request request)
    {
        if (FreeText.Fault(order.Comment, CommentLength, "comment", "comment") is { } unfit)
            return unfit;
        if (!order.Approve)
            return string.IsNullOrWhiteSpace(order.Comment) ? new Refusal(Codes.ReasonRequired, "Say why you deny it: the asker will read it.", "comment") : null;
        if (order.Duration is not { } duration)
            return null;
        if (duration <= TimeSpan.Zero || duration.Ticks % TimeSpan.TicksPerSecond != 0)
            return new Refusal(Codes.InvalidDuration, "An approval for less is for whole seconds above zero.", "duration");
        return duration > request.Duration
            ? new Refusal(Codes.WiderThanAsked, $"{Durations.Human(duration)} is more than the {Durations.Human(request.Duration)} that was asked for. You can approve for less, never for more.", "duration")
            : null;
    }

    /// <summary>Nobody can say whether the asker may still have it: a no for now, which settles nothing.</summary>
    private static Refusal? Untold(DecideOrder order, Bench bench) =>
        order.Approve && Eligibility.WhyUnknown(bench.Directory, bench.Request.Requester, bench.Today!) is { } why
            ? new Refusal(Codes.Unavailable, $"I could not check whether the asker may still have this ({why}), so it can't be approved now. Try again in a moment.") { RetryAfter = TimeSpan.FromSeconds(15) }
            : null;

    private static Refusal Undo(Session session, Refusal refusal)
    {
        session.Doom();
        return refusal;
    }
}

using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Storage;

namespace JitBroker.Reviews;

/// <summary>
/// Lets the taker of an emergency have the next one though this review is overdue or found misuse: a second person who may take the same emergency now says so,
/// with a reason. The review itself stays as it is; a misuse found later blocks anew.
/// </summary>
public sealed class LiftReview(
    Database database, ReviewStore reviews, GrantStore grants, EventStore events, Announcer announcer, Refusals refusals, CatalogHolder catalogs, TimeProvider clock)
{
    /// <summary>Longest reason, in characters.</summary>
    public const int ReasonLength = 1000;

    /// <param name="together">Commits with it; see <see cref="CommitWith{T}"/>.</param>
    public async Task<Outcome<Reviewed>> HandleAsync(Actor actor, string grantId, string? reason, CommitWith<Reviewed>? together, CancellationToken cancellationToken)
    {
        var outcome = await database.WriteAsync(session => LiftAsync(session, actor, grantId, reason, together, cancellationToken), cancellationToken);
        return outcome.Refusal is { } refusal && refusal.Code != Codes.NotFound
            ? await refusals.RecordAsync(actor, "grant.lift", null, grantId, refusal, cancellationToken)
            : outcome;
    }

    private async Task<Outcome<Reviewed>> LiftAsync(
        Session session, Actor actor, string grantId, string? reason, CommitWith<Reviewed>? together, CancellationToken cancellationToken)
    {
        var directory = catalogs.Directory;
        var grant = Ids.IsId(grantId) ? await grants.FindAsync(session, grantId, cancellationToken) : null;
        var seen = grant is null ? null : await reviews.OfGrantAsync(session, grant.Id, cancellationToken);
        if ((NotTheirs(directory, grant, seen, actor, grantId) ?? Fault(reason)) is { } unfit)
            return unfit;
        if (seen is null)
            return new Refusal(Codes.NotBreakGlass, "This access was no emergency, so there is nothing to lift.");
        var review = (await reviews.LockAsync(session, seen.Id, cancellationToken))!;
        var now = clock.GetUtcNow();
        if (!review.BlocksAt(now))
        {
            session.Doom();
            return new Refusal(Codes.NotBlocking, "This review keeps nobody from anything: it is not overdue and found no misuse, or that was lifted already.") { State = review.StateAt(now).ToText() };
        }

        var lifted = review with { Version = review.Version + 1, LiftedBy = actor.Email, LiftedAt = now, LiftReason = reason!.Trim() };
        await reviews.MoveAsync(session, review, lifted, cancellationToken);
        var data = new JsonObject { ["grant"] = grant!.Id, ["reason"] = lifted.LiftReason, ["for"] = review.Invoker };
        await events.AppendAsync(session, AuditEvent.By(actor, "review", review.Id, lifted.Version, "review.lifted", now, grant.RequestId, data), cancellationToken);
        await announcer.MovedAsync(session, grant.RequestId, now, cancellationToken);
        await announcer.ReviewAsync(session, directory, lifted, [directory.Find(review.Invoker), .. Reviewers.Of(directory, review)], isLoud: true, now, cancellationToken);
        var result = new Reviewed(grant, lifted, 0);
        if (together is not null)
            await together(session, result, cancellationToken);
        return result;
    }

    private static Refusal? NotTheirs(PeopleDirectory directory, Grant? grant, Review? review, Actor actor, string grantId)
    {
        if (grant is null || !RequestContent.FromText(grant.Content).MayBeReadBy(directory, actor.Email))
            return new Refusal(Codes.NotFound, $"There is no grant {grantId}.");
        if (grant.Holder == actor.Email)
            return new Refusal(Codes.OwnGrant, "You can't lift what blocks yourself. Another one on call does.");
        return review is null || Reviewers.MayLift(directory, review, actor.Email)
            ? null
            : new Refusal(Codes.Forbidden, $"Only another one who is on call for {review.Entitlement} can lift this.");
    }

    private static Refusal? Fault(string? reason) =>
        FreeText.Fault(reason, ReasonLength, "reason", "reason")
        ?? (string.IsNullOrWhiteSpace(reason) ? new Refusal(Codes.ReasonRequired, "Say why they may have emergency access again before this is settled.", "reason") : null);
}

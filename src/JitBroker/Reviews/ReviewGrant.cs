using System.Globalization;
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

/// <summary>One person's word on an emergency access.</summary>
/// <param name="Verdict">One of <see cref="Verdicts"/>, untrusted.</param>
/// <param name="WholeIncident">Say the same of every other access of the same incident that waits for this reviewer.</param>
public sealed record ReviewOrder(string GrantId, string Verdict, string Comment, bool WholeIncident = false);

/// <summary>The grant and its review after the call, and how many others of its incident were reviewed with it.</summary>
public sealed record Reviewed(Grant Grant, Review Review, int Others);

/// <summary>
/// Reviews an emergency access: by somebody of its review group who did not take it, once. Who may is worked out anew at each call; the review's row is locked,
/// so of two reviewers one wins and the other is told who.
/// </summary>
public sealed class ReviewGrant(
    Database database, ReviewStore reviews, GrantStore grants, RequestStore requests, EventStore events, Announcer announcer, Refusals refusals, CatalogHolder catalogs, TimeProvider clock)
{
    /// <summary>Longest comment, in characters.</summary>
    public const int CommentLength = 1000;

    /// <param name="together">Commits with it; see <see cref="CommitWith{T}"/>.</param>
    public async Task<Outcome<Reviewed>> HandleAsync(Actor actor, ReviewOrder order, CommitWith<Reviewed>? together, CancellationToken cancellationToken)
    {
        var outcome = await database.WriteAsync(session => ReviewAsync(session, actor, order, together, cancellationToken), cancellationToken);
        return outcome.Refusal is { } refusal && refusal.Code != Codes.NotFound
            ? await refusals.RecordAsync(actor, "grant.review", null, order.GrantId, refusal, cancellationToken)
            : outcome;
    }

    /// <summary>Why this person could not review it now, so that nobody fills in a form for nothing; null when they can.</summary>
    public Task<Refusal?> ObjectionAsync(Actor actor, string grantId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async session =>
            {
                var directory = catalogs.Directory;
                var grant = Ids.IsId(grantId) ? await grants.FindAsync(session, grantId, cancellationToken) : null;
                var review = grant is null ? null : await reviews.OfGrantAsync(session, grant.Id, cancellationToken);
                return NotTheirs(directory, grant, review, actor, grantId) ?? NotOpen(directory, review);
            },
            cancellationToken);

    private async Task<Outcome<Reviewed>> ReviewAsync(
        Session session, Actor actor, ReviewOrder order, CommitWith<Reviewed>? together, CancellationToken cancellationToken)
    {
        var directory = catalogs.Directory;
        var grant = Ids.IsId(order.GrantId) ? await grants.FindAsync(session, order.GrantId, cancellationToken) : null;
        var seen = grant is null ? null : await reviews.OfGrantAsync(session, grant.Id, cancellationToken);
        if ((NotTheirs(directory, grant, seen, actor, order.GrantId) ?? Fault(order)) is { } unfit)
            return unfit;
        if (seen is null)
            return NotOpen(directory, null)!;
        var others = order.WholeIncident && seen.Incident is { } incident ? await reviews.OpenOfIncidentAsync(session, incident, cancellationToken) : [];
        var locked = new List<Review>();
        foreach (var id in others.Where(o => Reviewers.MayReview(directory, o, actor.Email)).Select(o => o.Id).Append(seen.Id).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            locked.Add((await reviews.LockAsync(session, id, cancellationToken))!);

        // Read after the lock: waiting for it may have taken us past somebody else's word.
        var review = locked.Single(r => r.Id == seen.Id);
        if (NotOpen(directory, review) is { } late)
        {
            session.Doom();
            return late;
        }

        var now = clock.GetUtcNow();
        var done = new List<Review>();
        foreach (var open in locked.Where(r => !r.IsDone))
            done.Add(await SettleAsync(session, directory, actor, order, open, now, cancellationToken));
        var reviewed = new Reviewed(grant!, done.Single(r => r.Id == review.Id), done.Count - 1);
        if (together is not null)
            await together(session, reviewed, cancellationToken);
        return reviewed;
    }

    private async Task<Review> SettleAsync(
        Session session, PeopleDirectory directory, Actor actor, ReviewOrder order, Review open, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var done = open with
        {
            State = ReviewState.Done.ToText(), Version = open.Version + 1, NextReminderAt = null, Verdict = order.Verdict, Reviewer = actor.Email, Comment = order.Comment.Trim(), ReviewedAt = now,
        };
        await reviews.MoveAsync(session, open, done, cancellationToken);
        var requestId = (await grants.FindAsync(session, open.GrantId, cancellationToken))!.RequestId;
        var data = new JsonObject { ["grant"] = open.GrantId, ["verdict"] = done.Verdict, ["comment"] = done.Comment, ["incident"] = open.Incident, ["late"] = open.DueAt <= now };
        await events.AppendAsync(session, AuditEvent.By(actor, "review", open.Id, done.Version, "review.done", now, requestId, data), cancellationToken);
        await announcer.TurnedAsync(session, new Bench(directory, (await requests.FindAsync(session, requestId, cancellationToken))!, []), now, cancellationToken);
        await announcer.ReviewAsync(session, directory, done, [directory.Find(open.Invoker)], isLoud: done.Verdict == Verdicts.Misuse, now, cancellationToken);
        return done;
    }

    /// <summary>404 and 403 (contract §4).</summary>
    private static Refusal? NotTheirs(PeopleDirectory directory, Grant? grant, Review? review, Actor actor, string grantId)
    {
        if (grant is null || !RequestContent.FromText(grant.Content).MayBeReadBy(directory, actor.Email))
            return new Refusal(Codes.NotFound, $"There is no grant {grantId}.");
        if (grant.Holder == actor.Email)
            return new Refusal(Codes.OwnGrant, "You can't review your own access. Somebody else does.");
        if (directory.Find(actor.Email) is null)
            return new Refusal(Codes.Inactive, "You are not in the catalog any more, so you can't review. Ask the platform team.");
        if (review is null || Reviewers.MayReview(directory, review, actor.Email))
            return null;
        var names = string.Join(", ", Reviewers.Of(directory, review).Take(5).Select(p => p.Name));
        return new Refusal(Codes.NotAReviewer, $"You are not among those who review this: {review.ReviewGroup}{(names.Length == 0 ? "" : $" ({names})")}.");
    }

    /// <summary>409.</summary>
    private static Refusal? NotOpen(PeopleDirectory directory, Review? review)
    {
        if (review is null)
            return new Refusal(Codes.NotBreakGlass, "This access was no emergency, so there is nothing to review.");
        return review.IsDone
            ? new Refusal(Codes.AlreadyReviewed, string.Create(CultureInfo.InvariantCulture, $"{directory.Find(review.Reviewer!)?.Name ?? review.Reviewer} reviewed this at {review.ReviewedAt:yyyy-MM-dd HH:mm} UTC: {review.Verdict!.Replace('_', ' ')}.")) { SettledBy = review.Reviewer, State = review.Verdict }
            : null;
    }

    private static Refusal? Fault(ReviewOrder order)
    {
        if (!Verdicts.IsKnown(order.Verdict))
            return new Refusal(Codes.InvalidValue, "A verdict is justified, misuse or policy_gap.", "verdict");
        return FreeText.Fault(order.Comment, CommentLength, "comment", "comment")
            ?? (string.IsNullOrWhiteSpace(order.Comment) ? new Refusal(Codes.ReasonRequired, "Say what you looked at and what you found: it is the record of this emergency.", "comment") : null);
    }
}

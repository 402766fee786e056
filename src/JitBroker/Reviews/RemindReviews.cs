using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Scheduling;
using JitBroker.Storage;

namespace JitBroker.Reviews;

/// <summary>
/// Sweep: reminds the reviewers at half the time and at nine tenths of it; at the deadline the review is overdue, which admins and the emergency channel are told
/// too, again and again with growing gaps until somebody reviews. Harmless to run twice or on several replicas at once: each step takes the review's lock.
/// </summary>
public sealed class RemindReviews(
    Database database, ReviewStore reviews, GrantStore grants, EventStore events, Announcer announcer, CatalogHolder catalogs, Wakeups wakeups, TimeProvider clock)
{
    private const int Batch = 100;

    private static readonly TimeSpan LongestGap = TimeSpan.FromDays(1);

    /// <returns>How many reviews somebody was told of.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var due = await database.ReadAsync(session => reviews.DueAsync(session, now, Batch, cancellationToken), cancellationToken);
        var told = 0;
        foreach (var id in due)
            told += await database.WriteAsync(session => RemindAsync(session, id, cancellationToken), cancellationToken) ? 1 : 0;
        return told;
    }

    /// <summary>When the reviewers are told next of a review that was told of <paramref name="reminders"/> times.</summary>
    internal static DateTimeOffset Next(Review review, int reminders, DateTimeOffset now)
    {
        var within = review.DueAt - review.CreatedAt;
        if (now < review.DueAt)
            return Instants.Truncate(reminders switch { 0 => review.CreatedAt + (within * 0.5), 1 => review.CreatedAt + (within * 0.9), _ => review.DueAt });
        var gap = TimeSpan.FromSeconds(Math.Max(60, within.TotalSeconds / 8)) * Math.Pow(2, Math.Clamp(reminders - 2, 0, 10));
        return Instants.Truncate(now + (gap < LongestGap ? gap : LongestGap));
    }

    private async Task<bool> RemindAsync(Session session, string id, CancellationToken cancellationToken)
    {
        var review = await reviews.LockAsync(session, id, cancellationToken);
        var now = clock.GetUtcNow();
        if (review is null || review.IsDone || review.NextReminderAt > now)
        {
            session.Doom();
            return false;
        }

        var isLate = review.DueAt <= now;
        var told = review with
        {
            State = (isLate ? ReviewState.Overdue : ReviewState.Due).ToText(), Version = review.Version + 1, Reminders = review.Reminders + 1, NextReminderAt = NextAfter(review, now),
        };
        await reviews.MoveAsync(session, review, told, cancellationToken);
        var requestId = (await grants.FindAsync(session, review.GrantId, cancellationToken))!.RequestId;
        var type = told.State == review.State ? "review.reminded" : "review.overdue";
        await events.AppendAsync(session, AuditEvent.BySystem("review", id, told.Version, type, now, requestId, new JsonObject { ["grant"] = review.GrantId }), cancellationToken);
        await announcer.MovedAsync(session, requestId, now, cancellationToken);
        var directory = catalogs.Directory;
        await announcer.ReviewAsync(session, directory, told, [.. Reviewers.Of(directory, review), .. isLate ? Admins(directory) : []], isLoud: isLate, now, cancellationToken);
        session.AfterCommit(() => wakeups.DueAt(told.NextReminderAt!.Value));
        return true;
    }

    /// <summary>A reminder that comes late is not followed by the ones it overtook.</summary>
    private static DateTimeOffset NextAfter(Review review, DateTimeOffset now)
    {
        for (var reminders = review.Reminders + 1; ; reminders++)
        {
            if (Next(review, reminders, now) is var next && next > now)
                return next;
        }
    }

    private static IEnumerable<Person> Admins(PeopleDirectory directory) => (directory.Catalog.Roles.GetValueOrDefault(Rights.Admin) ?? []).SelectMany(directory.Members);
}

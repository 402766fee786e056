using JitBroker.Storage;

namespace JitBroker.Reviews;

/// <summary>Rows of reviews. Whoever changes one locks it first with <see cref="LockAsync"/>; of several, in the order of their ids.</summary>
public sealed class ReviewStore
{
    private const string Columns = """
        id, grant_id, state, version, invoker, entitlement, incident, on_call_in, review_group, created_at, due_at, next_reminder_at, reminders,
               verdict, reviewer, comment, reviewed_at, lifted_by, lifted_at, lift_reason
        """;

    private const string InsertSql = """
        insert into reviews (id, grant_id, state, version, invoker, entitlement, incident, on_call_in, review_group, created_at, due_at, next_reminder_at, reminders)
        values (@Id, @GrantId, @State, @Version, @Invoker, @Entitlement, @Incident, @OnCallIn, @ReviewGroup, @CreatedAt, @DueAt, @NextReminderAt, @Reminders)
        """;

    private const string LockSql = $"""
        select {Columns}
          from reviews
         where id = @id /* pg: for update */
        """;

    private const string MoveSql = """
        update reviews
           set state = @State,
               version = @Version,
               next_reminder_at = @NextReminderAt,
               reminders = @Reminders,
               verdict = @Verdict,
               reviewer = @Reviewer,
               comment = @Comment,
               reviewed_at = @ReviewedAt,
               lifted_by = @LiftedBy,
               lifted_at = @LiftedAt,
               lift_reason = @LiftReason
         where id = @Id
           and version = @expected
        """;

    private const string OfGrantSql = $"""
        select {Columns}
          from reviews
         where grant_id = @grantId
        """;

    private const string OpenOfIncidentSql = $"""
          select {Columns}
            from reviews
           where incident = @incident
             and state <> 'done'
        order by id
           limit 200
        """;

    private const string ThatMayBlockSql = $"""
          select {Columns}
            from reviews
           where invoker = @invoker
             and (state <> 'done' or verdict = 'misuse')
        order by id
        """;

    private const string OpenSql = $"""
          select {Columns}
            from reviews
           where next_reminder_at is not null
        order by due_at, id
           limit @limit
        """;

    private const string DueSql = """
          select id
            from reviews
           where next_reminder_at <= @now
        order by next_reminder_at
           limit @limit
        """;

    private const string NextSql = """
        select min(next_reminder_at)
          from reviews
         where next_reminder_at > @after
        """;

    public Task InsertAsync(Session session, Review review, CancellationToken cancellationToken) =>
        session.WriteAsync(InsertSql, review, cancellationToken);

    /// <summary>Takes the review for this transaction. Null when there is none.</summary>
    public Task<Review?> LockAsync(Session session, string id, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<Review>(LockSql, new { id }, cancellationToken);

    /// <summary>Changes a review this transaction has locked, along <see cref="ReviewLifecycle"/> or within its state.</summary>
    /// <exception cref="InvalidOperationException">The move is not legal, or the lock was not held: a bug. At the latest before the commit.</exception>
    public Task MoveAsync(Session session, Review before, Review after, CancellationToken cancellationToken)
    {
        if (before.State != after.State && !ReviewLifecycle.Allows(ReviewLifecycle.Parse(before.State)!.Value, ReviewLifecycle.Parse(after.State)!.Value))
            throw new InvalidOperationException($"Review {before.Id} cannot go from {before.State} to {after.State}.");
        var parameters = new
        {
            after.Id, after.State, after.Version, after.NextReminderAt, after.Reminders, after.Verdict, after.Reviewer, after.Comment, after.ReviewedAt,
            after.LiftedBy, after.LiftedAt, after.LiftReason, expected = before.Version,
        };
        return session.WriteOneAsync(MoveSql, parameters, $"Review {before.Id} was changed without its lock.", cancellationToken);
    }

    /// <summary>Null for a grant that was no emergency.</summary>
    public Task<Review?> OfGrantAsync(Session session, string grantId, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<Review>(OfGrantSql, new { grantId }, cancellationToken);

    /// <summary>Those of one incident that are not done, by id.</summary>
    public Task<IReadOnlyList<Review>> OpenOfIncidentAsync(Session session, string incident, CancellationToken cancellationToken) =>
        session.QueryAsync<Review>(OpenOfIncidentSql, new { incident }, cancellationToken);

    /// <summary>Those of this person that may keep them from another emergency; <see cref="Review.BlocksAt"/> says which do.</summary>
    public Task<IReadOnlyList<Review>> ThatMayBlockAsync(Session session, string invoker, CancellationToken cancellationToken) =>
        session.QueryAsync<Review>(ThatMayBlockSql, new { invoker }, cancellationToken);

    /// <summary>Those that are not done, the most urgent first; the caller filters by right.</summary>
    public Task<IReadOnlyList<Review>> OpenAsync(Session session, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<Review>(OpenSql, new { limit }, cancellationToken);

    /// <summary>Ids of those of which the reviewers are to be told again, or which are overdue now.</summary>
    public Task<IReadOnlyList<string>> DueAsync(Session session, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<string>(DueSql, new { now, limit }, cancellationToken);

    /// <summary>The first instant after <paramref name="after"/> at which anybody is to be reminded; null when none is.</summary>
    public Task<DateTimeOffset?> NextAsync(Session session, DateTimeOffset after, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<DateTimeOffset?>(NextSql, new { after }, cancellationToken);
}

using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Issuing;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Reviews;
using JitBroker.Scheduling;
using JitBroker.Storage;

namespace JitBroker.Requests;

/// <summary>An access taken without approval.</summary>
/// <param name="Duration">Null: as long as it may be.</param>
/// <param name="Incident">What it is for, such as <c>INC-77</c>.</param>
/// <param name="Escalates">An own request that waits for a decision and is withdrawn in favour of this.</param>
public sealed record EmergencyOrder(string Entitlement, TimeSpan? Duration, string? Incident, string Reason, string? Escalates = null);

/// <summary>What was taken.</summary>
public sealed record Taken(Request Request, Grant Grant, Review Review);

/// <summary>
/// Break-glass: somebody on call takes an access at once. One transaction writes the request, the grant with its end already due, the review that somebody else
/// owes of it, and who is told; none of it needs chat. Whoever has an overdue review or a misuse verdict behind them is refused until that is settled or lifted.
/// </summary>
public sealed class TakeBreakGlass(
    Database database, OpenRequest open, CancelRequest cancel, OpenGrant openGrant, ReviewStore reviews, EventStore events, Refusals refusals,
    CatalogHolder catalogs, IssuerRegistry issuers, BrokerLimits limits, Wakeups wakeups, TimeProvider clock)
{
    /// <summary>The kind of such requests, and why they are approved.</summary>
    public const string Kind = "break_glass";

    /// <summary>What it would come to, without storing anything. The same analysis that <see cref="HandleAsync"/> obeys.</summary>
    public EmergencyAnalysis Analyse(Actor actor, EmergencyOrder order) => Analyse(catalogs.Directory, actor, order, clock.GetUtcNow());

    /// <summary>What this person may take now.</summary>
    public IReadOnlyList<Entitlement> Takeable(Actor actor) => EmergencyAnalysis.Takeable(catalogs.Directory, actor.Person);

    /// <summary>What keeps this person from any emergency access; null when nothing does.</summary>
    public Task<Refusal?> BlockAsync(Actor actor, CancellationToken cancellationToken) =>
        database.ReadAsync(session => BlockAsync(session, actor, clock.GetUtcNow(), cancellationToken), cancellationToken);

    /// <param name="together">Commits with it; see <see cref="CommitWith{T}"/>.</param>
    public async Task<Outcome<Taken>> HandleAsync(Actor actor, EmergencyOrder order, CommitWith<Taken>? together, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var directory = catalogs.Directory;
        var analysis = Analyse(directory, actor, order, now);
        var refusal = analysis.Refusal ?? Unmintable(directory.Catalog, analysis.Entitlement!);
        if (refusal is null)
        {
            var outcome = await database.WriteAsync(session => TakeAsync(session, directory, actor, order, analysis, now, together, cancellationToken), cancellationToken);
            if (outcome.Value is not null)
                return outcome;
            refusal = outcome.Refusal!;
        }

        return refusal.Code == Codes.RateLimited ? refusal : await refusals.RecordAsync(actor, "request.break_glass", order.Escalates is { } id && Ids.IsId(id) ? id : null, order.Entitlement, refusal, cancellationToken);
    }

    private EmergencyAnalysis Analyse(PeopleDirectory directory, Actor actor, EmergencyOrder order, DateTimeOffset now) =>
        EmergencyAnalysis.Of(directory, limits, actor.Person, new EmergencyAsk(order.Entitlement, order.Duration, order.Incident, order.Reason), now);

    private Refusal? Unmintable(CatalogSnapshot catalog, Entitlement entitlement) => issuers.Find(catalog.Issuers[entitlement.Issuer].Kind) is null
        ? new Refusal(Codes.IssuerUnavailable, $"{entitlement.Name} is minted by an issuer that this build of the broker does not have. Ask the platform team.", "entitlement")
        : null;

    private async Task<Outcome<Taken>> TakeAsync(
        Session session, PeopleDirectory directory, Actor actor, EmergencyOrder order, EmergencyAnalysis analysis, DateTimeOffset now, CommitWith<Taken>? together, CancellationToken cancellationToken)
    {
        // The request before anything else is locked: deciding it locks it first too.
        if (order.Escalates is { } escalated && await cancel.InFavourAsync(session, directory, actor, escalated, analysis.Entitlement!.Name, now, cancellationToken) is { } settled)
            return Undo(session, settled);
        if (await BlockAsync(session, actor, now, cancellationToken) is { } blocked)
            return Undo(session, blocked);
        if (await open.TooManyAsync(session, actor.Email, 1, now, cancellationToken, isEmergency: true) is { } limited)
            return Undo(session, limited);
        var request = Compose(actor, directory.Catalog, analysis, now);
        if (await open.InAsync(session, actor, directory, request, analysis.Skipped, null, now, cancellationToken) is { } refused)
            return refused;
        var approved = await open.ApprovedAsync(session, request, Kind, $"Taken as an emergency by one on call in {string.Join(", ", analysis.OnCallIn)}.", now, cancellationToken);
        var grant = await openGrant.InAsync(session, directory, approved, analysis.Duration, now, cancellationToken);
        var review = await OweAsync(session, actor, analysis, grant, now, cancellationToken);
        var taken = new Taken(approved, grant, review);
        if (together is not null)
            await together(session, taken, cancellationToken);
        return taken;
    }

    private async Task<Refusal?> BlockAsync(Session session, Actor actor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var blocking = (await reviews.ThatMayBlockAsync(session, actor.Email, cancellationToken)).FirstOrDefault(r => r.BlocksAt(now));
        if (blocking is null)
            return null;
        var text = blocking.IsDone
            ? $"Your emergency access to {blocking.Entitlement} was reviewed as misuse, so you get no other until somebody else on call lifts that."
            : $"The review of your emergency access to {blocking.Entitlement} is overdue, so you get no other until {blocking.ReviewGroup} has reviewed it, or somebody else on call lifts that.";
        return new Refusal(Codes.ReviewOverdue, $"{text} Somebody else on call can take it, or you ask for it as one asks for any access.") { Id = blocking.GrantId };
    }

    private async Task<Review> OweAsync(Session session, Actor actor, EmergencyAnalysis analysis, Grant grant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var path = analysis.Entitlement!.BreakGlass!;
        var owed = new Review
        {
            Id = Ids.New(now),
            GrantId = grant.Id,
            State = ReviewState.Due.ToText(),
            Version = 1,
            Invoker = actor.Email,
            Entitlement = grant.Entitlement,
            Incident = analysis.Incident,
            OnCallIn = string.Join(", ", analysis.OnCallIn),
            ReviewGroup = path.ReviewGroup,
            CreatedAt = now,
            DueAt = Instants.Truncate(now + path.ReviewWithin),
            Reminders = 0,
        };
        var review = owed with { NextReminderAt = RemindReviews.Next(owed, 0, now) };
        await reviews.InsertAsync(session, review, cancellationToken);
        var data = new JsonObject { ["grant"] = grant.Id, ["group"] = review.ReviewGroup, ["dueAt"] = Instants.ToText(review.DueAt), ["incident"] = review.Incident, ["onCallIn"] = review.OnCallIn };
        await events.AppendAsync(session, AuditEvent.BySystem("review", review.Id, 1, "review.due", now, grant.RequestId, data), cancellationToken);
        session.AfterCommit(() => wakeups.DueAt(review.NextReminderAt!.Value));
        return review;
    }

    private static Request Compose(Actor actor, CatalogSnapshot catalog, EmergencyAnalysis analysis, DateTimeOffset now)
    {
        var entitlement = analysis.Entitlement!;
        var content = RequestContent.Pin(catalog, entitlement, entitlement.Approval, actor.Email, analysis.Duration, entitlement.BreakGlass!.ReviewGroup).ToText();
        return new Request
        {
            Id = Ids.New(now),
            Kind = Kind,
            State = RequestState.Pending.ToText(),
            Version = 1,
            Entitlement = entitlement.Name,
            Requester = actor.Email,
            DurationS = (long)analysis.Duration.TotalSeconds,
            Reason = analysis.Reason,
            CreatedAt = now,
            LapsesAt = Instants.Truncate(now + analysis.Duration),
            Surface = actor.Surface.ToText(),
            Content = content,
            ContentHash = RequestContent.Hash(content),
            CatalogHash = catalog.Hash,
        };
    }

    private static Refusal Undo(Session session, Refusal refusal)
    {
        session.Doom();
        return refusal;
    }
}

using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Issuing;
using JitBroker.Leases;
using JitBroker.People;
using JitBroker.Reviews;
using JitBroker.Storage;

namespace JitBroker.Requests;

/// <summary>A request with everything a surface shows of it, as it stands at one look.</summary>
/// <param name="Bench">The request, its decisions, its progress and whom it waits for.</param>
/// <param name="History">Events of the request and of all that came of it, oldest first; refusals left out.</param>
/// <param name="Grant">Null until approved; of an extension the grant it is about, from the start.</param>
/// <param name="Leases">Of the grant, oldest first.</param>
/// <param name="Review">Of a grant that was taken as an emergency; null otherwise.</param>
public sealed record RequestDetails(Bench Bench, IReadOnlyList<AuditEvent> History, Grant? Grant, IReadOnlyList<Lease> Leases, Review? Review = null)
{
    public Request Request => Bench.Request;
}

/// <summary>A grant with everything a surface shows of it.</summary>
/// <param name="Review">Null when it was no emergency.</param>
public sealed record GrantDetails(Grant Grant, RequestContent Content, IReadOnlyList<Lease> Leases, Review? Review = null)
{
    /// <summary>It had ended, and a credential of it was found at the target again: no verified end is shown until it is gone.</summary>
    public bool StandsAgain => Grant.State == "ended" && Leases.Any(l => l.State != "revoked");

    /// <summary>
    /// Until when a credential may still be honoured though its grant is ending or has ended: one that cannot be unsaid, one whose end was abandoned
    /// (until the target's own clock ends it; where the target has none, nobody knows), or one whose end takes a while to hold everywhere. Null when there is none.
    /// </summary>
    public DateTimeOffset? AccessMayLastUntil => Grant.State is "ending" or "ended" ? Leases.Max(MayLastUntil) : null;

    private static DateTimeOffset? MayLastUntil(Lease lease) => lease switch
    {
        { IsAbandoned: true } => lease.DueBy ?? lease.ExpiresAt,
        { State: "revoking" } => lease.DueBy,
        { RevokedAt: { } at } when at < lease.ExpiresAt && RevocationHandle.FromJson(lease.Handle) is { EarlyEnd: EarlyEnd.Eventual } handle => at + handle.Within < lease.ExpiresAt ? at + handle.Within : lease.ExpiresAt,
        _ => null,
    };
}

/// <summary>One page of a list, newest first. <paramref name="Next"/> is where the next begins, or null.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Filters of a list of requests.</summary>
/// <param name="Mine">Only those this person made.</param>
/// <param name="AwaitingMe">Only pending ones this person may decide now and has not.</param>
/// <param name="Before">Only those with an id below this one.</param>
public sealed record RequestQuery(RequestState? State = null, bool Mine = false, bool AwaitingMe = false, string? Before = null, int Limit = 50);

/// <summary>Filters of a list of grants.</summary>
/// <param name="Holder">Canonical e-mail.</param>
/// <param name="BreakGlass">Only those that were taken as emergencies.</param>
public sealed record GrantQuery(GrantState? State = null, bool Mine = false, string? Holder = null, string? Before = null, int Limit = 50, bool BreakGlass = false);

/// <summary>Reads for surfaces. The methods that take a person show only what that person may read (rule 14); the others are for the broker itself.</summary>
public sealed class RequestReader(Database database, RequestStore requests, GrantStore grants, LeaseStore leases, ReviewStore reviews, EventStore events, CatalogHolder catalogs)
{
    /// <summary>Most rows looked through to fill one page when most of them may not be shown.</summary>
    private const int ScanLimit = 2000;

    /// <summary>Null when it does not exist, or does not for this person.</summary>
    public Task<RequestDetails?> FindAsync(string id, string viewer, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async session =>
            {
                var found = await InAsync(session, id, cancellationToken);
                return found is not null && found.Bench.Content.MayBeReadBy(found.Bench.Directory, viewer) ? found : null;
            },
            cancellationToken);

    /// <summary>Whatever its reader: for cards, and inside a transaction that has just changed it.</summary>
    public async Task<RequestDetails?> InAsync(Session session, string id, CancellationToken cancellationToken)
    {
        if (!Ids.IsId(id) || await requests.FindAsync(session, id, cancellationToken) is not { } request)
            return null;
        var decisions = await requests.DecisionsAsync(session, id, cancellationToken);
        var grant = request.ExtendsGrant is { } extended
            ? await grants.FindAsync(session, extended, cancellationToken)
            : await grants.FindByRequestAsync(session, id, cancellationToken);
        var held = grant is null ? [] : await leases.OfGrantAsync(session, grant.Id, cancellationToken);
        var history = await events.AboutAsync(session, id, cancellationToken);
        var bench = new Bench(catalogs.Directory, request, decisions);
        var review = grant is null ? null : await ReviewOfAsync(session, grant, cancellationToken);
        return new RequestDetails(bench, [.. history.Where(e => e.Aggregate != "refusal")], grant, held, review);
    }

    /// <inheritdoc cref="InAsync"/>
    public Task<RequestDetails?> FindAsync(string id, CancellationToken cancellationToken) =>
        database.ReadAsync(session => InAsync(session, id, cancellationToken), cancellationToken);

    /// <summary>Null when it does not exist, or does not for this person.</summary>
    public Task<GrantDetails?> FindGrantAsync(string id, string viewer, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async session =>
            {
                var found = await GrantInAsync(session, id, cancellationToken);
                return found is not null && found.Content.MayBeReadBy(catalogs.Directory, viewer) ? found : null;
            },
            cancellationToken);

    /// <summary>Whatever its reader.</summary>
    public async Task<GrantDetails?> GrantInAsync(Session session, string id, CancellationToken cancellationToken)
    {
        if (!Ids.IsId(id) || await grants.FindAsync(session, id, cancellationToken) is not { } grant)
            return null;
        return new GrantDetails(grant, RequestContent.FromText(grant.Content), await leases.OfGrantAsync(session, id, cancellationToken), await ReviewOfAsync(session, grant, cancellationToken));
    }

    /// <inheritdoc cref="GrantInAsync"/>
    public Task<GrantDetails?> FindGrantAsync(string id, CancellationToken cancellationToken) =>
        database.ReadAsync(session => GrantInAsync(session, id, cancellationToken), cancellationToken);

    /// <summary>Requests this person may read, newest first.</summary>
    public Task<Page<RequestDetails>> ListAsync(string viewer, RequestQuery query, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
            {
                var directory = catalogs.Directory;
                var state = query.AwaitingMe ? RequestState.Pending : query.State;
                return FillAsync(
                    before => requests.PageAsync(session, query.Mine ? viewer : null, state?.ToText(), before, query.Limit + 1, cancellationToken),
                    r => r.Id,
                    async request =>
                    {
                        if (!RequestContent.FromText(request.Content).MayBeReadBy(directory, viewer))
                            return null;
                        var details = await InAsync(session, request.Id, cancellationToken);
                        return details is null || (query.AwaitingMe && details.Bench.Awaited.All(a => a.Person.Email != viewer)) ? null : details;
                    },
                    query.Before,
                    query.Limit);
            },
            cancellationToken);

    /// <summary>Requests that were taken as emergencies and that this person is to review, the most urgent first.</summary>
    public Task<IReadOnlyList<string>> AwaitingReviewAsync(string viewer, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async session =>
            {
                var directory = catalogs.Directory;
                var found = new List<string>();
                foreach (var review in (await reviews.OpenAsync(session, ScanLimit, cancellationToken)).Where(r => Reviewers.MayReview(directory, r, viewer)).Take(limit))
                    found.Add((await grants.FindAsync(session, review.GrantId, cancellationToken))!.RequestId);
                return (IReadOnlyList<string>)found;
            },
            cancellationToken);

    /// <summary>Grants this person may read, newest first.</summary>
    public Task<Page<GrantDetails>> ListGrantsAsync(string viewer, GrantQuery query, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
            {
                var directory = catalogs.Directory;
                if (query is { Mine: true, Holder: { } other } && other != viewer)
                    return Task.FromResult(new Page<GrantDetails>([], null));
                return FillAsync(
                    before => grants.PageAsync(session, query.Mine ? viewer : query.Holder, query.State?.ToText(), before, query.Limit + 1, cancellationToken, query.BreakGlass),
                    g => g.Id,
                    async grant =>
                    {
                        var content = RequestContent.FromText(grant.Content);
                        return content.MayBeReadBy(directory, viewer)
                            ? new GrantDetails(grant, content, await leases.OfGrantAsync(session, grant.Id, cancellationToken), await ReviewOfAsync(session, grant, cancellationToken))
                            : null;
                    },
                    query.Before,
                    query.Limit);
            },
            cancellationToken);

    private async Task<Review?> ReviewOfAsync(Session session, Grant grant, CancellationToken cancellationToken) =>
        grant.BreakGlass ? await reviews.OfGrantAsync(session, grant.Id, cancellationToken) : null;

    /// <summary>Goes through the rows until the page is full or there are no more; what may not be shown leaves no gap.</summary>
    private static async Task<Page<TShown>> FillAsync<TRow, TShown>(
        Func<string?, Task<IReadOnlyList<TRow>>> rowsBefore, Func<TRow, string> idOf, Func<TRow, Task<TShown?>> show, string? before, int limit)
        where TShown : class
    {
        var shown = new List<TShown>();
        for (var scanned = 0; scanned < ScanLimit;)
        {
            var rows = await rowsBefore(before);
            foreach (var row in rows)
            {
                if (shown.Count == limit)
                    return new Page<TShown>(shown, before);
                if (await show(row) is { } one)
                    shown.Add(one);
                before = idOf(row);
            }

            scanned += rows.Count;
            if (rows.Count <= limit)
                return new Page<TShown>(shown, null);
        }

        return new Page<TShown>(shown, before);
    }
}

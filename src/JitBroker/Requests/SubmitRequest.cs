using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Issuing;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.Requests;

/// <summary>What is asked: an entitlement, or a bundle of them, each decided by its own rule.</summary>
/// <param name="Name">Entitlement or bundle; bundles have names of their own.</param>
/// <param name="Duration">Null: each entitlement's default.</param>
/// <param name="StartsAt">Null: as soon as it is approved.</param>
public sealed record SubmitOrder(string Name, bool IsBundle, TimeSpan? Duration, string Reason, DateTimeOffset? StartsAt = null);

/// <summary>The requests that were made, one unless a bundle was asked for.</summary>
public sealed record Submitted(IReadOnlyList<Request> Requests, IReadOnlyList<RequestAnalysis> Analyses);

/// <summary>
/// Makes a request: analysis, then one transaction with the row that pins what was asked, its event and its deliveries. What a rule approves by itself
/// is settled in the same transaction. A request that nobody could approve is refused.
/// </summary>
public sealed class SubmitRequest(
    Database database, OpenRequest open, OpenGrant openGrant, Refusals refusals, CatalogHolder catalogs, IssuerRegistry issuers, BrokerLimits limits, TimeProvider clock)
{
    private const string Kind = "access";

    /// <summary>What a submit would come to, without storing anything. The same analysis that <see cref="HandleAsync"/> obeys.</summary>
    public IReadOnlyList<RequestAnalysis> Analyse(Actor actor, SubmitOrder order) => Analyse(catalogs.Directory, actor, order, clock.GetUtcNow());

    /// <summary>
    /// Whether <paramref name="name"/> is a bundle for this person. One that holds a hidden entitlement they may not have reads as unknown, as that does.
    /// </summary>
    public bool IsBundle(Actor actor, string name) => Members(catalogs.Directory, actor, name) is not null;

    /// <summary>Why this person may ask for it or not, by that same analysis; null when there is no such entitlement for them.</summary>
    public Why? Explain(Actor actor, string name) => Why.Of(catalogs.Directory, limits, actor.Person, name, clock.GetUtcNow());

    /// <summary>Stores the request or all of a bundle's, or nothing.</summary>
    /// <param name="together">Commits with it; see <see cref="CommitWith{T}"/>.</param>
    public async Task<Outcome<Submitted>> HandleAsync(Actor actor, SubmitOrder order, CommitWith<Submitted>? together, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var directory = catalogs.Directory;
        var analyses = Analyse(directory, actor, order, now);
        var refusal = analyses.Select(a => a.Refusal).FirstOrDefault(r => r is not null) ?? Unmintable(directory.Catalog, analyses);
        if (refusal is null)
        {
            var outcome = await database.WriteAsync(
                session => StoreAsync(session, actor, order, directory, analyses, now, together, cancellationToken), cancellationToken);
            if (outcome.Value is not null)
                return outcome;
            refusal = outcome.Refusal!;
        }

        return refusal.Code == Codes.RateLimited
            ? refusal
            : await refusals.RecordAsync(actor, "request.submit", null, order.Name, refusal, cancellationToken);
    }

    private List<RequestAnalysis> Analyse(PeopleDirectory directory, Actor actor, SubmitOrder order, DateTimeOffset now)
    {
        var names = (order.IsBundle ? Members(directory, actor, order.Name) : null) ?? [order.Name];
        return [.. names.Select(n => RequestAnalysis.Of(directory, limits, actor.Person, new Ask(n, order.Duration, order.Reason, order.StartsAt), now))];
    }

    private static IReadOnlyList<string>? Members(PeopleDirectory directory, Actor actor, string name) =>
        directory.Catalog.Bundles.TryGetValue(name.Trim(), out var members)
        && members.All(m => directory.Catalog.Entitlements.TryGetValue(m, out var entitlement) && Eligibility.MaySee(directory, actor.Email, entitlement))
            ? members
            : null;

    private Refusal? Unmintable(CatalogSnapshot catalog, IEnumerable<RequestAnalysis> analyses)
    {
        var kinds = analyses.Select(a => (a.Entitlement!.Name, catalog.Issuers[a.Entitlement.Issuer].Kind));
        var missing = kinds.FirstOrDefault(k => issuers.Find(k.Kind) is null);
        return missing.Name is null
            ? null
            : new Refusal(Codes.IssuerUnavailable, $"{missing.Name} is minted by an issuer of kind {missing.Kind}, which this build of the broker does not have. Ask the platform team.", "entitlement");
    }

    private async Task<Outcome<Submitted>> StoreAsync(
        Session session,
        Actor actor,
        SubmitOrder order,
        PeopleDirectory directory,
        IReadOnlyList<RequestAnalysis> analyses,
        DateTimeOffset now,
        CommitWith<Submitted>? together,
        CancellationToken cancellationToken)
    {
        if (await open.TooManyAsync(session, actor.Email, analyses.Count, now, cancellationToken) is { } limited)
            return limited;
        var stored = new List<Request>(analyses.Count);
        foreach (var analysis in analyses)
        {
            var request = Compose(actor, order, directory.Catalog, analysis, now);
            var thread = stored.Count == 0 ? null : stored[0].Id;
            if (await open.InAsync(session, actor, directory, request, analysis.Approvers, thread, now, cancellationToken) is { } refusal)
                return refusal;
            stored.Add(analysis.AutoApproved.Met ? await ByRuleAsync(session, directory, analysis, request, now, cancellationToken) : request);
        }

        var submitted = new Submitted(stored, analyses);
        if (together is not null)
            await together(session, submitted, cancellationToken);
        return submitted;
    }

    private async Task<Request> ByRuleAsync(
        Session session, PeopleDirectory directory, RequestAnalysis analysis, Request request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var approved = await open.ApprovedAsync(session, request, "rule", analysis.AutoApproved.Why, now, cancellationToken);
        await openGrant.InAsync(session, directory, approved, request.Duration, now, cancellationToken);
        return approved;
    }

    private static Request Compose(Actor actor, SubmitOrder order, CatalogSnapshot catalog, RequestAnalysis analysis, DateTimeOffset now)
    {
        var content = RequestContent.Pin(catalog, analysis.Entitlement!, analysis.Rule!, actor.Email, analysis.Duration).ToText();
        return new Request
        {
            Id = Ids.New(now),
            Kind = Kind,
            State = RequestState.Pending.ToText(),
            Version = 1,
            Entitlement = analysis.Entitlement!.Name,
            Bundle = order.IsBundle ? order.Name.Trim() : null,
            Requester = actor.Email,
            DurationS = (long)analysis.Duration.TotalSeconds,
            Reason = analysis.Reason,
            StartsAt = analysis.StartsAt is { } start ? Instants.Truncate(start) : null,
            CreatedAt = now,
            LapsesAt = Instants.Truncate(analysis.LapsesAt),
            Surface = actor.Surface.ToText(),
            Content = content,
            ContentHash = RequestContent.Hash(content),
            CatalogHash = catalog.Hash,
        };
    }
}

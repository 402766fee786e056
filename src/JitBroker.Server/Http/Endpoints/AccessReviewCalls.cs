using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Catalog.AccessReview;
using JitBroker.Client;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Server.Http.Views;
using JitBroker.Server.Settings;
using Codes = JitBroker.Policy.Codes;
using Durations = JitBroker.Catalog.Durations;
using Refusal = JitBroker.Policy.Refusal;

namespace JitBroker.Server.Http.Endpoints;

/// <summary>Who could ask, who did, what was never used; and the change of the catalog that follows from it.</summary>
internal static class AccessReviewCalls
{
    private const int NamesShown = 20;

    public static async Task<IResult> GetAsync(HttpContext context, ReviewAccess review, CatalogHolder catalogs, Refusals refusals, BrokerSettings settings)
    {
        var (actor, directory) = (Caller.Of(context).Actor, catalogs.Directory);
        var query = new QueryReader(context, "unused");
        var unused = Unused(query);
        query.Close();
        var seesAll = ReviewAccess.MaySeeAll(directory, actor.Email);
        if (!seesAll && !directory.Catalog.Entitlements.Values.Any(e => ReviewAccess.IsOwner(directory, actor.Email, e)))
            return new RefusalResult(await refusals.RecordAsync(actor, "catalog.review", null, null, new Refusal(Codes.Forbidden, "Only admins, auditors and the owners of entitlements see how they are used."), context.RequestAborted), directory);
        var reviewed = await review.HandleAsync(unused, context.RequestAborted);
        var patch = seesAll ? CatalogPatch.Of(directory.Catalog, reviewed, new CatalogOptions { Limits = settings.Broker.Ceilings, PublicUrl = settings.Broker.PublicUrl.AbsoluteUri.TrimEnd('/') }) : null;
        return Answer.Of(200, new AccessReviewResource(
            reviewed.At,
            reviewed.Since,
            reviewed.KnownSince,
            [.. reviewed.Entitlements.Where(e => seesAll || ReviewAccess.IsOwner(directory, actor.Email, e.Entitlement)).Select(e => Of(e, directory))],
            seesAll ? [.. reviewed.PeopleToRemove.Select(p => new IdleMemberResource(p.Group, PersonView.Of(p.Person, directory)))] : [],
            patch?.Diff,
            patch?.ByHand ?? []));
    }

    private static TimeSpan Unused(QueryReader query)
    {
        if (query.Text("unused") is not { } text)
            return ReviewAccess.Unused;
        if (Durations.TryParse(text, out var unused, out var problem) && unused >= TimeSpan.FromDays(1) && unused <= TimeSpan.FromDays(3650))
            return unused;
        query.Fault("unused", problem is { Length: > 0 } ? problem : "Between 1 and 3650 days: 90d.");
        return ReviewAccess.Unused;
    }

    private static EntitlementReviewResource Of(EntitlementReview review, PeopleDirectory directory) => new(
        review.Entitlement.Name,
        review.Entitlement.Title,
        review.Entitlement.Owner,
        review.MayAsk.Count,
        review.Uses.Count,
        review.LastUsedAt,
        review.Unused.Count,
        [.. review.Unused.Take(NamesShown).Select(p => PersonView.Of(p, directory))],
        [.. review.Uses.Select(u => new PersonUseResource(PersonView.Of(u.Person, directory), (int)u.Asks, u.AskedAt, (int)u.Grants, u.UsedAt))],
        [.. review.Proposals.Select(p => new ProposalResource(p.Remove ? "remove" : "keep", p.What, p.Name, p.Because))]);
}

using JitBroker.Catalog;
using JitBroker.Client;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Server.Http.Documents;
using JitBroker.Server.Http.Views;
using Codes = JitBroker.Policy.Codes;
using Refusal = JitBroker.Policy.Refusal;
using SubmitRequest = JitBroker.Requests.SubmitRequest;

namespace JitBroker.Server.Http.Endpoints;

internal static class EntitlementEndpoints
{
    public static RouteGroupBuilder MapEntitlements(this RouteGroupBuilder v1)
    {
        var entitlements = v1.MapGroup("/entitlements").WithTags("entitlements");
        entitlements.MapGet("/", List).Answers<Page<EntitlementResource>>(200).Lists().Says("listEntitlements", "What you may ask for, by name.");
        entitlements.MapGet("/{name}/why", WhyAsync).Answers<WhyResource>(200).Says("whyEntitlement", "Why you may or may not have it: every rule that was looked at.");
        return v1;
    }

    private static IResult List(HttpContext context, EntitlementView view, CatalogHolder catalogs)
    {
        var viewer = Caller.Of(context).Email;
        var query = new QueryReader(context);
        var list = "entitlements|" + viewer;
        var (after, limit) = (query.Cursor(list, _ => true), query.Limit());
        query.Close();
        var directory = catalogs.Directory;
        var items = Eligibility.Askable(directory, viewer)
            .Where(e => after is null || string.CompareOrdinal(e.Name, after) > 0)
            .Select(e => view.Of(e, directory, viewer))
            .OfType<EntitlementResource>()
            .Take(limit + 1)
            .ToList();
        var next = items.Count > limit ? Cursors.Of(list, items[limit - 1].Name) : null;
        return Answer.Of(200, new Client.Page<EntitlementResource>([.. items.Take(limit)], next));
    }

    private static async Task<IResult> WhyAsync(HttpContext context, string name, SubmitRequest submit, CatalogHolder catalogs) =>
        await submit.ExplainAsync(Caller.Of(context).Actor, name, context.RequestAborted) is { } why
            ? Answer.Of(200, new WhyResource(why.Allowed, [.. why.Rules.Select(r => new RuleResource(r.Rule, r.Ok, r.Text))]))
            : new RefusalResult(new Refusal(Codes.NotFound, "There is no such entitlement. jit list shows what you may ask for."), catalogs.Directory);
}

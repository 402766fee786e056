using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Catalog.Reloading;
using JitBroker.Client;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Server.Http.Views;
using Codes = JitBroker.Policy.Codes;
using Refusal = JitBroker.Policy.Refusal;

namespace JitBroker.Server.Http.Endpoints;

/// <summary>The catalog in force and those that wait. For admins.</summary>
internal static class CatalogCalls
{
    public static async Task<IResult> GetAsync(HttpContext context, WaitingCatalogs waiting, CatalogStanding standing, CatalogHolder catalogs, Refusals refusals)
    {
        var directory = catalogs.Directory;
        var current = directory.Catalog;
        if (!directory.HasRole(Rights.Admin, Caller.Of(context).Email))
            return await RefusedAsync(context, "catalog.read", new Refusal(Codes.Forbidden, "Only admins see the catalog as a whole. The catalog's roles say who that is."), refusals, directory);
        var (inForce, held) = await waiting.HandleAsync(context.RequestAborted);
        return Answer.Of(200, new CatalogResource(
            new CatalogInForceResource(current.Hash, inForce?.AcceptedAt ?? DateTimeOffset.UnixEpoch, current.Entitlements.Count, current.People.Count),
            [.. held.Select(h => Of(h, directory))],
            Of(standing)));
    }

    public static async Task<IResult> AcceptAsync(HttpContext context, AcceptWaitingCatalog accept, CatalogHolder catalogs, Refusals refusals)
    {
        var caller = Caller.Of(context);
        var body = JsonBodies.Parse<CatalogAcceptBody>(context, await JsonBodies.ReadBytesAsync(context));
        if (caller.ScopeObjection() is { } objection)
            return await RefusedAsync(context, "catalog.accept", objection, refusals, catalogs.Directory);
        var outcome = await accept.HandleAsync(caller.Actor, body.Hash, context.RequestAborted);
        return outcome.Value is { } done
            ? Answer.Of(200, new CatalogAcceptedResource(done.Catalog.Hash, done.Catalog.Entitlements.Count, done.Catalog.People.Count, done.Ended, done.Lapsed))
            : new RefusalResult(outcome.Refusal!, catalogs.Directory);
    }

    private static async Task<IResult> RefusedAsync(HttpContext context, string attempt, Refusal refusal, Refusals refusals, PeopleDirectory directory) =>
        new RefusalResult(await refusals.RecordAsync(Caller.Of(context).Actor, attempt, null, null, refusal, context.RequestAborted), directory);

    private static WaitingCatalogResource Of(WaitingCatalog waiting, PeopleDirectory directory)
    {
        return waiting.Effect is not { } effect
            ? new WaitingCatalogResource(waiting.Hash, waiting.Since, ["It cannot be read any more by this replica."], [], [], [])
            : new WaitingCatalogResource(
                waiting.Hash,
                waiting.Since,
                EffectText.Of(effect, directory.Catalog),
                [.. effect.Ends.Select(e => new WouldEndResource(e.Grant.Id, e.Grant.Entitlement, PersonView.Of(e.Grant.Holder, directory), e.Because))],
                effect.DropsEntitlements,
                effect.DropsPeople);
    }

    private static CatalogFileResource Of(CatalogStanding standing) => standing.File switch
    {
        FileStanding.Broken broken => new CatalogFileResource("broken", standing.Remark, [.. broken.Problems.Select(CatalogFileCalls.Of)]),
        FileStanding.Held => new CatalogFileResource("waiting", standing.Remark, []),
        FileStanding.Earlier => new CatalogFileResource("earlier", standing.Remark, []),
        _ => new CatalogFileResource("in_force", null, []),
    };
}

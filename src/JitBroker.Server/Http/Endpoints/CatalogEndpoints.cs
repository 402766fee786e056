using JitBroker.Client;
using JitBroker.Server.Http.Documents;

namespace JitBroker.Server.Http.Endpoints;

/// <summary>The catalog: which is in force, what waits, and what files would be. Additions to the contract: <c>jit catalog</c> knows the API alone.</summary>
internal static class CatalogEndpoints
{
    public static RouteGroupBuilder MapCatalog(this RouteGroupBuilder v1)
    {
        var catalog = v1.MapGroup("/catalog").WithTags("catalog");
        catalog.MapGet("/", CatalogCalls.GetAsync).Answers<CatalogResource>(200).Says("getCatalog", "Which catalog is in force, and which are held and why. For admins.");
        catalog.MapPost("/check", CatalogFileCalls.CheckAsync).Takes<CatalogCheckBody>().Answers<CatalogCheckResource>(200).Says("checkCatalog", "Validate catalog files as a reload would; nothing is changed, and no secret is looked up.");
        catalog.MapPost("/diff", CatalogFileCalls.DiffAsync).Takes<CatalogDiffBody>().Answers<CatalogDiffResource>(200).Says("diffCatalogs", "What is different between two catalogs, in words and in people; nothing is changed, and no secret is looked up.");
        catalog.MapPost("/test", CatalogFileCalls.TestAsync).Takes<CatalogTestBody>().Answers<CatalogTestResource>(200).Says("testCatalog", "Run policy tests against catalog files: who asks for what and when, and what is to come of it; nothing is changed, and no secret is looked up.");
        catalog.MapGet("/review", AccessReviewCalls.GetAsync).Asks("unused").Answers<AccessReviewResource>(200).Says("reviewAccess", "Per entitlement who could ask, who did, and what was never used, with proposals and the patch of the catalog. For admins and auditors; owners see what they own.");
        catalog.MapPost("/accept", CatalogCalls.AcceptAsync).Takes<CatalogAcceptBody>().Answers<CatalogAcceptedResource>(200).Says("acceptCatalog", "Let a held catalog come into force, or go back to an earlier one. For admins, in a session that may decide.");
        return v1;
    }
}

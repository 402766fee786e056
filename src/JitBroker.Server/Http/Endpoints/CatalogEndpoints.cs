using JitBroker.Catalog;
using JitBroker.Client;
using JitBroker.Server.Http.Documents;
using JitBroker.Server.Settings;

namespace JitBroker.Server.Http.Endpoints;

internal static class CatalogEndpoints
{
    /// <summary>As large as the loader takes one file.</summary>
    private const int LargestBody = 6 * 1024 * 1024;

    private const int MostFiles = 200;

    public static RouteGroupBuilder MapCatalog(this RouteGroupBuilder v1)
    {
        v1.MapPost("/catalog/check", CheckAsync).WithTags("catalog").Takes<CatalogCheckBody>().Answers<CatalogCheckResource>(200).Says("checkCatalog", "Validate catalog files as a reload would; nothing is changed, and no secret is looked up.");
        return v1;
    }

    private static async Task<IResult> CheckAsync(HttpContext context, BrokerSettings settings)
    {
        var body = JsonBodies.Parse<CatalogCheckBody>(context, await JsonBodies.ReadBytesAsync(context, LargestBody));
        if (body.Files.Count is 0 or > MostFiles)
            throw new ProblemException(Problems.Of(422, Policy.Codes.InvalidValue, "Send between 1 and 200 files.", Problems.Errors(("files", "Send between 1 and 200 files."))));
        // Without a resolver: whoever may send a file here must not learn which variables and files the broker has.
        var options = new CatalogOptions { Limits = settings.Broker.Ceilings, PublicUrl = settings.Broker.PublicUrl.AbsoluteUri.TrimEnd('/'), Secrets = null };
        var result = CatalogLoader.Load([.. body.Files.Select(f => new CatalogSource(f.Path, f.Text))], options);
        return Answer.Of(200, new CatalogCheckResource(result.Problems.Count == 0, [.. result.Problems.Select(Of)]));
    }

    private static CatalogProblemResource Of(CatalogProblem problem) => new(
        problem.File.Length == 0 ? null : problem.File,
        problem.Line == 0 ? null : problem.Line,
        problem.Column == 0 ? null : problem.Column,
        problem.Path.Length == 0 ? null : problem.Path,
        problem.Value,
        problem.Message,
        problem.Remedy.Length == 0 ? null : problem.Remedy);
}

namespace JitBroker.Catalog;

/// <summary>What lay at the catalog's place at one moment. <paramref name="Digest"/> is its content's hash, or stands for why it could not be read.</summary>
internal sealed record CatalogReading(string Digest, IReadOnlyList<CatalogSource> Sources, CatalogProblem? Problem)
{
    public static CatalogReading Of(string path)
    {
        var (sources, problem) = CatalogFiles.Read(path);
        return problem is null
            ? new CatalogReading(CatalogText.Hash(CatalogText.Of(sources)), sources, null)
            : new CatalogReading(problem.ToString(), [], problem);
    }

    public CatalogLoadResult Load(CatalogOptions options) =>
        Problem is null ? CatalogLoader.Load(Sources, options) : new CatalogLoadResult(null, [Problem]);
}

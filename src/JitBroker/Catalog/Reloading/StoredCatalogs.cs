namespace JitBroker.Catalog.Reloading;

/// <summary>Reads catalogs that were stored.</summary>
internal static class StoredCatalogs
{
    /// <summary>
    /// Checked as a file is. If that fails, secrets that cannot be had are let pass: they were there when it was accepted, and what needs them fails closed at its use,
    /// while a catalog that cannot be served ends no access at its time.
    /// </summary>
    public static CatalogLoadResult Load(string text, CatalogOptions options)
    {
        var sources = CatalogText.Split(text);
        var loaded = CatalogLoader.Load(sources, options);
        if (loaded.Snapshot is not null)
            return loaded;
        var without = CatalogLoader.Load(sources, options with { Secrets = null });
        return without.Snapshot is null ? loaded : without;
    }
}

/// <summary>There is no catalog to serve under. <paramref name="problems"/> are to be shown.</summary>
public sealed class CatalogUnusableException(IReadOnlyList<CatalogProblem> problems) : Exception(string.Join('\n', problems))
{
    public IReadOnlyList<CatalogProblem> Problems => problems;
}

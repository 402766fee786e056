namespace JitBroker.Catalog.Reloading;

/// <summary>Where this replica's catalog lies and how it is read.</summary>
/// <param name="Path">A file, or a folder of files.</param>
/// <param name="Options">What a catalog is checked against here.</param>
/// <param name="IsAlone">No other replica can share the database (SQLite): what lies in the file at the start is what its operator wants.</param>
public sealed record CatalogReloadOptions(string Path, CatalogOptions Options, bool IsAlone);

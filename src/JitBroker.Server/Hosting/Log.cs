namespace JitBroker.Server.Hosting;

/// <summary>What the host logs about itself.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "!!! Broker:AllowTestEndpoints is on: endpoints may be moved off the vendors' hosts. This is for tests and the demo, never for real access !!!")]
    public static partial void TestEndpoints(ILogger log);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database does not answer yet ({Why}); trying again")]
    public static partial void DatabaseNotThereYet(ILogger log, string? why);

    [LoggerMessage(Level = LogLevel.Information, Message = "Migration {Name} applied")]
    public static partial void Migrated(ILogger log, string name);

    [LoggerMessage(Level = LogLevel.Information, Message = "Catalog {CatalogHash} is in force from now on")]
    public static partial void CatalogAccepted(ILogger log, string catalogHash);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Catalog {CatalogHash} does not carry {Count} live grants any more (entitlement removed or changed, holder gone or not eligible): they end now")]
    public static partial void GrantsNotInCatalog(ILogger log, int count, string catalogHash);

    [LoggerMessage(Level = LogLevel.Information, Message = "Serving {PublicUrl} at {Addresses} with catalog {CatalogHash} (entitlements: {Entitlements}, people: {People})")]
    public static partial void Serving(ILogger log, Uri publicUrl, string addresses, string catalogHash, int entitlements, int people);
}

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

    [LoggerMessage(Level = LogLevel.Information, Message = "Serving {PublicUrl} at {Addresses} with catalog {CatalogHash} (entitlements: {Entitlements}, people: {People})")]
    public static partial void Serving(ILogger log, Uri publicUrl, string addresses, string catalogHash, int entitlements, int people);
}

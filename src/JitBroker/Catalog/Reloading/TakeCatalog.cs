using JitBroker.Grants;
using JitBroker.People.SignIn;
using JitBroker.Requests;
using Microsoft.Extensions.Logging;

namespace JitBroker.Catalog.Reloading;

/// <summary>What came of taking a catalog over.</summary>
public sealed record Conformed(int Ended, int Lapsed);

/// <summary>
/// Makes a catalog the one in force in this process and ends what it does not carry: grants, and requests that wait. Every replica does it for every catalog, and
/// again a little later, since a decision that had begun under the catalog before may commit after the first look. Idempotent.
/// </summary>
public sealed partial class TakeCatalog(CatalogHolder catalogs, EndDueGrants grants, LapseRequests requests, EndInactiveSessions sessions, ILogger<TakeCatalog> log)
{
    public async Task<Conformed> HandleAsync(CatalogSnapshot catalog, CancellationToken cancellationToken)
    {
        if (catalogs.Current.Hash != catalog.Hash)
            LogTaken(log, CatalogStanding.Short(catalog.Hash), catalog.Entitlements.Count, catalog.People.Count);
        catalogs.Replace(catalog);
        return await ConformAsync(cancellationToken);
    }

    public async Task<Conformed> ConformAsync(CancellationToken cancellationToken)
    {
        var conformed = new Conformed(await grants.ConformAsync(cancellationToken), await requests.ConformAsync(cancellationToken));
        await sessions.RunAsync(cancellationToken);
        await requests.RecountAsync(cancellationToken);
        var hash = CatalogStanding.Short(catalogs.Current.Hash);
        if (conformed.Ended > 0)
            LogEnded(log, hash, conformed.Ended);
        if (conformed.Lapsed > 0)
            LogLapsed(log, hash, conformed.Lapsed);
        return conformed;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Catalog {CatalogHash} is in force here from now on (entitlements: {Entitlements}, people: {People})")]
    private static partial void LogTaken(ILogger log, string catalogHash, int entitlements, int people);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Catalog {CatalogHash} does not carry {Count} live grants any more (entitlement removed or changed, holder gone or not eligible): they end now")]
    private static partial void LogEnded(ILogger log, string catalogHash, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "Catalog {CatalogHash} does not carry what {Count} pending requests ask for any more: they lapse")]
    private static partial void LogLapsed(ILogger log, string catalogHash, int count);
}

using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Grants;

/// <summary>A live grant that a catalog does not carry, and why.</summary>
public sealed record NotCarried(Grant Grant, string Because);

/// <summary>Sweeps over grants: starts those whose time has come, ends those whose time is over. Any number of replicas may run them at once.</summary>
public sealed partial class EndDueGrants(Database database, GrantStore grants, EndGrant endGrant, CatalogHolder catalogs, TimeProvider clock, ILogger<EndDueGrants> log)
{
    /// <summary>Ended in one transaction: thousands may fall due together, and a commit costs more than a row.</summary>
    private const int Batch = 200;
    private const int Page = 1000;

    /// <returns>How many were ended.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var ended = 0;
        try
        {
            int batch;
            do
                ended += batch = await endGrant.FirstDueAsync(Batch, cancellationToken);
            while (batch == Batch);
            return ended;
        }
        catch (Exception e) when (e is not OperationCanceledException and not DatabaseUnavailableException)
        {
            LogOneByOne(log, e);
            return ended + await OneByOneAsync(cancellationToken);
        }
    }

    /// <summary>A grant that cannot be ended must not keep the others from their end.</summary>
    private async Task<int> OneByOneAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var due = await database.ReadAsync(session => grants.DueToEndAsync(session, now, Page, cancellationToken), cancellationToken);
        var ended = 0;
        foreach (var id in due)
        {
            try
            {
                ended += await endGrant.BySystemAsync(id, EndGrant.Expired, null, static (grant, at) => grant.EndsAt <= at, cancellationToken) ? 1 : 0;
            }
            catch (Exception e) when (e is not OperationCanceledException and not DatabaseUnavailableException)
            {
                LogNotEnded(log, id, e);
            }
        }

        return ended;
    }

    /// <summary>
    /// Ends grants that the catalog in force does not carry any more: the entitlement is gone or grants something else, or the holder is gone or may not
    /// have it. To be run once for each catalog.
    /// </summary>
    /// <returns>How many were ended.</returns>
    public async Task<int> ConformAsync(CancellationToken cancellationToken)
    {
        var ended = 0;
        foreach (var (grant, reason) in await NotCarriedAsync(catalogs.Current, cancellationToken))
            ended += await endGrant.BySystemAsync(grant.Id, EndGrant.Revoked, reason, static (_, _) => true, cancellationToken) ? 1 : 0;
        return ended;
    }

    /// <summary>The live grants that <paramref name="catalog"/> would end.</summary>
    internal async Task<IReadOnlyList<NotCarried>> NotCarriedAsync(CatalogSnapshot catalog, CancellationToken cancellationToken)
    {
        var directory = catalogs.Under(catalog);
        var found = new List<NotCarried>();
        IReadOnlyList<Grant> page;
        // Page by page: there may be more live grants than are good to hold at once.
        for (var after = ""; ; after = page[^1].Id)
        {
            var from = after;
            page = await database.ReadAsync(session => grants.LiveAsync(session, from, Page, cancellationToken), cancellationToken);
            foreach (var grant in page)
                if (Reason(directory, grant) is { } reason)
                    found.Add(new NotCarried(grant, reason));
            if (page.Count < Page)
                return found;
        }
    }

    /// <summary>Why a live grant must end, or null.</summary>
    internal static string? Reason(PeopleDirectory directory, Grant grant)
    {
        if (!directory.Catalog.Entitlements.TryGetValue(grant.Entitlement, out var entitlement))
            return "The entitlement was removed from the catalog.";
        if (directory.Find(grant.Holder) is null)
            return "The holder is not in the catalog any more.";
        var content = RequestContent.FromText(grant.Content);
        if (!content.StillMeans(directory.Catalog))
            return "What the entitlement grants was changed in the catalog.";
        return Eligibility.MayKeep(directory, grant.Holder, entitlement, content.Emergency) ? null : "The holder may not have this any more.";
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The grants that are due could not be ended together; each is ended by itself")]
    private static partial void LogOneByOne(ILogger log, Exception exception);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Grant {GrantId} is due and could not be ended; it is tried again each second")]
    private static partial void LogNotEnded(ILogger log, string grantId, Exception exception);
}

using JitBroker.Catalog;
using JitBroker.Outbox;
using JitBroker.Storage;

namespace JitBroker.Requests;

/// <summary>Sweep: settles pending requests whose time is over, and extensions of what has ended. Harmless to run twice or on several replicas: each lapse takes the request's lock.</summary>
public sealed class LapseRequests(Database database, RequestStore requests, SettleRequest settle, Announcer announcer, CatalogHolder catalogs, TimeProvider clock)
{
    private const int Batch = 200;

    /// <returns>How many lapsed.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var due = await database.ReadAsync(session => requests.LapsingAsync(session, now, Batch, cancellationToken), cancellationToken);
        var orphaned = await database.ReadAsync(session => requests.OrphanedAsync(session, Batch, cancellationToken), cancellationToken);
        var lapsed = 0;
        foreach (var id in due.Union(orphaned, StringComparer.Ordinal))
            lapsed += await database.WriteAsync(session => LapseAsync(session, id, now, cancellationToken), cancellationToken) ? 1 : 0;
        return lapsed;
    }

    /// <summary>
    /// Settles pending requests that the catalog in force does not carry any more: what they would grant is gone or changed, or their asker may not have it. To be
    /// run once for each catalog.
    /// </summary>
    /// <returns>How many lapsed.</returns>
    public async Task<int> ConformAsync(CancellationToken cancellationToken)
    {
        var pending = await database.ReadAsync(session => requests.PendingAsync(session, cancellationToken), cancellationToken);
        var lapsed = 0;
        foreach (var id in pending)
            if (await IsOverdueAsync(id, cancellationToken))
                lapsed += await database.WriteAsync(session => LapseAsync(session, id, clock.GetUtcNow(), cancellationToken), cancellationToken) ? 1 : 0;
        return lapsed;
    }

    /// <summary>Has the cards of pending requests say so where a vote does not count any more, since its person left or lost a group. Moves nothing.</summary>
    public async Task RecountAsync(CancellationToken cancellationToken)
    {
        var voted = await database.ReadAsync(session => requests.PendingWithVotesAsync(session, cancellationToken), cancellationToken);
        foreach (var id in voted)
            await database.WriteAsync(session => RecountAsync(session, id, cancellationToken), cancellationToken);
    }

    private async Task<bool> RecountAsync(Session session, string id, CancellationToken cancellationToken)
    {
        if (await requests.FindAsync(session, id, cancellationToken) is not { IsPending: true } request)
            return false;
        var bench = new Bench(catalogs.Directory, request, await requests.DecisionsAsync(session, id, cancellationToken));
        if (bench.Counting.Count == bench.Decisions.Count(d => d.IsApproval))
            return false;
        await announcer.TurnedAsync(session, bench, clock.GetUtcNow(), cancellationToken);
        return true;
    }

    /// <summary>A look without the lock, so that a reload locks only what it settles.</summary>
    private async Task<bool> IsOverdueAsync(string id, CancellationToken cancellationToken)
    {
        var request = await database.ReadAsync(session => requests.FindAsync(session, id, cancellationToken), cancellationToken);
        return request is { IsPending: true } && SettleRequest.Because(new Bench(catalogs.Directory, request, []), clock.GetUtcNow()) is not null;
    }

    private async Task<bool> LapseAsync(Session session, string id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await requests.LockPendingAsync(session, id, cancellationToken) is not { } request)
            return false;
        var bench = new Bench(catalogs.Directory, request, await requests.DecisionsAsync(session, id, cancellationToken));
        if (await settle.OverdueAsync(session, bench, now, cancellationToken) is not null)
            return true;
        session.Doom();
        return false;
    }
}

using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.Storage;

namespace JitBroker.Requests;

/// <summary>Sweep: settles pending requests whose time is over. Harmless to run twice or on several replicas: each lapse takes the request's lock.</summary>
public sealed class LapseRequests(Database database, RequestStore requests, SettleRequest settle, CatalogHolder catalogs, TimeProvider clock)
{
    private const int Batch = 200;

    /// <returns>How many lapsed.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var due = await database.ReadAsync(session => requests.LapsingAsync(session, now, Batch, cancellationToken), cancellationToken);
        var lapsed = 0;
        foreach (var id in due)
            lapsed += await database.WriteAsync(session => LapseAsync(session, id, now, cancellationToken), cancellationToken) ? 1 : 0;
        return lapsed;
    }

    private async Task<bool> LapseAsync(Session session, string id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await requests.LockPendingAsync(session, id, cancellationToken) is not { } request)
            return false;
        var bench = new Bench(new PeopleDirectory(catalogs.Current), request, await requests.DecisionsAsync(session, id, cancellationToken));
        if (await settle.OverdueAsync(session, bench, now, cancellationToken) is not null)
            return true;
        session.Doom();
        return false;
    }
}

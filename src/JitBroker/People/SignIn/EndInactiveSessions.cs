using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Storage;

namespace JitBroker.People.SignIn;

/// <summary>Ends the sessions of people who are not there any more. Such a session could do nothing already; when they come back they sign in anew.</summary>
public sealed class EndInactiveSessions(Database database, SessionStore sessions, EventStore events, CatalogHolder catalogs, TimeProvider clock)
{
    /// <returns>How many were ended.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var live = await database.ReadAsync(session => sessions.PeopleAsync(session, now, cancellationToken), cancellationToken);
        var directory = catalogs.Directory;
        var ended = 0;
        foreach (var person in live.Where(p => directory.Find(p) is null))
            ended += await database.WriteAsync(session => EndAllAsync(session, person, "inactive", now, cancellationToken), cancellationToken);
        return ended;
    }

    /// <summary>Ends every live session of one person, within a transaction of the caller's.</summary>
    /// <param name="because">For the event.</param>
    public async Task<int> EndAllAsync(Session session, string person, string because, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ended = 0;
        foreach (var found in await sessions.LiveOfAsync(session, person, now, cancellationToken))
        {
            if (await sessions.LockAsync(session, found.Id, cancellationToken) is not { } mine || !mine.IsLiveAt(now))
                continue;
            var over = mine with { Version = mine.Version + 1, EndedAt = now };
            await sessions.EndAsync(session, over, cancellationToken);
            var data = new JsonObject { ["scope"] = mine.Scope, ["because"] = because };
            await events.AppendAsync(session, AuditEvent.BySystem("session", mine.Id, over.Version, "session.ended", now, null, data), cancellationToken);
            ended++;
        }

        return ended;
    }
}

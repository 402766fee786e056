using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Storage;

namespace JitBroker.Catalog.AccessReview;

/// <summary>
/// Sweep: each month, tells every owner how what they own is used. A month in which the broker was set up is left out. Harmless to run at any time and on several replicas: an owner is
/// noted once a month, in the transaction of their messages.
/// </summary>
public sealed class TellOwners(Database database, UseStore uses, Announcer announcer, EventStore events, CatalogHolder catalogs, TimeProvider clock)
{
    private string _told = "";

    /// <returns>How many owners were told.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var month = now.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture);
        if (_told == month)
            return 0;
        var directory = catalogs.Directory;
        var owned = directory.Catalog.Entitlements.Values.Where(e => e.Owner is not null).GroupBy(e => e.Owner!, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).ToList();
        var known = await database.ReadAsync(session => uses.KnownSinceAsync(session, cancellationToken), cancellationToken);
        var told = 0;
        if (known is { } since && since < new DateTimeOffset(now.UtcDateTime.Year, now.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero))
        {
            foreach (var of in owned)
                told += await database.WriteAsync(session => TellAsync(session, directory, of.Key, of.Count(), month, now, cancellationToken), cancellationToken) ? 1 : 0;
        }

        // An owner who is named later in the month is told in the next one.
        _told = month;
        return told;
    }

    /// <summary>The people who answer for what an owner owns; e-mails, at most so many as are told one by one.</summary>
    public static IReadOnlyList<string> PeopleOf(PeopleDirectory directory, string owner) => owner.Contains('@', StringComparison.Ordinal)
        ? [.. new[] { directory.Find(owner)?.Email }.OfType<string>()]
        : [.. directory.Members(owner).Take(Announcer.DirectMessages).Select(p => p.Email)];

    private async Task<bool> TellAsync(Session session, PeopleDirectory directory, string owner, int entitlements, string month, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var id = Ids.New(now);
        if (!await uses.TellAsync(session, id, owner, month, now, cancellationToken))
            return false;
        var people = PeopleOf(directory, owner);
        var data = new JsonObject { ["owner"] = owner, ["month"] = month, ["entitlements"] = entitlements, ["told"] = new JsonArray([.. people.Select(p => (JsonNode)p)]) };
        await events.AppendAsync(session, AuditEvent.BySystem("access_review", id, 1, "access_review.told", now, null, data), cancellationToken);
        foreach (var email in people)
            await announcer.TellAsync(session, directory, email, Templates.AccessReview, id, now, now, new JsonObject { ["owner"] = owner, ["month"] = month }, cancellationToken);
        return true;
    }
}

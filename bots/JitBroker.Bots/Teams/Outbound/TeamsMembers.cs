using System.Collections.Concurrent;
using JitBroker.Bots.Chat;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Storage;

namespace JitBroker.Bots.Teams;

/// <summary>
/// The ids by which Teams knows the people of the catalog (<c>29:…</c>): as heard of, else asked of the conversation that they are to see something in, since whose id is not known there cannot
/// be shown buttons. Kept in the database once known.
/// </summary>
internal sealed class TeamsMembers(TeamsPeople people, TeamsCalls calls, Database database, ConversationStore conversations, TimeProvider clock)
{
    private const int MostAsked = 20;
    private const int MostKept = 20_000;
    private static readonly TimeSpan AskAgain = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _absent = new(StringComparer.Ordinal);

    /// <returns>Ids by e-mail, of those that are known.</returns>
    public async Task<IReadOnlyDictionary<string, string>> OfAsync(TeamsPlace? place, IEnumerable<string> emails, CancellationToken cancellationToken)
    {
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        var unknown = new List<(string Email, Identity Account)>();
        foreach (var email in emails.Distinct(StringComparer.Ordinal))
        {
            if (people.AccountsOf(email) is not [var account, ..])
                continue;
            if (await database.ReadAsync(session => conversations.MemberAsync(session, account.Tenant, account.Id, cancellationToken), cancellationToken) is { } known)
                ids[email] = known;
            else
                unknown.Add((email, account));
        }

        if (place is null)
            return ids;
        foreach (var (email, account) in unknown.Where(u => u.Account.Tenant == place.Tenant).Take(MostAsked))
        {
            if (await AskAsync(place, account, cancellationToken) is { } id)
                ids[email] = id;
        }

        return ids;
    }

    private async Task<string?> AskAsync(TeamsPlace place, Identity account, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var key = $"{place.Conversation} {account.Id}";
        if (_absent.TryGetValue(key, out var since) && now - since < AskAgain)
            return null;
        if (await calls.MemberAsync(place, account.Id, Urgency.Notification, cancellationToken) is TeamsReply.Ok ok
            && ok.Body.Text("id") is { } id && id.StartsWith("29:", StringComparison.Ordinal)
            && string.Equals(ok.Body.Text("aadObjectId") ?? ok.Body.Text("objectId"), account.Id, StringComparison.OrdinalIgnoreCase))
        {
            await database.WriteAsync(session => conversations.SeeMemberAsync(session, account.Tenant, account.Id, id, now, cancellationToken), cancellationToken);
            return id;
        }

        if (_absent.Count >= MostKept)
            _absent.Clear();
        _absent[key] = now;
        return null;
    }
}

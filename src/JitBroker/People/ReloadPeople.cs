using System.Collections.Frozen;
using JitBroker.People.Linking;
using JitBroker.People.Scim;
using JitBroker.Storage;

namespace JitBroker.People;

/// <summary>
/// Sweep: takes over what was written about people, groups and accounts since the last look, and ends what those who went away had. Every replica does it for
/// itself; ending is idempotent, and done again a little later, since a decision that began before may commit after the first look.
/// </summary>
public sealed class ReloadPeople(
    Database database, PeopleHead head, ScimUserStore users, ScimGroupStore groups, IdentityStore identities, ScimClients clients, PeopleBook book, TakeAway takeAway, TimeProvider clock)
    : IDisposable
{
    /// <summary>When the end of what is gone is looked after once more.</summary>
    public static readonly TimeSpan Again = TimeSpan.FromSeconds(10);

    private const int Page = 2000;

    private readonly SemaphoreSlim _one = new(1, 1);
    private long _seen = -1;
    private DateTimeOffset? _again;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var lost = await TakeAsync(cancellationToken);
            var isTime = _again <= clock.GetUtcNow();
            if (!lost && !isTime)
                return;
            _again = lost ? clock.GetUtcNow() + Again : null;
            await takeAway.HandleAsync(cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>At the start, before the catalog is taken and anything is judged.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => TakeAsync(cancellationToken);

    public void Dispose() => _one.Dispose();

    /// <returns>Whether anybody lost anything.</returns>
    private async Task<bool> TakeAsync(CancellationToken cancellationToken)
    {
        var changes = await database.ReadAsync(session => ReadAsync(session, cancellationToken), cancellationToken);
        if (changes is null)
            return false;
        var before = book.Now;
        FrozenSet<string> Members(string group) => changes.Members.GetValueOrDefault(group, FrozenSet<string>.Empty);
        var roster = before.Roster.With(changes.Users, changes.Groups, Members);
        book.Write(roster, before.Links.With(changes.Identities));
        var isFirst = _seen < 0;
        _seen = changes.Revision;
        return !isFirst
            && (changes.Users.Any(u => before.Roster.Loses(roster, u)) || changes.Groups.Any(g => before.Roster.Loses(g, Members)) || changes.Identities.Any(i => !i.IsLinked));
    }

    /// <summary>The head first: what is read after it may be newer, and is then read again.</summary>
    private async Task<Changes?> ReadAsync(Session session, CancellationToken cancellationToken)
    {
        var revision = await head.CurrentAsync(session, cancellationToken);
        if (revision == _seen)
            return null;
        var changedUsers = new List<ScimUser>();
        for (IReadOnlyList<ScimUser>? page = null; page is null || page.Count == Page; changedUsers.AddRange(page))
        {
            var after = changedUsers.Count == 0 ? (-1L, "") : (changedUsers[^1].Revision, changedUsers[^1].Id);
            page = await users.SinceAsync(session, _seen, after, Page, cancellationToken);
        }

        var changedGroups = (await groups.SinceAsync(session, _seen, cancellationToken)).Where(g => clients.Names.Contains(g.Client)).ToList();
        var members = new Dictionary<string, FrozenSet<string>>(StringComparer.Ordinal);
        foreach (var group in changedGroups.Where(g => g.IsThere))
            members[group.Id] = (await groups.MembersAsync(session, group.Id, cancellationToken)).Select(m => m.UserId).ToFrozenSet(StringComparer.Ordinal);
        return new Changes(
            revision, [.. changedUsers.Where(u => clients.Names.Contains(u.Client))], changedGroups, members, await identities.SinceAsync(session, _seen, cancellationToken));
    }

    private sealed record Changes(
        long Revision, IReadOnlyList<ScimUser> Users, IReadOnlyList<ScimGroup> Groups, IReadOnlyDictionary<string, FrozenSet<string>> Members, IReadOnlyList<LinkedIdentity> Identities);
}

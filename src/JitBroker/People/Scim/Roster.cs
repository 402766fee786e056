using System.Collections.Frozen;
using System.Collections.Immutable;
using JitBroker.Catalog;

namespace JitBroker.People.Scim;

/// <summary>
/// Everybody whom SCIM clients pushed, as one immutable whole. An address is <b>barred</b> when any client says that its person is inactive, deleted or called otherwise now:
/// then it is nobody's, even if the catalog names it (deny wins). It is a person's when a client says so and none bars it.
/// </summary>
public sealed class Roster
{
    private readonly ImmutableDictionary<string, ScimUser> _users;
    private readonly ImmutableDictionary<string, Standing> _standings;
    private readonly ImmutableDictionary<string, (ScimGroup Group, FrozenSet<string> Members)> _groups;
    private readonly Lazy<FrozenDictionary<string, List<GroupView>>> _views;

    private Roster(
        ImmutableDictionary<string, ScimUser> users, ImmutableDictionary<string, Standing> standings, ImmutableDictionary<string, (ScimGroup Group, FrozenSet<string> Members)> groups)
    {
        (_users, _standings, _groups) = (users, standings, groups);
        _views = new Lazy<FrozenDictionary<string, List<GroupView>>>(Views);
    }

    public static Roster Empty { get; } = new(
        ImmutableDictionary<string, ScimUser>.Empty,
        ImmutableDictionary<string, Standing>.Empty,
        ImmutableDictionary<string, (ScimGroup, FrozenSet<string>)>.Empty);

    /// <summary>The person it makes of a canonical address; null when it says nothing of it, or bars it.</summary>
    public Person? Find(string email) => _standings.TryGetValue(email, out var standing) ? standing.Person : null;

    /// <summary>Whether nobody may be this address now.</summary>
    public bool IsBarred(string email) => _standings.TryGetValue(email, out var standing) && standing.Person is null;

    /// <summary>Why the group that a catalog means cannot be told, for people and without a full stop; null when there is exactly one.</summary>
    public string? WhyUnknown(ScimReference reference) => Find(reference) switch
    {
        [] => $"SCIM has sent no group {reference.Group}",
        [_] => null,
        _ => $"SCIM has sent more than one group {reference.Group}",
    };

    /// <summary>Whether more than one group may be meant.</summary>
    public bool IsAmbiguous(ScimReference reference) => Find(reference).Count > 1;

    /// <summary>Addresses of the active users in it; none when it cannot be told.</summary>
    public IReadOnlySet<string> EmailsOf(ScimReference reference) => Find(reference) is [var one] ? one.Emails.Value : FrozenSet<string>.Empty;

    /// <summary>With what was written since; deleted groups go, deleted users stay to bar.</summary>
    /// <param name="members">Of each of <paramref name="groups"/> that is there.</param>
    public Roster With(IReadOnlyList<ScimUser> users, IReadOnlyList<ScimGroup> groups, Func<string, FrozenSet<string>> members)
    {
        var (newUsers, standings, newGroups) = (_users.ToBuilder(), _standings.ToBuilder(), _groups.ToBuilder());
        var touched = new HashSet<string>(StringComparer.Ordinal);
        foreach (var user in users)
        {
            if (newUsers.TryGetValue(user.Id, out var before) && before.Email is { } old && standings.TryGetValue(old, out var had))
            {
                standings[old] = had with { Ids = had.Ids.Remove(user.Id) };
                touched.Add(old);
            }

            newUsers[user.Id] = user;
            if (user.Email is not { } email)
                continue;
            standings[email] = standings.TryGetValue(email, out var has) ? has with { Ids = has.Ids.Add(user.Id) } : new Standing([user.Id], null);
            touched.Add(email);
        }

        foreach (var email in touched)
        {
            var ids = standings[email].Ids;
            if (ids.IsEmpty)
                standings.Remove(email);
            else
                standings[email] = new Standing(ids, PersonOf(email, [.. ids.Select(i => newUsers[i])]));
        }

        foreach (var group in groups)
        {
            if (group.IsThere)
                newGroups[group.Id] = (group, members(group.Id));
            else
                newGroups.Remove(group.Id);
        }

        return new Roster(newUsers.ToImmutable(), standings.ToImmutable(), newGroups.ToImmutable());
    }

    /// <summary>Whether a user or group as it is now was there before with members or an address that are not there now.</summary>
    internal bool Loses(Roster after, ScimUser user) =>
        (_users.TryGetValue(user.Id, out var before) && before is { Active: true } && (!user.Active || before.Email != user.Email))
        || (user.Email is { } email && after.IsBarred(email) && !IsBarred(email));

    internal bool Loses(ScimGroup group, Func<string, FrozenSet<string>> members) =>
        _groups.TryGetValue(group.Id, out var before)
        && (!group.IsThere || before.Group.DisplayKey != group.DisplayKey || before.Group.ExternalId != group.ExternalId || !before.Members.IsSubsetOf(members(group.Id)));

    /// <summary>Null: barred. What a client says of a record that is there outweighs what it said of one that is gone.</summary>
    private static Person? PersonOf(string email, IReadOnlyList<ScimUser> users)
    {
        var isBarred = users.GroupBy(u => u.Client, StringComparer.Ordinal).Any(c => !c.Any(u => u.IsThere) || c.Any(u => u.IsThere && !u.Active));
        return isBarred ? null : users.Where(u => u.Active).OrderBy(u => u.Id, StringComparer.Ordinal).Select(u => new Person(email, u.Name)).First();
    }

    private List<GroupView> Find(ScimReference reference)
    {
        var found = _views.Value.GetValueOrDefault(Emails.Canonical(reference.Group), []);
        return reference.Client is { } client ? [.. found.Where(g => g.Client == client)] : found;
    }

    /// <summary>By display name, external id and id; a group that is found by two of them is one.</summary>
    private FrozenDictionary<string, List<GroupView>> Views()
    {
        var views = new Dictionary<string, List<GroupView>>(StringComparer.Ordinal);
        foreach (var (group, members) in _groups.Values)
        {
            var view = new GroupView(group.Client, new Lazy<FrozenSet<string>>(() => EmailsOf(members)));
            foreach (var key in new[] { group.DisplayKey, group.ExternalId is { } id ? Emails.Canonical(id) : null, Emails.Canonical(group.Id) }.OfType<string>().Distinct(StringComparer.Ordinal))
            {
                if (!views.TryGetValue(key, out var list))
                    views[key] = list = [];
                list.Add(view);
            }
        }

        return views.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private FrozenSet<string> EmailsOf(FrozenSet<string> members) =>
        members.Select(_users.GetValueOrDefault).Where(u => u is { Active: true, Email: not null }).Select(u => u!.Email!).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What is said of one address: by which records, and whose it is; null: nobody may be it.</summary>
    private sealed record Standing(ImmutableHashSet<string> Ids, Person? Person);

    private sealed record GroupView(string Client, Lazy<FrozenSet<string>> Emails);
}

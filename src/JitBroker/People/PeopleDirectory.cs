using JitBroker.Catalog;

namespace JitBroker.People;

/// <summary>
/// Who is who and in which group, as one catalog says. Pure. A group whose members cannot be told (an on-call schedule that does not answer)
/// has no members here and is named by <see cref="IsUnknown"/>: unknown is a no (rule 10).
/// </summary>
public sealed class PeopleDirectory(CatalogSnapshot catalog)
{
    public CatalogSnapshot Catalog => catalog;

    /// <summary>Null when the catalog does not know this canonical e-mail, or no longer does: such a person may do nothing.</summary>
    public Person? Find(string email) => catalog.People.TryGetValue(email, out var entry) ? entry.Person : null;

    public Person? Find(Identity identity) => catalog.Identities.GetValueOrDefault(identity);

    public bool IsMember(string group, string email) =>
        catalog.Groups.TryGetValue(group, out var found) && found.Members.Contains(email);

    public bool IsUnknown(string group) => !catalog.Groups.TryGetValue(group, out var found) || found.Schedule is not null;

    /// <summary>Members in e-mail order; empty for an unknown group.</summary>
    public IReadOnlyList<Person> Members(string group) =>
        catalog.Groups.TryGetValue(group, out var found)
            ? [.. found.Members.Order(StringComparer.Ordinal).Select(Find).OfType<Person>()]
            : [];

    public bool HasRole(string role, string email) =>
        catalog.Roles.TryGetValue(role, out var groups) && groups.Any(g => IsMember(g, email));

    public IReadOnlyList<string> RolesOf(string email) =>
        [.. catalog.Roles.Keys.Where(r => HasRole(r, email)).Order(StringComparer.Ordinal)];

    public IReadOnlyList<string> GroupsOf(string email) =>
        [.. catalog.Groups.Values.Where(g => g.Members.Contains(email)).Select(g => g.Name).Order(StringComparer.Ordinal)];
}

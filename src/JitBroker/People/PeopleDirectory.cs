using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using JitBroker.Catalog;
using JitBroker.People.OnCall;
using JitBroker.People.Scim;

namespace JitBroker.People;

/// <summary>
/// Who is who and in which group, under one catalog and what is known beside it. Pure: whoever must be asked was asked before. A group whose members cannot be
/// told (an on-call schedule that does not answer) has no members here and is named by <see cref="IsUnknown"/>: unknown is a no (rule 10).
/// </summary>
/// <remarks>What decides takes it from <see cref="CatalogHolder.Directory"/>, once per use case.</remarks>
public sealed class PeopleDirectory(CatalogSnapshot catalog, PeopleSources sources)
{
    private static readonly IReadOnlySet<string> Nobody = FrozenSet<string>.Empty;

    // Catalog and roster never change, and looking up and sorting thousands of people for each rule of a list would be most of its time. Gone with either of the two.
    private static readonly ConditionalWeakTable<Roster, ConditionalWeakTable<CatalogSnapshot, ConcurrentDictionary<string, IReadOnlyList<Person>>>> Known = [];

    public CatalogSnapshot Catalog => catalog;

    /// <summary>A catalog by itself, for checking and comparing it. Its schedules are unknown.</summary>
    public static PeopleDirectory Of(CatalogSnapshot catalog) => new(catalog, PeopleSources.None);

    /// <summary>
    /// The person with this canonical e-mail: named by the catalog or pushed by SCIM, and taken away by no SCIM client. Null: such a person is not there, or not any more,
    /// and may do nothing. A name that the catalog spells out is theirs.
    /// </summary>
    public Person? Find(string email)
    {
        if (sources.Roster.IsBarred(email))
            return null;
        var pushed = sources.Roster.Find(email);
        return catalog.People.TryGetValue(email, out var entry) && (pushed is null || entry.IsNamed) ? entry.Person : pushed;
    }

    /// <summary>The accounts of a person, by which they are known and told things; empty for nobody.</summary>
    public IReadOnlyList<Identity> IdentitiesOf(string email)
    {
        if (Find(email) is null)
            return [];
        var named = catalog.People.TryGetValue(email, out var entry) ? entry.Identities : [];
        var linked = sources.Links.Of(email);
        return [.. named.Concat(linked).Distinct().Where(i => Find(i)?.Email == email)];
    }

    /// <summary>Whose account it is, by the catalog or by a link. Null: nobody's, or the two do not agree, and then it is nobody's either (I2).</summary>
    public Person? Find(Identity identity)
    {
        var named = catalog.Identities.GetValueOrDefault(identity)?.Email;
        var linked = sources.Links.PersonOf(identity);
        return named is not null && linked is not null && named != linked ? null : (named ?? linked) is { } email ? Find(email) : null;
    }

    /// <summary>Whose the catalog and the links say it is, also of those who are not there: an account that is somebody's is linked to nobody else.</summary>
    public IReadOnlyList<string> ClaimsOn(Identity identity) =>
        [.. new[] { catalog.Identities.GetValueOrDefault(identity)?.Email, sources.Links.PersonOf(identity) }.OfType<string>().Distinct(StringComparer.Ordinal)];

    public bool IsMember(string group, string email) =>
        catalog.Groups.TryGetValue(group, out var found) && EmailsOf(found).Contains(email) && Find(email) is not null;

    public bool IsUnknown(string group) => WhyUnknown(group) is not null;

    /// <summary>Why nobody can tell who is in it, for people and without a full stop: <c>PagerDuty did not answer</c>. Null when it can be told.</summary>
    public string? WhyUnknown(string group)
    {
        if (!catalog.Groups.TryGetValue(group, out var found))
            return "the catalog has no such group";
        if (found.Scim is { } scim)
            return sources.Roster.WhyUnknown(scim);
        return found.Schedule is { } schedule && sources.OnCall.Of(schedule) is OnCallAnswer.Unknown unknown ? unknown.Why : null;
    }

    /// <summary>
    /// Unknown, and whoever was in it may well be in it: a schedule that does not answer, a pushed group that is there twice. A pushed group that was taken away has nobody.
    /// </summary>
    public bool IsInDoubt(string group) =>
        catalog.Groups.TryGetValue(group, out var found) && IsUnknown(group) && (found.Schedule is not null || (found.Scim is { } scim && sources.Roster.IsAmbiguous(scim)));

    /// <summary>Whether who is in it changes with the hour.</summary>
    public bool IsOnCall(string group) => catalog.Groups.TryGetValue(group, out var found) && found.Schedule is not null;

    /// <summary>Members in e-mail order; empty for an unknown group.</summary>
    public IReadOnlyList<Person> Members(string group) => IsOnCall(group)
        ? InOrder(group)
        : Known.GetOrCreateValue(sources.Roster).GetOrCreateValue(catalog).GetOrAdd(group, static (name, self) => self.InOrder(name), this);

    /// <summary>E-mails of its members, each of them a person here, in no order; for large groups of which few are needed.</summary>
    public IEnumerable<string> MembersOf(string group) =>
        catalog.Groups.TryGetValue(group, out var found) ? EmailsOf(found).Where(e => Find(e) is not null) : [];

    public bool HasRole(string role, string email) =>
        catalog.Roles.TryGetValue(role, out var groups) && groups.Any(g => IsMember(g, email));

    public IReadOnlyList<string> RolesOf(string email) =>
        [.. catalog.Roles.Keys.Where(r => HasRole(r, email)).Order(StringComparer.Ordinal)];

    public IReadOnlyList<string> GroupsOf(string email) =>
        [.. catalog.Groups.Keys.Where(g => IsMember(g, email)).Order(StringComparer.Ordinal)];

    private IReadOnlyList<Person> InOrder(string group) => [.. MembersOf(group).Order(StringComparer.Ordinal).Select(Find).OfType<Person>()];

    private IReadOnlySet<string> EmailsOf(Group group) => group switch
    {
        { Scim: { } scim } => sources.Roster.EmailsOf(scim),
        { Schedule: { } schedule } => sources.OnCall.Of(schedule) is OnCallAnswer.Known known ? known.Emails : Nobody,
        _ => group.Members,
    };
}

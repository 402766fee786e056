using System.Globalization;
using JitBroker.People;

namespace JitBroker.Catalog.AccessReview;

/// <summary>
/// What to keep and what to remove. An entitlement that nobody used, a group of whose members nobody used it, a member who used nothing that a group is for. Where the
/// broker has not looked long enough, or who may ask changes with the hour, all is kept. Pure.
/// </summary>
public static class Proposals
{
    /// <param name="since">What was used before only counts as unused.</param>
    /// <param name="knownSince">When the broker began to look; null: it has not.</param>
    public static AccessReviewed Of(PeopleDirectory directory, IReadOnlyList<PersonUse> uses, DateTimeOffset now, DateTimeOffset since, DateTimeOffset? knownSince)
    {
        var byEntitlement = uses.ToLookup(u => u.Entitlement, StringComparer.Ordinal);
        var isLongEnough = knownSince <= since;
        var reviews = directory.Catalog.Entitlements.Values.OrderBy(e => e.Name, StringComparer.Ordinal)
            .Select(e => Of(directory, e, [.. byEntitlement[e.Name].OrderByDescending(u => u.UsedAt ?? DateTimeOffset.MinValue).ThenBy(u => u.Person, StringComparer.Ordinal)], since, isLongEnough))
            .ToList();
        return new AccessReviewed(now, since, knownSince, reviews, isLongEnough ? IdleMembers(directory, reviews, since) : []) { Bundles = directory.Catalog.Bundles };
    }

    private static EntitlementReview Of(PeopleDirectory directory, Entitlement entitlement, IReadOnlyList<PersonUse> uses, DateTimeOffset since, bool isLongEnough)
    {
        var users = uses.Where(u => u.UsedAt >= since).Select(u => u.Person).ToHashSet(StringComparer.Ordinal);
        var mayAsk = entitlement.Eligible.SelectMany(directory.MembersOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var isOpen = entitlement.Eligible.Any(g => directory.IsOnCall(g) || directory.IsUnknown(g));
        var proposals = isLongEnough ? Judge(directory, entitlement, uses, users, since) : [new Proposal(false, "entitlement", entitlement.Name, "The broker has not looked for long enough to tell.")];
        return new EntitlementReview(entitlement, mayAsk, uses, [.. mayAsk.Where(p => !users.Contains(p))], isOpen, proposals);
    }

    private static IReadOnlyList<Proposal> Judge(PeopleDirectory directory, Entitlement entitlement, IReadOnlyList<PersonUse> uses, HashSet<string> users, DateTimeOffset since)
    {
        var last = uses.Max(u => u.UsedAt);
        if (users.Count == 0)
            return [new Proposal(true, "entitlement", entitlement.Name, last is { } at ? $"Nobody has used it since {Day(at)}." : uses.Count > 0 ? "It was asked for and never used." : "Nobody ever asked for it.")];
        return [.. entitlement.Eligible.Select(g => OfGroup(directory, g, users, since))];
    }

    private static Proposal OfGroup(PeopleDirectory directory, string group, HashSet<string> users, DateTimeOffset since)
    {
        if (directory.IsOnCall(group) || directory.IsUnknown(group))
            return new Proposal(false, "group", group, "Who is in it changes with the hour.");
        var (members, used) = (0, 0);
        foreach (var member in directory.MembersOf(group))
        {
            members++;
            used += users.Contains(member) ? 1 : 0;
        }

        return used > 0
            ? new Proposal(false, "group", group, string.Create(CultureInfo.InvariantCulture, $"{used} of its {members} members used it since {Day(since)}."))
            : new Proposal(true, "group", group, string.Create(CultureInfo.InvariantCulture, $"None of its {members} members used it since {Day(since)}."));
    }

    /// <summary>
    /// Members of groups that only let people ask (no rule, role, review or ownership names them) who have used nothing of what it lets them ask for. A group that is to go, or
    /// whose entitlements are, is left alone.
    /// </summary>
    private static IReadOnlyList<(string, string)> IdleMembers(PeopleDirectory directory, IReadOnlyList<EntitlementReview> reviews, DateTimeOffset since)
    {
        var named = Named(directory.Catalog);
        var byGroup = reviews.SelectMany(r => r.Entitlement.Eligible.Select(g => (Group: g, Review: r))).ToLookup(x => x.Group, x => x.Review, StringComparer.Ordinal);
        var idle = new List<(string, string)>();
        foreach (var of in byGroup.Where(g => !named.Contains(g.Key) && !directory.IsOnCall(g.Key) && !directory.IsUnknown(g.Key)).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var users = of.SelectMany(r => r.Uses).Where(u => u.UsedAt >= since).Select(u => u.Person).ToHashSet(StringComparer.Ordinal);
            if (directory.MembersOf(of.Key).Any(users.Contains))
                idle.AddRange(directory.MembersOf(of.Key).Where(m => !users.Contains(m)).Order(StringComparer.Ordinal).Select(m => (of.Key, m)));
        }

        return idle;
    }

    private static HashSet<string> Named(CatalogSnapshot catalog) =>
    [
        .. catalog.Roles.Values.SelectMany(r => r),
        .. catalog.Entitlements.Values.SelectMany(e => e.Approval.Stages).SelectMany(s => s.AnyOf).SelectMany(a => a.Clauses).SelectMany(c => new[] { c.Group, c.EscalateTo }).OfType<string>(),
        .. catalog.Entitlements.Values.Select(e => e.Approval.Auto?.OnCall).OfType<string>(),
        .. catalog.Entitlements.Values.Select(e => e.BreakGlass).OfType<BreakGlassRule>().SelectMany(b => b.Eligible.Append(b.ReviewGroup)),
        .. catalog.Entitlements.Values.Select(e => e.Owner).OfType<string>(),
    ];

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

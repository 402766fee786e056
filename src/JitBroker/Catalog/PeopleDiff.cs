using System.Globalization;
using JitBroker.Policy;

namespace JitBroker.Catalog;

/// <summary>Who may do something under one catalog and not under the other.</summary>
/// <param name="What"><c>ask</c>, <c>approve</c>, <c>break_glass</c> or <c>review</c> of an entitlement, or <c>role</c>.</param>
/// <param name="Name">The entitlement's or the role's.</param>
/// <param name="More">Canonical e-mails, in order.</param>
/// <param name="Fewer">The same.</param>
public sealed record PeopleChange(string What, string Name, IReadOnlyList<string> More, IReadOnlyList<string> Fewer)
{
    /// <summary><c>14 more people may ask for prod-db:write</c>; <c>1 more and 2 fewer people can approve prod-db:write</c>.</summary>
    public string Text
    {
        get
        {
            var counts = (More.Count, Fewer.Count) switch
            {
                (var more, 0) => string.Create(CultureInfo.InvariantCulture, $"{more} more"),
                (0, var fewer) => string.Create(CultureInfo.InvariantCulture, $"{fewer} fewer"),
                var (more, fewer) => string.Create(CultureInfo.InvariantCulture, $"{more} more and {fewer} fewer"),
            };
            var may = What switch
            {
                "ask" => "may ask for",
                "approve" => "can approve",
                "break_glass" => "may take in an emergency",
                "review" => "review emergencies of",
                _ => Fewer.Count + More.Count == 1 ? "is" : "are",
            };
            return $"{counts} {(More.Count + Fewer.Count == 1 ? "person" : "people")} {may} {Name}";
        }
    }
}

/// <summary>
/// The difference between two catalogs told in people: what a change of groups, eligibility and rules comes to. Those on call at the moment are not counted: no catalog says who
/// they are. Pure.
/// </summary>
public static class PeopleDiff
{
    public static IReadOnlyList<PeopleChange> Of(CatalogSnapshot before, CatalogSnapshot after) =>
    [
        .. Names(before.Entitlements.Keys, after.Entitlements.Keys).SelectMany(name => OfEntitlement(name, before, after)),
        .. Names(before.Roles.Keys, after.Roles.Keys).Select(name => Compare("role", name, Members(before, before.Roles.GetValueOrDefault(name)), Members(after, after.Roles.GetValueOrDefault(name)))).OfType<PeopleChange>(),
    ];

    private static IEnumerable<PeopleChange> OfEntitlement(string name, CatalogSnapshot before, CatalogSnapshot after)
    {
        var (was, isNow) = (before.Entitlements.GetValueOrDefault(name), after.Entitlements.GetValueOrDefault(name));
        PeopleChange?[] changes =
        [
            Compare("ask", name, Members(before, was?.Eligible), Members(after, isNow?.Eligible)),
            Compare("approve", name, Members(before, Deciders(was)), Members(after, Deciders(isNow))),
            Compare("break_glass", name, Members(before, was?.BreakGlass?.Eligible), Members(after, isNow?.BreakGlass?.Eligible)),
            Compare("review", name, Members(before, Reviewers(was)), Members(after, Reviewers(isNow))),
        ];
        return changes.OfType<PeopleChange>();
    }

    private static IReadOnlyList<string>? Deciders(Entitlement? entitlement) => entitlement is null
        ? null
        : [.. Escalations.OfAll(entitlement.Approval).Stages.SelectMany(s => s.AnyOf).SelectMany(a => a.Clauses).SelectMany(c => c.Groups).Distinct(StringComparer.Ordinal)];

    private static IReadOnlyList<string>? Reviewers(Entitlement? entitlement) => entitlement?.BreakGlass is { } emergency ? [emergency.ReviewGroup] : null;

    private static PeopleChange? Compare(string what, string name, HashSet<string> before, HashSet<string> after)
    {
        var (more, fewer) = (after.Except(before).Order(StringComparer.Ordinal).ToList(), before.Except(after).Order(StringComparer.Ordinal).ToList());
        return more.Count + fewer.Count == 0 ? null : new PeopleChange(what, name, more, fewer);
    }

    private static HashSet<string> Members(CatalogSnapshot catalog, IReadOnlyList<string>? groups) =>
        [.. (groups ?? []).Where(catalog.Groups.ContainsKey).SelectMany(g => catalog.Groups[g].Members)];

    private static IEnumerable<string> Names(IEnumerable<string> before, IEnumerable<string> after) => before.Union(after, StringComparer.Ordinal).Order(StringComparer.Ordinal);
}

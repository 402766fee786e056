using System.Globalization;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;

namespace JitBroker.Catalog;

public enum CatalogChangeKind
{
    Added,
    Removed,
    Changed,
}

/// <summary>One difference. <paramref name="Section"/> is a section of the catalog; <paramref name="Text"/> says what became of what, empty for what was added or removed whole.</summary>
public sealed record CatalogChange(CatalogChangeKind Kind, string Section, string Name, string Text);

/// <summary>What is different between two catalogs, in words, section by section and in name order. Pure.</summary>
public static class CatalogDiff
{
    public static IReadOnlyList<CatalogChange> Of(CatalogSnapshot before, CatalogSnapshot after)
    {
        var (was, isNow) = (PeopleDirectory.Of(before), PeopleDirectory.Of(after));
        return
        [
            .. Compare("people", before.People, after.People, p => [("name", p.Person.Name), ("accounts", Join(p.Identities.Select(i => $"{i.Surface} {i.Tenant}/{i.Id}")))]),
            .. Compare("groups", before.Groups, after.Groups, Parts),
            .. Compare("roles", before.Roles, after.Roles, r => [("groups", Join(r))]),
            .. Compare("issuers", before.Issuers, after.Issuers, i => [("kind", i.Kind), ("settings", i.Settings), ("concurrency", Number(i.Concurrency))]),
            .. Compare("entitlements", before.Entitlements, after.Entitlements, e => Parts(e, was), e => Parts(e, isNow)),
            .. Compare("bundles", before.Bundles, after.Bundles, b => [("entitlements", string.Join(", ", b))]),
        ];
    }

    private static (string, string)[] Parts(Group group) =>
        [("members", Join(group.Members)), ("schedule", group.Schedule is { } schedule ? $"{schedule.Kind} {schedule.Id} {schedule.Api} {schedule.Token}" : "none"), ("scim", group.Scim is { } scim ? $"{scim.Client} {scim.Group}".Trim() : "none")];

    private static (string, string)[] Parts(Entitlement entitlement, PeopleDirectory directory) =>
    [
        ("title", entitlement.Title),
        ("issuer", entitlement.Issuer),
        ("grants", entitlement.Grants),
        ("risk", entitlement.Risk.ToString()),
        ("owner", entitlement.Owner ?? "nobody"),
        ("hidden", entitlement.Hidden ? "yes" : "no"),
        ("eligible", Join(entitlement.Eligible)),
        ("duration", $"{Durations.Human(entitlement.Duration.Min)} to {Durations.Human(entitlement.Duration.Max)}, {Durations.Human(entitlement.Duration.Default)} unless asked"),
        ("pending", Durations.Human(entitlement.PendingFor)),
        ("leases", Number(entitlement.LeaseLimit)),
        ("reason", $"{(entitlement.Reason.Required ? "required" : "optional")} {entitlement.Reason.Pattern} {entitlement.Reason.Hint}".Trim()),
        ("channel", $"{entitlement.Channel.Slack} {entitlement.Channel.Teams}".Trim()),
        ("approval", RuleText.Of(entitlement.Approval, null, directory)),
        ("approval, in full", RequestContent.RuleText(entitlement.Approval)),
        ("extensions", Number(entitlement.MaxExtensions)),
        ("break-glass", entitlement.BreakGlass is { } glass ? $"{Join(glass.Eligible)}, {Durations.Human(glass.Max)}, review by {glass.ReviewGroup} within {Durations.Human(glass.ReviewWithin)}" : "none"),
    ];

    private static IEnumerable<CatalogChange> Compare<T>(string section, IReadOnlyDictionary<string, T> before, IReadOnlyDictionary<string, T> after, Func<T, (string Name, string Value)[]> parts) =>
        Compare(section, before, after, parts, parts);

    private static IEnumerable<CatalogChange> Compare<T>(
        string section, IReadOnlyDictionary<string, T> before, IReadOnlyDictionary<string, T> after, Func<T, (string Name, string Value)[]> was, Func<T, (string Name, string Value)[]> isNow)
    {
        foreach (var name in before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (inBefore, inAfter) = (before.TryGetValue(name, out var old), after.TryGetValue(name, out var next));
            if (!inAfter)
                yield return new CatalogChange(CatalogChangeKind.Removed, section, name, "");
            else if (!inBefore)
                yield return new CatalogChange(CatalogChangeKind.Added, section, name, "");
            else if (Different(was(old!), isNow(next!)) is { Length: > 0 } text)
                yield return new CatalogChange(CatalogChangeKind.Changed, section, name, text);
        }
    }

    /// <summary>The rule in full only where its words do not tell the difference.</summary>
    private static string Different((string Name, string Value)[] was, (string Name, string Value)[] isNow)
    {
        var changed = was.Zip(isNow).Where(p => p.First.Value != p.Second.Value).ToList();
        if (changed.Any(c => c.First.Name == "approval"))
            changed.RemoveAll(c => c.First.Name == "approval, in full");
        return string.Join("; ", changed.Select(c => $"{c.First.Name}: {Shown(c.First.Value)} → {Shown(c.Second.Value)}"));
    }

    private static string Shown(string value) => value.Length == 0 ? "(nothing)" : value;

    private static string Join(IEnumerable<string> items) => string.Join(", ", items.Order(StringComparer.Ordinal));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}

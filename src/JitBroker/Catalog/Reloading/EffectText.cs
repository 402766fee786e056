using System.Globalization;
using JitBroker.Grants;
using JitBroker.People;

namespace JitBroker.Catalog.Reloading;

/// <summary>What a catalog would do, in sentences. Names come from catalogs and are not escaped here.</summary>
public static class EffectText
{
    private const int Shown = 20;

    /// <param name="names">Knows the people by name: the catalog in force.</param>
    /// <returns>One sentence a line; one line that it would do nothing of the kind, when that is so.</returns>
    public static IReadOnlyList<string> Of(CatalogEffect effect, CatalogSnapshot names)
    {
        var directory = PeopleDirectory.Of(names);
        var lines = new List<string>();
        Add(lines, effect.Ends.Count, "It would end 1 live grant:", "It would end {0} live grants:", effect.Ends.Select(e => Of(e, directory)));
        Add(lines, effect.DropsEntitlements.Count, "It would drop 1 entitlement:", "It would drop {0} entitlements:", effect.DropsEntitlements, names.Entitlements.Count);
        Add(lines, effect.DropsPeople.Count, "It would drop 1 person:", "It would drop {0} people:", effect.DropsPeople.Select(e => Name(e, directory)), names.People.Count);
        return lines.Count > 0 ? lines : ["It would end no live grant and drop neither an entitlement nor a person."];
    }

    private static string Of(NotCarried end, PeopleDirectory directory) =>
        $"{end.Grant.Entitlement} of {Name(end.Grant.Holder, directory)} ({end.Because.TrimEnd('.')})";

    private static string Name(string email, PeopleDirectory directory) => directory.Find(email) is { } person && person.Name != email ? $"{person.Name} <{email}>" : email;

    private static void Add(List<string> lines, int count, string one, string many, IEnumerable<string> items, int? of = null)
    {
        if (count == 0)
            return;
        var begin = count == 1 ? one : string.Format(CultureInfo.InvariantCulture, many, count);
        if (of is { } all)
            begin = string.Create(CultureInfo.InvariantCulture, $"{begin.TrimEnd(':')} of {all}:");
        var more = count > Shown ? string.Create(CultureInfo.InvariantCulture, $" and {count - Shown} more") : "";
        lines.Add($"{begin} {string.Join(", ", items.Take(Shown))}{more}.");
    }
}

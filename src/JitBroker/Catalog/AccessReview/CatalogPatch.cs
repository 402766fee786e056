using JitBroker.Catalog.Loading;

namespace JitBroker.Catalog.AccessReview;

/// <summary>A change of the catalog's text that removes what a review proposes.</summary>
/// <param name="Diff">Unified, for <c>patch -p1</c> or <c>git apply</c>; empty when there is nothing to remove.</param>
/// <param name="ByHand">What is proposed and could not be cut out of the text as it is written.</param>
public sealed record CatalogPatched(string Diff, IReadOnlyList<string> ByHand);

/// <summary>
/// Cuts what is to go out of the text as somebody wrote it, remarks and order kept, and proves the outcome: the patched catalog must load, and be without what was cut. What does not
/// pass is left out and named. Pure.
/// </summary>
public static class CatalogPatch
{
    /// <summary>Most cuts that are tried one by one when they do not pass together.</summary>
    private const int MostTried = 50;

    public static CatalogPatched Of(CatalogSnapshot catalog, AccessReviewed review, CatalogOptions options)
    {
        var before = CatalogText.Split(catalog.Text);
        var cuts = Cuts(review).ToList();
        var (after, byHand) = Apply(before, cuts, options);
        if (byHand.Count == cuts.Count && cuts.Count > 1)
            (after, byHand) = OneByOne(before, cuts, options);
        return new CatalogPatched(string.Concat(before.Zip(after).Select(p => UnifiedDiff.Of(p.First.File, p.First.Text, p.Second.Text))), [.. byHand.Select(c => c.Says)]);
    }

    private static IEnumerable<Cut> Cuts(AccessReviewed review)
    {
        foreach (var (name, proposal) in review.Entitlements.SelectMany(e => e.Proposals.Where(p => p.Remove).Select(p => (e.Entitlement.Name, p))))
        {
            yield return proposal.What == "entitlement"
                ? new Cut(["entitlements", name], null, $"entitlement {name}", c => !c.Entitlements.ContainsKey(name))
                : new Cut(["entitlements", name, "eligible"], proposal.Name, $"{proposal.Name} from eligible of {name}", c => c.Entitlements.TryGetValue(name, out var e) && !e.Eligible.Contains(proposal.Name, StringComparer.Ordinal));
        }

        foreach (var cut in OfBundles(review))
            yield return cut;
        foreach (var (group, person) in review.PeopleToRemove)
            yield return new Cut(["groups", group, "members"], person, $"{person} from group {group}", c => c.Groups.TryGetValue(group, out var g) && !g.Members.Contains(person));
    }

    /// <summary>A bundle of fewer than two has no meaning left.</summary>
    private static IEnumerable<Cut> OfBundles(AccessReviewed review)
    {
        var gone = review.Entitlements.Where(e => e.Proposals.Any(p => p is { Remove: true, What: "entitlement" })).Select(e => e.Entitlement.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var (bundle, members) in review.Bundles.Where(b => b.Value.Any(gone.Contains)).OrderBy(b => b.Key, StringComparer.Ordinal))
        {
            if (members.Count(m => !gone.Contains(m)) < 2)
                yield return new Cut(["bundles", bundle], null, $"bundle {bundle}", c => !c.Bundles.ContainsKey(bundle));
            else
                foreach (var member in members.Where(gone.Contains))
                    yield return new Cut(["bundles", bundle], member, $"{member} from bundle {bundle}", c => !c.Bundles[bundle].Contains(member, StringComparer.Ordinal));
        }
    }

    /// <summary>All that can be cut at once, from the bottom up; all of them are left by hand when the outcome is not as it should be.</summary>
    private static (IReadOnlyList<CatalogSource> After, List<Cut> ByHand) Apply(IReadOnlyList<CatalogSource> before, List<Cut> cuts, CatalogOptions options)
    {
        var lines = before.Select(s => s.Text.Split('\n').ToList()).ToList();
        var roots = before.Select(s => YamlTree.Read(s, new Problems()) as YamlMap).ToList();
        var places = cuts.Select(c => (Cut: c, Place: c.Find(roots))).ToList();
        var byHand = places.Where(p => p.Place is null).Select(p => p.Cut).ToList();
        foreach (var (cut, place) in places.Where(p => p.Place is not null).Select(p => (p.Cut, p.Place!)).OrderByDescending(p => p.Item2.At.Line).ThenByDescending(p => p.Item2.At.Column))
        {
            if (!(place.List is null ? YamlCuts.Entry(lines[place.Source], (YamlScalar)place.At) : YamlCuts.Item(lines[place.Source], place.List, place.At)))
                byHand.Add(cut);
        }

        IReadOnlyList<CatalogSource> after = [.. before.Select((s, i) => s with { Text = string.Join('\n', lines[i]) })];
        var loaded = CatalogLoader.Load(after, options with { Secrets = null }).Snapshot;
        return loaded is not null && cuts.Except(byHand).All(c => c.IsIn(loaded)) ? (after, byHand) : (before, cuts);
    }

    private static (IReadOnlyList<CatalogSource> After, List<Cut> ByHand) OneByOne(IReadOnlyList<CatalogSource> before, List<Cut> cuts, CatalogOptions options)
    {
        var (after, byHand) = (before, cuts.Skip(MostTried).ToList());
        foreach (var cut in cuts.Take(MostTried))
        {
            var (next, left) = Apply(after, [cut], options);
            (after, byHand) = left.Count == 0 ? (next, byHand) : (after, [.. byHand, cut]);
        }

        return (after, byHand);
    }

    /// <summary>Where something is cut: the key of an entry, or an item of a list.</summary>
    private sealed record Place(int Source, YamlNode At, YamlList? List);

    /// <param name="Path">Keys from the top to a map's entry.</param>
    /// <param name="Item">The item of the list that stands there; null: the entry itself goes.</param>
    /// <param name="IsIn">Whether a catalog is without it.</param>
    private sealed record Cut(IReadOnlyList<string> Path, string? Item, string Says, Func<CatalogSnapshot, bool> IsIn)
    {
        /// <summary>Null when it is not there, or would leave a list empty.</summary>
        public Place? Find(IReadOnlyList<YamlMap?> roots)
        {
            for (var source = 0; source < roots.Count; source++)
            {
                if (roots[source] is not { } root || Entry(root) is not var (key, value))
                    continue;
                if (Item is null)
                    return new Place(source, key, null);
                return value is YamlList { Items.Count: > 1 } list && YamlCuts.IndexOf(list, Item) is >= 0 and var at ? new Place(source, list.Items[at], list) : null;
            }

            return null;
        }

        private (YamlScalar Key, YamlNode Value)? Entry(YamlMap root)
        {
            (YamlScalar Key, YamlNode Value)? found = null;
            YamlNode node = root;
            foreach (var key in Path)
            {
                if (node is not YamlMap map || map.Entries.ToList().FindIndex(e => e.Key.Text == key) is not (>= 0 and var at))
                    return null;
                found = map.Entries[at];
                node = map.Entries[at].Value;
            }

            return found;
        }
    }
}

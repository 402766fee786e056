using System.Collections.Frozen;
using JitBroker.Audit;
using JitBroker.Catalog.Kinds;
using JitBroker.Catalog.Loading;
using JitBroker.People;

namespace JitBroker.Catalog;

/// <summary>
/// Reads a catalog (contract §3) and validates it as a whole: a snapshot that may come into force, or every problem at once with file, line, path, value
/// and remedy. Never throws for any input. Touches nothing but the catalog's files and, to see that they exist, its secrets.
/// </summary>
public static class CatalogLoader
{
    private static readonly string[] RoleNames = ["admin", "auditor", "operator"];

    /// <param name="path">A file, or a folder whose <c>*.yaml</c> and <c>*.yml</c> are merged in name order.</param>
    /// <param name="options">What to check against.</param>
    public static CatalogLoadResult Load(string path, CatalogOptions options)
    {
        var (sources, problem) = CatalogFiles.Read(path);
        return problem is null ? Load(sources, options) : new CatalogLoadResult(null, [problem]);
    }

    /// <summary>The same from texts at hand, merged in the order given.</summary>
    public static CatalogLoadResult Load(IReadOnlyList<CatalogSource> sources, CatalogOptions options)
    {
        var problems = new Problems();
        foreach (var large in sources.Where(s => s.Text.Length > CatalogFiles.Largest))
            problems.Add(large.File, 0, 0, "", null, "The file is larger than 5 MB", "Split it into several files in a folder.");
        if (!problems.None)
            return new CatalogLoadResult(null, problems.All());
        var snapshot = Build(sources, options, problems);
        return problems.None ? new CatalogLoadResult(snapshot, []) : new CatalogLoadResult(null, problems.All());
    }

    private static CatalogSnapshot Build(IReadOnlyList<CatalogSource> sources, CatalogOptions options, Problems problems)
    {
        var sections = Sections.Merge(sources, problems);
        var checks = new CatalogChecks(options);
        var people = new PeopleReader(sections, checks).Read();
        var references = new References(sections.Of("groups"));
        var issuers = Issuers(sections, checks);
        var reader = new EntitlementReader(issuers, references, checks);
        var entitlements = sections.Of("entitlements").Select(e => (Field: e.Value, Read: reader.Read(e.Key, e.Value))).Where(e => e.Read is not null).ToList();
        var text = CatalogText.Of(sources);
        var snapshot = new CatalogSnapshot
        {
            Hash = CatalogText.Hash(text),
            Text = text,
            People = people.People,
            Groups = people.Groups,
            Roles = Roles(sections, references),
            Issuers = issuers.ToFrozenDictionary(StringComparer.Ordinal),
            Entitlements = entitlements.ToFrozenDictionary(e => e.Read!.Name, e => e.Read!, StringComparer.Ordinal),
            Bundles = Bundles(sections),
            Identities = people.Identities,
        };
        var rules = new RuleChecks(PeopleDirectory.Of(snapshot));
        foreach (var (field, read) in entitlements)
            rules.Check(read!, field);
        return snapshot;
    }

    private static FrozenDictionary<string, IReadOnlyList<string>> Roles(Sections sections, References references)
    {
        var roles = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (name, field) in sections.Of("roles"))
        {
            if (RoleNames.Contains(name, StringComparer.Ordinal))
                roles[name] = references.Groups(field, mayBeEmpty: true);
            else
                field.FaultHere($"\"{name}\" is not a role", NearestName.Of(name, RoleNames) is { } near ? $"Did you mean {near}?" : "The roles are admin, auditor and operator.");
        }

        return roles.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static Dictionary<string, IssuerDefinition> Issuers(Sections sections, CatalogChecks checks)
    {
        var issuers = new Dictionary<string, IssuerDefinition>(StringComparer.Ordinal);
        foreach (var (name, field) in sections.Of("issuers"))
        {
            if (!Shapes.IsName(name, field) || field.Map("an issuer { kind, … }") is not { } map)
                continue;
            var kind = map.Need("kind", $"One of {string.Join(", ", IssuerKinds.Names)}.")?.OneOf(IssuerKinds.Names);
            issuers[name] = new IssuerDefinition(name, kind ?? "", "{}");
            if (kind is null || IssuerKinds.Find(kind) is not { } known)
                continue;
            var concurrency = map.Take("concurrency")?.Integer(1, 64) ?? IssuerDefinition.DefaultConcurrency;
            issuers[name] = new IssuerDefinition(name, kind, CanonicalJson.Of(known.Settings(map, checks))) { Concurrency = concurrency };
            map.Close();
        }

        return issuers;
    }

    private static FrozenDictionary<string, IReadOnlyList<string>> Bundles(Sections sections)
    {
        var bundles = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        var entitlements = sections.Of("entitlements");
        foreach (var (name, field) in sections.Of("bundles"))
        {
            if (!Shapes.IsName(name, field))
                continue;
            if (entitlements.ContainsKey(name))
                field.FaultHere($"\"{name}\" is an entitlement too", "Rename the bundle.");
            bundles[name] = Bundle(field, entitlements);
        }

        return bundles.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static List<string> Bundle(Field field, IReadOnlyDictionary<string, Field> entitlements)
    {
        var items = field.List("a list of entitlements");
        if (field.Node is YamlList && items.Count is < 2 or > 20)
            field.FaultHere("A bundle has 2 to 20 entitlements", "Add or remove some.");
        var names = new List<string>();
        foreach (var item in items)
        {
            if (item.Text() is not { } name)
                continue;
            if (!entitlements.ContainsKey(name))
                item.Fault("is not an entitlement of this catalog", NearestName.Of(name, entitlements.Keys) is { } near ? $"Did you mean {near}?" : "Define it under entitlements.");
            else if (names.Contains(name, StringComparer.Ordinal))
                item.Fault("stands in this bundle twice", "Remove one.");
            else
                names.Add(name);
        }

        return names;
    }
}

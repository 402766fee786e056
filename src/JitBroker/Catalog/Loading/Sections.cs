namespace JitBroker.Catalog.Loading;

/// <summary>The top-level sections of all files, merged: names keep the place they were written at, and a name in two files is a problem.</summary>
internal sealed class Sections
{
    private static readonly string[] Maps = ["groups", "roles", "issuers", "entitlements", "bundles"];

    private readonly Dictionary<string, Dictionary<string, Field>> _maps = Maps.ToDictionary(m => m, _ => new Dictionary<string, Field>(StringComparer.Ordinal), StringComparer.Ordinal);

    public List<Field> People { get; } = [];

    /// <summary>Name to value, of one section.</summary>
    public IReadOnlyDictionary<string, Field> Of(string section) => _maps[section];

    public static Sections Merge(IEnumerable<CatalogSource> sources, Problems problems)
    {
        var merged = new Sections();
        foreach (var source in sources)
        {
            if (YamlTree.Read(source, problems) is { } root)
                merged.Add(new Field(source.File, root, null, "", problems));
        }

        return merged;
    }

    private void Add(Field root)
    {
        if (root.Node is not YamlMap yaml)
        {
            root.FaultHere("A catalog is a map", $"Begin with one of people, {string.Join(", ", Maps)}.");
            return;
        }

        var map = new FieldMap(root, yaml);
        foreach (var (_, section) in map.All().Where(e => !e.Value.IsNull && e.Key == "people"))
            People.AddRange(section.List("a list of people"));
        map.Known("people");
        foreach (var name in Maps)
        {
            map.Known(name);
            foreach (var (_, section) in map.All().Where(e => !e.Value.IsNull && e.Key == name))
                AddEntries(name, section);
        }

        map.Close();
    }

    private void AddEntries(string section, Field field)
    {
        foreach (var (name, value) in field.Map("a map of names")?.All() ?? [])
        {
            if (!_maps[section].TryAdd(name, value))
                value.FaultHere($"\"{name}\" is defined in {_maps[section][name].File}:{_maps[section][name].Line} too", "Keep one of them.");
        }
    }
}

using System.Collections.Frozen;
using System.Globalization;
using JitBroker.Catalog;
using JitBroker.People;

namespace JitBroker.Tests.Sequences;

/// <summary>Who is who, as the oracle keeps it: plain sets, changed by hand. From it the broker's catalog is made; nothing is read back from there.</summary>
internal sealed class Model
{
    public const int Entitlements = 2;

    public static readonly string[] Names = ["ana", "bea", "cy", "dan", "eli", "fay"];

    public static readonly string[] GroupNames = ["askers", "owners", "security", "platform", "oncall"];

    private readonly string _prefix;
    private readonly Dictionary<string, HashSet<string>> _groups = new(StringComparer.Ordinal);
    private readonly HashSet<string> _active;
    private readonly Rule[] _rules;
    private readonly int[] _grants = new int[Entitlements];
    private int _changes;

    /// <param name="prefix">Before every name, so that sequences share a database and nothing else.</param>
    public Model(string prefix, Scene scene)
    {
        _prefix = prefix;
        People = [.. Names.Select(n => $"{prefix}{n}@example.com")];
        _active = [.. People];
        _rules = [.. scene.Rules.Select(r => Rule.Known[r])];
        for (var g = 0; g < GroupNames.Length; g++)
            _groups[GroupNames[g]] = [.. People.Where((_, p) => (scene.Members[g] & (1 << p)) != 0)];
        Accounts = [.. People, .. People.Take(3)];
    }

    public IReadOnlyList<string> People { get; }

    /// <summary>Whose each account is: one for each person and a second one for some; null: nobody's.</summary>
    public List<string?> Accounts { get; }

    public IReadOnlyList<string> EntitlementNames => [.. Enumerable.Range(0, Entitlements).Select(e => $"{_prefix}e{e.ToString(CultureInfo.InvariantCulture)}")];

    public static Identity IdentityOf(string prefix, int account) => new(account < Names.Length ? "slack" : "teams", "T0EX", $"{prefix}{account.ToString(CultureInfo.InvariantCulture)}");

    public Identity IdentityOf(int account) => IdentityOf(_prefix, account);

    public bool IsActive(string person) => _active.Contains(person);

    public bool IsIn(string group, string person) => _active.Contains(person) && _groups[group].Contains(person);

    public Rule RuleOf(int entitlement) => _rules[entitlement];

    public int GrantsOf(int entitlement) => _grants[entitlement];

    public void Join(string person, string group) => _groups[group].Add(person);

    public void Leave(string person, string group) => _groups[group].Remove(person);

    public void Deactivate(string person) => _active.Remove(person);

    public void Return(string person) => _active.Add(person);

    public void Change(int entitlement, Rule rule) => _rules[entitlement] = rule;

    public void ChangeGrants(int entitlement) => _grants[entitlement]++;

    public CatalogSnapshot ToCatalog()
    {
        var people = People.Where(IsActive).ToDictionary(p => p, Entry, StringComparer.Ordinal);
        return CatalogSnapshot.Empty with
        {
            Hash = $"{_prefix}{(++_changes).ToString(CultureInfo.InvariantCulture)}",
            People = people.ToFrozenDictionary(StringComparer.Ordinal),
            Identities = people.Values.SelectMany(p => p.Identities.Select(i => (i, p.Person))).ToFrozenDictionary(x => x.i, x => x.Person),
            Groups = _groups.ToFrozenDictionary(g => g.Key, g => new Group(g.Key, g.Value.Where(IsActive).ToFrozenSet(StringComparer.Ordinal), null), StringComparer.Ordinal),
            Issuers = new[] { new IssuerDefinition("door", "http", "{}") }.ToFrozenDictionary(i => i.Name, StringComparer.Ordinal),
            Entitlements = EntitlementNames.Select(Entitlement).ToFrozenDictionary(e => e.Name, StringComparer.Ordinal),
        };
    }

    private PersonEntry Entry(string person) =>
        new(new Person(person, person.Split('@')[0]), [.. Enumerable.Range(0, Accounts.Count).Where(a => Accounts[a] == person).Select(IdentityOf)]);

    private Entitlement Entitlement(string name, int index) => new()
    {
        Name = name,
        Title = name,
        Issuer = "door",
        Grants = $$"""{"resource":"r{{_grants[index].ToString(CultureInfo.InvariantCulture)}}"}""",
        Eligible = ["askers"],
        Duration = new DurationLimits(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(30), Oracle.Longest),
        PendingFor = Oracle.Pending,
        Reason = new ReasonRule(false, null, null),
        Approval = _rules[index].ToCatalog(),
        MaxExtensions = Oracle.MostExtensions,
        BreakGlass = new BreakGlassRule(["oncall"], Oracle.LongestEmergency, "security", TimeSpan.FromDays(1)),
    };
}

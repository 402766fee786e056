using System.Collections.Frozen;
using System.Globalization;
using JitBroker.Catalog;
using JitBroker.People;

namespace JitBroker.Tests.Sequences;

/// <summary>Who is who, as the oracle keeps it: plain sets, changed by hand. From it the broker's catalog is made; nothing is read back from there.</summary>
internal sealed class Model
{
    public const int Entitlements = 2;

    private const int Strangers = 3;

    public static readonly string[] Names = ["ana", "bea", "cy", "dan", "eli", "fay"];

    public static readonly string[] GroupNames = ["askers", "owners", "security", "platform", "oncall"];

    private readonly string _prefix;
    private readonly Dictionary<string, HashSet<string>> _groups = new(StringComparer.Ordinal);
    private readonly HashSet<string> _active;
    private readonly Rule[] _rules;
    private readonly int[] _grants = new int[Entitlements];
    private readonly Dictionary<(string Person, int Client), bool> _pushed = [];
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
        Accounts = [.. People, .. People.Take(3), .. Enumerable.Repeat((string?)null, Strangers)];
        Links = new string?[Accounts.Count];
    }

    public IReadOnlyList<string> People { get; }

    /// <summary>Whose each account is by the catalog: one for each person, a second one for some, and a few that are nobody's; null: nobody's.</summary>
    public List<string?> Accounts { get; }

    /// <summary>Whom each account was linked to; null: nobody.</summary>
    public string?[] Links { get; }

    /// <summary>Accounts that were linked to somebody at any time.</summary>
    public HashSet<int> EverLinked { get; } = [];

    public IReadOnlyList<string> EntitlementNames => [.. Enumerable.Range(0, Entitlements).Select(e => $"{_prefix}e{e.ToString(CultureInfo.InvariantCulture)}")];

    public static Identity IdentityOf(string prefix, int account) => new(account < Names.Length ? "slack" : "teams", "T0EX", $"{prefix}{account.ToString(CultureInfo.InvariantCulture)}");

    public Identity IdentityOf(int account) => IdentityOf(_prefix, account);

    /// <summary>Named by the catalog or sent by a SCIM client, and taken away by none.</summary>
    public bool IsActive(string person) => !IsTakenAway(person) && (_active.Contains(person) || _pushed.Any(p => p.Key.Person == person));

    public bool IsIn(string group, string person) => _active.Contains(person) && !IsTakenAway(person) && _groups[group].Contains(person);

    /// <summary>Whom whoever acts with this account is; null: nobody.</summary>
    public string? WhoIs(int account)
    {
        var named = Accounts[account] is { } person && _active.Contains(person) ? person : null;
        var isAgreed = named is null || Links[account] is null || named == Links[account];
        return isAgreed && (named ?? Links[account]) is { } one && IsActive(one) ? one : null;
    }

    /// <summary>Nobody says whose the account is.</summary>
    public bool IsFree(int account) => Links[account] is null && !(Accounts[account] is { } person && _active.Contains(person));

    /// <summary>Who would act with it if everybody were here.</summary>
    public string? HolderOf(int account) => Accounts[account] ?? Links[account];

    /// <summary>What a SCIM client says of them; null: nothing.</summary>
    public bool? IsPushed(string person, int client) => _pushed.TryGetValue((person, client), out var active) ? active : null;

    public void Push(string person, int client, bool active) => _pushed[(person, client)] = active;

    private bool IsTakenAway(string person) => _pushed.Any(p => p.Key.Person == person && !p.Value);

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
        var people = People.Where(_active.Contains).ToDictionary(p => p, Entry, StringComparer.Ordinal);
        return CatalogSnapshot.Empty with
        {
            Hash = $"{_prefix}{(++_changes).ToString(CultureInfo.InvariantCulture)}",
            People = people.ToFrozenDictionary(StringComparer.Ordinal),
            Identities = people.Values.SelectMany(p => p.Identities.Select(i => (i, p.Person))).ToFrozenDictionary(x => x.i, x => x.Person),
            Groups = _groups.ToFrozenDictionary(g => g.Key, g => new Group(g.Key, g.Value.Where(_active.Contains).ToFrozenSet(StringComparer.Ordinal), null), StringComparer.Ordinal),
            Roles = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["admin"] = ["platform"] }.ToFrozenDictionary(StringComparer.Ordinal),
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

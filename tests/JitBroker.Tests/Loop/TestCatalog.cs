using System.Collections.Frozen;
using JitBroker.Catalog;
using JitBroker.People;

namespace JitBroker.Tests.Loop;

/// <summary>
/// The people and entitlements of the core's tests, built without YAML: Ana and Cy ask; Bea, Dan and Eli own the data; Eli alone is security; Dan is admin.
/// </summary>
public static class TestCatalog
{
    public const string Logs = "logs:read";
    public const string Two = "logs:two";
    public const string Auto = "logs:auto";
    public const string Staged = "logs:staged";

    public static readonly IReadOnlyList<string> DataOwners = ["bea@example.com", "dan@example.com", "eli@example.com"];

    public static CatalogSnapshot Of(params Func<Entitlement, Entitlement>[] changes) => With(DataOwners, changes);

    /// <param name="owners">Members of data-owners.</param>
    /// <param name="changes">Applied to each entitlement in turn.</param>
    public static CatalogSnapshot With(IReadOnlyList<string> owners, params Func<Entitlement, Entitlement>[] changes)
    {
        var people = new[] { "ana", "bea", "cy", "dan", "eli" }.ToDictionary(n => n + "@example.com", Entry, StringComparer.Ordinal);
        for (var i = 0; i < 80; i++)
            people[$"owner{i}@example.com"] = Entry($"owner{i}");
        Group[] groups =
        [
            new("engineering", Set("ana@example.com", "cy@example.com"), null),
            new("data-owners", owners.ToFrozenSet(StringComparer.Ordinal), null),
            new("security", Set("eli@example.com"), null),
            new("platform", Set("dan@example.com"), null),
        ];
        Entitlement[] entitlements =
        [
            Entitlement(Logs, Rule(new Clause("data-owners", 1))),
            Entitlement(Two, Rule(new Clause("data-owners", 2))),
            Entitlement(Auto, new ApprovalRule(new AutoRule(null, null, null), [])),
            Entitlement(Staged, new ApprovalRule(null, [Stage(new Clause("data-owners", 1)), Stage(new Clause("security", 1))])),
        ];
        return CatalogSnapshot.Empty with
        {
            Hash = "test",
            People = people.ToFrozenDictionary(StringComparer.Ordinal),
            Identities = people.Values.SelectMany(p => p.Identities.Select(i => (i, p.Person))).ToFrozenDictionary(x => x.i, x => x.Person),
            Groups = groups.ToFrozenDictionary(g => g.Name, StringComparer.Ordinal),
            Roles = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["admin"] = ["platform"], ["auditor"] = ["security"] }.ToFrozenDictionary(StringComparer.Ordinal),
            Issuers = new[] { new IssuerDefinition("door", "http", "{}") }.ToFrozenDictionary(i => i.Name, StringComparer.Ordinal),
            Entitlements = entitlements.Select(e => changes.Aggregate(e, (changed, change) => change(changed))).ToFrozenDictionary(e => e.Name, StringComparer.Ordinal),
        };
    }

    public static ApprovalRule Rule(params Clause[] clauses) => new(null, [Stage(clauses)]);

    private static Stage Stage(params Clause[] clauses) => new([new Alternative(clauses)]);

    private static Entitlement Entitlement(string name, ApprovalRule approval) => new()
    {
        Name = name,
        Title = "Logs",
        Issuer = "door",
        Grants = """{"resource":"logs"}""",
        Eligible = ["engineering"],
        Duration = new DurationLimits(TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), TimeSpan.FromHours(8)),
        PendingFor = TimeSpan.FromHours(4),
        Reason = new ReasonRule(true, null, null),
        Approval = approval,
    };

    private static PersonEntry Entry(string name) =>
        new(new Person(name + "@example.com", char.ToUpperInvariant(name[0]) + name[1..]), [new Identity("slack", "T0EX", "U0" + name.ToUpperInvariant())]);

    private static FrozenSet<string> Set(params string[] emails) => emails.ToFrozenSet(StringComparer.Ordinal);
}

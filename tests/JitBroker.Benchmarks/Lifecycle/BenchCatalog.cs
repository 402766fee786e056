using System.Text;
using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.Policy;

namespace JitBroker.Benchmarks.Lifecycle;

/// <summary>
/// A company of some size: everybody asks in turn, so that the broker's limits on one person stay as they ship and the counts behind them stay small.
/// </summary>
internal static class BenchCatalog
{
    public const string Entitlement = "payments-logs:read";

    /// <summary>Of an issuer that no target stands behind; see <see cref="Ack.HangingIssuer"/>.</summary>
    public const string Hanging = "door:open";

    public const string PublicUrl = "http://127.0.0.1:8080";
    public const string Team = "T0EX";
    public const string Tenant = "7f1d0f0e-0c1d-4c55-9a52-0d9a3b6c1a01";
    public const int Askers = 2000;
    private const int Approvers = 10;

    public static readonly BrokerLimits Limits = new(TimeSpan.FromHours(4), TimeSpan.FromHours(12));

    public static Person Asker(int turn) => PersonOf("asker", turn % Askers);

    public static Person Approver(int turn) => PersonOf("owner", turn % Approvers);

    public static CatalogSnapshot Load(string algorithm)
    {
        var options = new CatalogOptions { Limits = Limits, PublicUrl = PublicUrl };
        var result = CatalogLoader.Load([new CatalogSource("bench.yaml", Yaml(algorithm))], options);
        return result.Snapshot ?? throw new InvalidOperationException($"The benchmark's catalog is refused: {result.Problems[0]}");
    }

    /// <summary>The people, groups and roles, as the beginning of a catalog.</summary>
    public static string Company()
    {
        var yaml = new StringBuilder("people:\n");
        foreach (var person in People())
            yaml.Append(Entry(person));
        var askers = string.Join(", ", Enumerable.Range(0, Askers).Select(i => Asker(i).Email));
        var owners = string.Join(", ", Enumerable.Range(0, Approvers).Select(i => Approver(i).Email));
        return yaml.Append(
            $$"""
            groups:
              engineering: { members: [{{askers}}] }
              data-owners: { members: [{{owners}}] }
            roles: { admin: [data-owners] }
            """).ToString();
    }

    public static string Yaml(string algorithm) =>
        $$"""
            {{Company()}}
            issuers:
              tokens: { kind: jwt, alg: {{algorithm}}, tokenLifetime: 15m }
              door: { kind: http }
            entitlements:
              {{Entitlement}}:
                title: Payments logs
                issuer: tokens
                grants: { audience: "https://logs.example", scope: [read], verify: offline, skew: 5m }
                eligible: [engineering]
                duration: { default: 30m, max: 4h }
                reason: { required: true, pattern: '(INC|OPS)-\d+', hint: "Name a ticket, e.g. INC-42" }
                channel: { slack: C0DATA }
                approval: [ { group: data-owners, votes: 1 } ]
              {{Hanging}}:
                title: The door
                issuer: door
                grants: { resource: door }
                eligible: [engineering]
                duration: { default: 30m, max: 4h }
                approval: [ { group: data-owners, votes: 1 } ]

            """;

    /// <summary>The person's account in Slack.</summary>
    public static string AccountOf(Person person) => "U" + person.Name.ToUpperInvariant();

    /// <summary>The person's account in Entra ID: the end of the name's hash.</summary>
    public static string ObjectOf(Person person) => new Guid(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(person.Name)).AsSpan(16)).ToString();

    public static IEnumerable<Person> People() => Enumerable.Range(0, Askers).Select(Asker).Concat(Enumerable.Range(0, Approvers).Select(Approver));

    private static string Entry(Person person) => $"  - {{ email: {person.Email}, name: {person.Name}, slack: {Team}/{AccountOf(person)}, teams: {Tenant}/{ObjectOf(person)} }}\n";

    private static Person PersonOf(string kind, int number)
    {
        var name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{kind}{number:0000}");
        return new Person(name + "@example.com", name);
    }
}

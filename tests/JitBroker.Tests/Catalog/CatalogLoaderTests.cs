using System.Globalization;
using System.Text;
using JitBroker.Catalog;
using JitBroker.People;

namespace JitBroker.Tests.Catalog;

public sealed class CatalogLoaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("jit-catalog-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    [Fact]
    public void The_sample_of_the_contract_is_read_whole()
    {
        Write("mq", "hush\n");
        var result = CatalogLoader.Load(Write("catalog.yaml", Sample.Yaml), Sample.WithSecrets(_folder));

        Assert.Empty(result.Problems);
        var catalog = result.Snapshot!;
        Assert.Equal(Sample.Yaml, catalog.Text);
        Assert.Equal(64, catalog.Hash.Length);
        Assert.Equal(["ana@example.com", "bea@example.com", "cy@example.com", "dan@example.com", "eli@example.com"], catalog.People.Keys.Order());
        Assert.Equal("Ana", catalog.Identities[new Identity("slack", "T0EX", "U0ANA")].Name);
        Assert.Equal(2, catalog.People["ana@example.com"].Identities.Count);
        Assert.Equal(new OnCallSchedule("pagerduty", "PABC123", "${env:PD}"), catalog.Groups["oncall"].Schedule);
        Assert.Equal(["platform"], catalog.Roles["admin"]);
        Assert.Equal(["orders-db:read", "payments-logs:read"], catalog.Bundles["incident-kit"]);
        Assert.Equal("""{"alg":"RS256","introspectors":[],"tokenLifetime":"PT15M"}""", catalog.Issuers["tokens"].Settings);
        Assert.Equal("""{"connection":"${env:ORDERS_PG}","heir":"jit_heir"}""", catalog.Issuers["orders-pg"].Settings);
    }

    [Fact]
    public void An_entitlement_has_all_that_was_written()
    {
        var orders = Sample.Snapshot(Sample.Yaml).Entitlements["orders-db:read"];

        Assert.Equal("Orders database, read only", orders.Title);
        Assert.Equal("""{"connectionLimit":5,"database":"orders","roles":["orders_readonly"]}""", orders.Grants);
        Assert.Equal(new DurationLimits(TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), TimeSpan.FromHours(8)), orders.Duration);
        Assert.Equal(new ReasonRule(true, @"(INC|OPS)-\d+", "Name a ticket, e.g. INC-42"), orders.Reason);
        Assert.Equal(new ChannelRule("C0DATA", "19:abc@thread.tacv2"), orders.Channel);
        Assert.Equal(new Clause("data-owners", 1, TimeSpan.FromMinutes(15), "platform", TimeSpan.FromHours(1)), orders.Approval.Stages[0].AnyOf[0].Clauses[0]);
        Assert.Equal((3, 2, TimeSpan.FromHours(4)), (orders.LeaseLimit, orders.MaxExtensions, orders.PendingFor));
        Assert.Equal(("security", TimeSpan.FromMinutes(30)), (orders.BreakGlass!.ReviewGroup, orders.BreakGlass.Max));
    }

    [Fact]
    public void What_is_not_written_has_its_default()
    {
        var logs = Sample.Snapshot(Sample.Yaml).Entitlements["payments-logs:read"];

        Assert.Equal(new DurationLimits(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(4)), logs.Duration);
        Assert.Equal((3, 0, TimeSpan.FromHours(4), false), (logs.LeaseLimit, logs.MaxExtensions, logs.PendingFor, logs.Hidden));
        Assert.Equal("""{"audience":"https://logs.example","claims":{},"scope":["read"],"skew":"PT5M","verify":"offline"}""", logs.Grants);
        Assert.Equal(2, logs.Approval.Stages[0].AnyOf.Count);
        Assert.Null(logs.BreakGlass);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing yet\n")]
    [InlineData("---\n")]
    [InlineData("people:\ngroups:\nentitlements: {}\n")]
    public void An_empty_catalog_is_valid(string yaml) => Assert.Empty(Sample.Snapshot(yaml).Entitlements);

    [Fact]
    public void The_hash_of_nothing_is_that_of_the_empty_snapshot() => Assert.Equal(CatalogSnapshot.Empty.Hash, Sample.Snapshot("").Hash);

    [Fact]
    public void A_rule_may_be_automatic_with_and_without_conditions()
    {
        var automatic = Sample.Snapshot(With("approval: auto"));
        var conditional = Sample.Snapshot(With("approval: { auto: { onCall: oncall, hours: \"09:00-18:00 Europe/Paris\", atMost: 30m }, else: [ { group: data-owners } ] }"));

        Assert.Equal(new AutoRule(null, null, null), automatic.Entitlements["x"].Approval.Auto);
        Assert.Empty(automatic.Entitlements["x"].Approval.Stages);
        Assert.Equal(new AutoRule("oncall", "09:00-18:00 Europe/Paris", TimeSpan.FromMinutes(30)), conditional.Entitlements["x"].Approval.Auto);
        Assert.Equal(new Clause("data-owners", 1), conditional.Entitlements["x"].Approval.Stages[0].AnyOf[0].Clauses[0]);
    }

    [Fact]
    public void Anchors_and_aliases_may_be_used_in_measure()
    {
        var catalog = Sample.Snapshot(Sample.Yaml.Replace("duration: { default: 30m, max: 4h }", "duration: &d { default: 30m, max: 4h }", StringComparison.Ordinal)
            .Replace("\nbundles:", "\n  y: { issuer: door, grants: { resource: y }, eligible: [engineering], duration: *d, approval: auto }\nbundles:", StringComparison.Ordinal));

        Assert.Equal(TimeSpan.FromMinutes(30), catalog.Entitlements["y"].Duration.Default);
    }

    [Fact]
    public void A_folder_is_merged_in_name_order_and_its_hash_covers_every_file()
    {
        var parts = Sample.Yaml.Split("entitlements:\n");
        Write("20-entitlements.yml", "entitlements:\n" + parts[1]);
        Write("10-base.yaml", parts[0]);
        Write("30-more.yaml", "groups: { guests: { members: [Zoe@Example.com] } }");
        Write("notes.txt", "not: yaml: at all");

        var catalog = CatalogLoader.Load(_folder, Sample.Options).Snapshot!;
        Write("30-more.yaml", "groups: { guests: { members: [zed@example.com] } }");
        var changed = CatalogLoader.Load(_folder, Sample.Options).Snapshot!;

        Assert.Equal(2, catalog.Entitlements.Count);
        Assert.Contains("zoe@example.com", catalog.People.Keys);
        Assert.StartsWith("# file: 10-base.yaml (", catalog.Text, StringComparison.Ordinal);
        Assert.NotEqual(catalog.Hash, changed.Hash);
    }

    [Fact]
    public void A_name_in_two_files_is_a_problem_that_names_both()
    {
        Write("a.yaml", "groups:\n  g: { members: [] }");
        Write("b.yaml", "\ngroups:\n  g: { members: [] }");

        Assert.Equal(
            ["b.yaml:3:6 groups.g: \"g\" is defined in a.yaml:2 too. Keep one of them."],
            CatalogLoader.Load(_folder, Sample.Options).Problems.Select(p => p.ToString()));
    }

    [Fact]
    public void A_missing_path_a_file_that_is_no_text_and_a_giant_are_problems()
    {
        var broken = Path.Combine(_folder, "broken.yaml");
        File.WriteAllBytes(broken, [0x61, 0xFF, 0xFE, 0x00]);
        var giant = Write("giant.yaml", new string('#', 5 * 1024 * 1024 + 1));

        Assert.Contains("no such file", Only(Path.Combine(_folder, "nowhere.yaml")).Message, StringComparison.Ordinal);
        Assert.Contains("not UTF-8", Only(broken).Message, StringComparison.Ordinal);
        Assert.Contains("larger than 5 MB", Only(giant).Message, StringComparison.Ordinal);

        CatalogProblem Only(string path) => Assert.Single(CatalogLoader.Load(path, Sample.Options).Problems);
    }

    [Fact]
    public void Missing_secrets_are_told_with_their_place_and_never_a_value()
    {
        var problems = CatalogLoader.Load([new CatalogSource("catalog.yaml", Sample.Yaml)], Sample.Options with
        {
            Secrets = new SecretResolver(name => name == "K" ? "very secret" : null, _folder),
        }).Problems.Select(p => p.ToString()).ToList();

        Assert.Contains("catalog.yaml:13:44 issuers.orders-pg.connection: \"${env:ORDERS_PG}\" leads nowhere: The environment variable ORDERS_PG is not set. Set it before the broker starts.", problems);
        Assert.Contains(problems, p => p.Contains("issuers.rmq.password: \"${file:mq}\" leads nowhere: The file mq does not exist", StringComparison.Ordinal));
        Assert.Equal(5, problems.Count);
        Assert.DoesNotContain(problems, p => p.Contains("very secret", StringComparison.Ordinal));
    }

    [Fact]
    public void A_large_catalog_is_read_whole()
    {
        var catalog = Sample.Snapshot(Large(entitlements: 5_000, groups: 500, people: 10_000));

        Assert.Equal((5_000, 502, 10_000), (catalog.Entitlements.Count, catalog.Groups.Count, catalog.People.Count));
    }

    private static string With(string approval) => Sample.Yaml.Replace(
        "\nbundles:", $"\n  x: {{ issuer: door, grants: {{ resource: x }}, eligible: [engineering], {approval} }}\nbundles:", StringComparison.Ordinal);

    private static string Large(int entitlements, int groups, int people)
    {
        var yaml = new StringBuilder("people:\n");
        for (var i = 0; i < people; i++)
            yaml.Append(CultureInfo.InvariantCulture, $"  - {{ email: p{i}@example.com, name: Person {i}, slack: T0EX/U{i:D8} }}\n");
        yaml.Append("groups:\n");
        for (var g = 0; g < groups; g++)
            yaml.Append(CultureInfo.InvariantCulture, $"  g{g}: {{ members: [{string.Join(", ", Enumerable.Range(0, 20).Select(i => $"p{((g * 37) + i) % people}@example.com"))}] }}\n");
        var everybody = string.Join(", ", Enumerable.Range(0, people).Select(i => $"p{i}@example.com"));
        yaml.Append(CultureInfo.InvariantCulture, $"  everybody: {{ members: [{everybody}] }}\n  duty: {{ members: [p1@example.com, p2@example.com] }}\nissuers: {{ tokens: {{ kind: jwt }} }}\nentitlements:\n");
        for (var e = 0; e < entitlements; e++)
        {
            yaml.Append(CultureInfo.InvariantCulture, $$"""
                  service-{{e}}:read:
                    title: Service {{e}}
                    issuer: tokens
                    grants: { audience: "https://s{{e}}.example", scope: [read], verify: offline }
                    eligible: [everybody]
                    duration: { min: 5m, default: 1h, max: 8h }
                    reason: { required: true, pattern: '(INC|OPS)-\d+', hint: "Name a ticket" }
                    approval: { stages: [ { anyOf: [ [ { group: g{{e % groups}}, votes: 2 } ], [ { group: everybody, votes: 1 } ] ] }, [ { group: duty } ] ] }

                """);
        }

        return yaml.ToString();
    }
}

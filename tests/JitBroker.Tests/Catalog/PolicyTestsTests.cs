using JitBroker.Catalog;
using JitBroker.Catalog.Testing;
using JitBroker.Policy;

namespace JitBroker.Tests.Catalog;

/// <summary>Policy tests kept beside the catalog, against the catalog of contract §3.</summary>
public sealed class PolicyTestsTests
{
    private static readonly BrokerLimits Limits = new(TimeSpan.FromHours(4), TimeSpan.FromHours(12));

    private static IReadOnlyList<string> Run(string test)
    {
        var (tests, problems) = PolicyTestReader.Read([new CatalogSource("catalog.tests.yaml", "tests:\n  - " + test)]);
        Assert.Empty(problems);
        return Assert.Single(RunPolicyTests.Of(Sample.Snapshot(Sample.Yaml), Limits, tests)).Faults;
    }

    [Theory]
    [InlineData("{ who: ana@example.com, asks: orders-db:read, expect: { allowed: true, auto: false, approvers: [dan@example.com, bea@example.com], granted: false } }")]
    [InlineData("{ who: ANA@example.com, asks: orders-db:read, for: 2h, reason: INC-42 slow, at: 2026-11-22T10:00:00Z, expect: { allowed: true } }")]
    [InlineData("{ who: ana@example.com, asks: orders-db:read, reason: because, expect: { allowed: false, code: reason_pattern } }")]
    [InlineData("{ who: ana@example.com, asks: orders-db:read, for: 9h, expect: { code: duration_too_long, approvers: [] } }")]
    [InlineData("{ who: bea@example.com, asks: orders-db:read, expect: { code: not_eligible } }")]
    [InlineData("{ who: zoe@example.com, asks: orders-db:read, expect: { code: inactive } }")]
    [InlineData("{ who: ana@example.com, asks: no:such, expect: { code: unknown_entitlement, granted: false } }")]
    [InlineData("{ who: ana@example.com, asks: orders-db:read, approved: [bea@example.com], expect: { granted: true, approvers: [] } }")]
    [InlineData("{ who: ana@example.com, asks: orders-db:read, approved: [ana@example.com, cy@example.com], expect: { granted: false } }")]
    [InlineData("{ who: ana@example.com, asks: payments-logs:read, approved: [bea@example.com], expect: { granted: false, approvers: [dan@example.com, eli@example.com] } }")]
    [InlineData("{ who: ana@example.com, asks: payments-logs:read, approved: [eli@example.com], expect: { granted: true } }")]
    [InlineData("{ who: ana@example.com, asks: orders-db:read, groups: { platform: [fay@example.com] }, after: 1h, expect: { approvers: [bea@example.com, dan@example.com, fay@example.com] } }")]
    [InlineData("{ who: ana@example.com, asks: orders-db:read, groups: { platform: [fay@example.com] }, after: 59m, approved: [fay@example.com], expect: { granted: false } }")]
    [InlineData("{ who: ana@example.com, asks: orders-db:read, groups: { data-owners: unknown, platform: [] }, expect: { code: nobody_can_approve } }")]
    public void What_the_catalog_says_holds(string test) => Assert.Empty(Run(test));

    [Theory]
    [InlineData("{ who: ana@example.com, asks: orders-db:read, expect: { allowed: false } }", "It is allowed, and should not be.")]
    [InlineData("{ who: bea@example.com, asks: orders-db:read, expect: { allowed: true } }", "It is refused, and should not be: not_eligible.")]
    [InlineData("{ who: ana@example.com, asks: orders-db:read, expect: { auto: true } }", "A rule should approve it, and does not")]
    [InlineData("{ who: ana@example.com, asks: orders-db:read, expect: { code: not_eligible } }", "should be refused with not_eligible, and is allowed")]
    [InlineData("{ who: ana@example.com, asks: orders-db:read, expect: { approvers: [eli@example.com] } }", "eli@example.com should be asked, and bea@example.com, dan@example.com are.")]
    [InlineData("{ who: ana@example.com, asks: orders-db:read, expect: { granted: true } }", "bea@example.com, dan@example.com would have to approve too")]
    [InlineData("{ who: ana@example.com, asks: orders-db:read, groups: { data-ownrs: [] }, expect: { allowed: true } }", "Did you mean data-owners?")]
    public void What_it_does_not_say_is_told_with_what_it_says(string test, string told) => Assert.Contains(told, string.Join(' ', Run(test)), StringComparison.Ordinal);

    [Theory]
    [InlineData("tests: [ { who: ana@example.com, asks: x, expect: {} } ]", "Nothing is expected here")]
    [InlineData("tests: [ { who: ana, asks: x, expect: { allowed: true } } ]", "is not an e-mail address")]
    [InlineData("tests: [ { who: ana@example.com, asks: x, expect: { alowed: true } } ]", "Did you mean allowed?")]
    [InlineData("tests: [ { who: ana@example.com, asks: x, at: soon, expect: { allowed: true } } ]", "is not an instant")]
    [InlineData("people: []", "is not a key known here")]
    [InlineData("[", "This is not YAML")]
    public void A_fault_in_the_tests_is_told_with_its_place(string yaml, string told)
    {
        var (_, problems) = PolicyTestReader.Read([new CatalogSource("catalog.tests.yaml", yaml)]);

        Assert.Contains(told, string.Join('\n', problems), StringComparison.Ordinal);
        Assert.All(problems, p => Assert.Equal("catalog.tests.yaml", p.File));
    }

    [Fact]
    public void Hours_are_told_by_the_clock_of_the_test()
    {
        var yaml = Sample.Yaml.Replace("approval: { stages: [ { anyOf: [ [ { group: data-owners, votes: 2 } ], [ { group: security, votes: 1 } ] ] } ] }", "approval: { auto: { hours: \"09:00-18:00 Europe/Paris\", onCall: oncall }, else: [ { group: security } ] }", StringComparison.Ordinal);
        var (tests, problems) = PolicyTestReader.Read([new CatalogSource("catalog.tests.yaml", """
            tests:
              - { who: ana@example.com, asks: payments-logs:read, at: "2026-07-01T07:00:00Z", groups: { oncall: [ana@example.com] }, expect: { auto: true, approvers: [] } }
              - { who: ana@example.com, asks: payments-logs:read, at: "2026-01-01T07:00:00Z", groups: { oncall: [ana@example.com] }, expect: { auto: false, approvers: [eli@example.com] } }
              - { who: ana@example.com, asks: payments-logs:read, at: "2026-07-01T07:00:00Z", groups: { oncall: unknown }, expect: { auto: false } }
            """)]);

        Assert.Empty(problems);
        Assert.All(RunPolicyTests.Of(Sample.Snapshot(yaml), Limits, tests), r => Assert.Empty(r.Faults));
    }

    [Fact]
    public void A_change_is_told_in_people()
    {
        var before = Sample.Snapshot(Sample.Yaml);
        var after = Sample.Snapshot(Sample.Yaml
            .Replace("engineering: { members: [ana@example.com, cy@example.com] }", "engineering: { members: [ana@example.com, fay@example.com, gus@example.com] }", StringComparison.Ordinal)
            .Replace("[{ group: security, votes: 1 }]", "", StringComparison.Ordinal)
            .Replace("data-owners: { members: [bea@example.com, dan@example.com] }", "data-owners: { members: [bea@example.com, gus@example.com, hal@example.com] }", StringComparison.Ordinal)
            .Replace("roles: { admin: [platform]", "roles: { admin: [platform, security]", StringComparison.Ordinal));

        var told = PeopleDiff.Of(before, after).Select(p => p.Text).ToList();

        Assert.Contains("2 more and 1 fewer people may ask for payments-logs:read", told);
        Assert.Contains("2 more people can approve orders-db:read", told);
        Assert.Contains("2 more and 1 fewer people can approve payments-logs:read", told);
        Assert.Contains("1 more person is admin", told);
        Assert.DoesNotContain(told, t => t.Contains("emergency", StringComparison.Ordinal));
        Assert.Empty(PeopleDiff.Of(before, before));
        Assert.Contains("2 fewer people may ask for orders-db:read", PeopleDiff.Of(before, CatalogSnapshot.Empty).Select(p => p.Text));
    }
}

using JitBroker.Catalog;

namespace JitBroker.Tests.Catalog;

public sealed class CatalogDiffTests
{
    [Fact]
    public void A_catalog_does_not_differ_from_itself() => Assert.Empty(CatalogDiff.Of(Sample.Snapshot(Sample.Yaml), Sample.Snapshot(Sample.Yaml + "# a remark\n")));

    [Fact]
    public void Everything_of_a_catalog_is_added_to_an_empty_one_and_removed_again()
    {
        var all = Sample.Snapshot(Sample.Yaml);

        var added = CatalogDiff.Of(CatalogSnapshot.Empty, all);
        var removed = CatalogDiff.Of(all, CatalogSnapshot.Empty);

        Assert.All(added, c => Assert.Equal(CatalogChangeKind.Added, c.Kind));
        Assert.Equal(added.Select(c => c with { Kind = CatalogChangeKind.Removed }), removed);
        Assert.Equal(all.People.Count + all.Groups.Count + all.Roles.Count + all.Issuers.Count + all.Entitlements.Count + all.Bundles.Count, added.Count);
    }

    [Theory]
    [InlineData("members: [bea@example.com, dan@example.com]", "members: [dan@example.com]", "groups data-owners: members: bea@example.com, dan@example.com → dan@example.com")]
    [InlineData("max: 8h }\n    pending", "max: 4h }\n    pending", "entitlements orders-db:read: duration: 5 min to 8 h, 1 h unless asked → 5 min to 4 h, 1 h unless asked")]
    [InlineData("risk: low ", "risk: high", "entitlements orders-db:read: risk: Low → High")]
    [InlineData("remindAfter: 15m, ", "", "approval, in full")]
    [InlineData("votes: 1, remindAfter", "votes: 2, remindAfter", ") → 2 of 2 data-owners (")]
    [InlineData("connectionLimit: 5", "connectionLimit: 6", "grants:")]
    [InlineData("heir: jit_heir", "heir: other", "issuers orders-pg: settings:")]
    [InlineData("roles: { admin: [platform]", "roles: { admin: [security]", "roles admin: groups: platform → security")]
    public void Each_change_is_told_by_what_it_was_and_is(string before, string after, string told)
    {
        Assert.Contains(before, Sample.Yaml.Replace("        ", "", StringComparison.Ordinal) + Sample.Yaml, StringComparison.Ordinal);
        var change = CatalogDiff.Of(Sample.Snapshot(Sample.Yaml), Sample.Snapshot(Sample.Yaml.Replace(before, after, StringComparison.Ordinal)));

        Assert.Contains(told, string.Join('\n', change.Select(c => $"{c.Section} {c.Name}: {c.Text}")), StringComparison.Ordinal);
    }
}

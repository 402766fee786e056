using FsCheck;
using FsCheck.Fluent;
using JitBroker.Catalog;
using JitBroker.Catalog.Reloading;
using JitBroker.Storage;

namespace JitBroker.Tests.Catalog.Reloading;

/// <summary>Whatever is written into the file, one edit after the other: what is served is valid and stored, and the brake says what counting by hand says.</summary>
public sealed class ReloadPropertyTests
{
    private sealed record Edit(int Entitlements, int People, string Grants, bool AnaMay, string Spoil)
    {
        public string Yaml => ReloadBench.Yaml(Entitlements, People, Grants, AnaMay ? "ana@example.com, cy@example.com" : "cy@example.com") + Spoil;
    }

    private static readonly Gen<Edit> Gentle =
        from entitlements in Gen.Choose(8, 10)
        from people in Gen.Choose(8, 10)
        select new Edit(entitlements, people, "plain", true, "");

    private static readonly Gen<Edit> Rough =
        from entitlements in Gen.Choose(0, 10)
        from people in Gen.Choose(1, 10)
        from grants in Gen.Elements("plain", "plain", "plain", "other")
        from anaMay in Gen.Elements(true, true, false)
        from spoil in Gen.Elements("", "", "", "\nno: such\n", "\n  : [\n")
        select new Edit(entitlements, people, grants, anaMay, spoil);

    private static readonly Gen<Edit> AnyEdit = Gen.Frequency((3, Gentle), (2, Rough));

    [Fact]
    public async Task Random_edits_leave_a_valid_catalog_in_force_and_the_brake_agrees_with_an_oracle()
    {
        await using var bench = await ReloadBench.NewAsync(Engine.Sqlite);
        var replica = await bench.Of("catalog.yaml").StartAsync(ReloadBench.Yaml());
        var (accepted, held, broken) = (0, 0, 0);

        foreach (var edit in AnyEdit.Sample(80))
        {
            foreach (var i in Enumerable.Range(0, 8).Where(i => replica.Broker.Catalog.Entitlements.ContainsKey($"e{i}") && replica.Broker.Catalog.Groups["engineering"].Members.Contains("ana@example.com")))
                if ((await bench.ColumnAsync($"select id from grants where entitlement = 'e{i}' and state = 'active'")).Count == 0 && replica.Broker.Catalog.People.ContainsKey("bea@example.com"))
                    await replica.GrantAsync($"e{i}");
            var before = replica.Broker.Catalog;
            var expected = await OracleAsync(bench, replica, edit, before);

            await replica.ChangeAsync(edit.Yaml);

            Assert.Equal(expected ?? before.Hash, replica.InForce);
            Assert.Equal(replica.InForce, CatalogLoader.Load(CatalogText.Split(replica.Broker.Catalog.Text), Sample.Options).Snapshot?.Hash);
            Assert.Equal([replica.InForce], await bench.ColumnAsync("select hash from catalogs order by accepted_at desc limit 1"));
            _ = replica.Standing.File switch
            {
                FileStanding.Broken => broken++,
                FileStanding.Held => held++,
                _ => accepted++,
            };
        }

        Assert.True(accepted > 0 && held > 0 && broken > 0, $"accepted {accepted}, held {held}, broken {broken}");
        await bench.First.AssertEventsHaveNoHolesAsync();
    }

    /// <summary>The hash that should be in force after the edit, or null when nothing should change; counted by hand from what the edit says.</summary>
    private static async Task<string?> OracleAsync(ReloadBench bench, Replica replica, Edit edit, CatalogSnapshot before)
    {
        if (edit.Spoil.Length > 0)
            return null;
        var next = Sample.Snapshot(edit.Yaml);
        if (next.Hash == before.Hash)
            return before.Hash;
        if ((await bench.ColumnAsync($"select hash from catalog_proposals where hash = '{next.Hash}'")).Count > 0)
            return null;
        var dropsEntitlements = before.Entitlements.Keys.Count(k => !next.Entitlements.ContainsKey(k));
        var dropsPeople = before.People.Keys.Count(k => !next.People.ContainsKey(k));
        var ends = 0;
        foreach (var name in await bench.ColumnAsync("select entitlement from grants where state = 'active'"))
            if (!edit.AnaMay || !next.Entitlements.TryGetValue(name, out var stays) || stays.Grants != before.Entitlements[name].Grants)
                ends++;
        var isHeld = ends > 5 || (double)dropsEntitlements / Math.Max(1, before.Entitlements.Count) > 0.2 || (double)dropsPeople / Math.Max(1, before.People.Count) > 0.2;
        return isHeld ? null : next.Hash;
    }
}

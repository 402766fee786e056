using System.Diagnostics;
using JitBroker.Catalog;
using JitBroker.Catalog.Reloading;
using JitBroker.Storage;
using JitBroker.Tests.SignIn;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Catalog.Reloading;

/// <summary>A file that changes while the broker runs.</summary>
public sealed class ReloadTests
{
    public static TheoryData<Engine> Engines => Databases.Engines;

    [Fact]
    public async Task A_changed_file_comes_into_force_when_it_has_stood_still_for_a_second()
    {
        await using var bench = await ReloadBench.NewAsync(Engine.Sqlite);
        var replica = await bench.Of("catalog.yaml").StartAsync(ReloadBench.Yaml());
        var before = replica.InForce;

        await File.WriteAllTextAsync(replica.Path, ReloadBench.Yaml(9)[..200]);
        await replica.LookAsync();
        bench.Clock.Advance(TimeSpan.FromMilliseconds(900));
        await replica.LookAsync();
        await File.WriteAllTextAsync(replica.Path, ReloadBench.Yaml(9));
        bench.Clock.Advance(TimeSpan.FromMilliseconds(900));
        await replica.LookAsync();
        bench.Clock.Advance(TimeSpan.FromMilliseconds(999));
        await replica.LookAsync();
        Assert.Equal(before, replica.InForce);
        bench.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await replica.LookAsync();

        Assert.Equal(ReloadBench.HashOf(ReloadBench.Yaml(9)), replica.InForce);
        Assert.Equal([before, replica.InForce], await bench.AcceptedAsync());
        Assert.Empty(await bench.ToldAsync());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_the_new_catalog_does_not_carry_ends_and_lapses_and_nothing_else(Engine engine)
    {
        await using var bench = await ReloadBench.NewAsync(engine);
        var replica = await bench.Of("catalog.yaml").StartAsync(ReloadBench.Yaml());
        var (kept, gone) = (await replica.GrantAsync("e0"), await replica.GrantAsync("e9"));
        var (waits, lapses) = (await replica.Broker.AskAsync("cy", "e0"), await replica.Broker.AskAsync("cy", "e9"));

        await replica.ChangeAsync(ReloadBench.Yaml(9));

        Assert.Equal("active", (await replica.Broker.ReadGrantAsync(kept.Id)).State);
        var ended = await replica.Broker.ReadGrantAsync(gone.Id);
        Assert.Equal(("ended", "revoked", "The entitlement was removed from the catalog."), (ended.State, ended.EndKind, ended.EndReason));
        Assert.Equal("pending", (await replica.Broker.ReadAsync(waits.Id)).Request.State);
        var lapsed = (await replica.Broker.ReadAsync(lapses.Id)).Request;
        Assert.Equal(("lapsed", "catalog_changed"), (lapsed.State, lapsed.SettledBecause));
        await bench.First.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [InlineData("entitlements: { Bad Name: {} }")]
    [InlineData("people: [ { email: ana@example.com")]
    [InlineData("peple: []")]
    [InlineData("people: [ \0 ]")]
    public async Task A_broken_file_changes_nothing_and_is_told_once_until_it_is_mended(string broken)
    {
        await using var bench = await ReloadBench.NewAsync(Engine.Sqlite);
        var good = ReloadBench.Yaml();
        var replica = await bench.Of("catalog.yaml").StartAsync(good);
        var grant = await replica.GrantAsync("e0");

        await replica.ChangeAsync(broken);
        for (var i = 0; i < 10; i++)
            await replica.SettleAsync();

        Assert.Equal(ReloadBench.HashOf(good), replica.InForce);
        Assert.Equal("active", (await replica.Broker.ReadGrantAsync(grant.Id)).State);
        Assert.IsType<FileStanding.Broken>(replica.Standing.File);
        Assert.EndsWith(", and so does jit catalog accept without a hash.", replica.Standing.Remark, StringComparison.Ordinal);
        Assert.Single(await bench.ToldAsync());
        Assert.Single(await bench.ColumnAsync("select id from events where type = 'catalog.broken'"));
        Assert.Single(bench.Log.Text.Split('\n'), l => l.Contains("is not taken over", StringComparison.Ordinal));

        await replica.ChangeAsync(good);
        Assert.Null(replica.Standing.Remark);
        Assert.Single(await bench.AcceptedAsync());
    }

    [Fact]
    public async Task A_file_that_is_gone_huge_or_no_text_is_a_broken_one()
    {
        await using var bench = await ReloadBench.NewAsync(Engine.Sqlite);
        var replica = await bench.Of("catalog.yaml").StartAsync(ReloadBench.Yaml());
        var inForce = replica.InForce;

        foreach (var spoil in new Action[]
        {
            () => File.Delete(replica.Path),
            () => File.WriteAllText(replica.Path, new string('#', 6 * 1024 * 1024)),
            () => File.WriteAllBytes(replica.Path, [0xff, 0xfe, 0x00, 0x80]),
        })
        {
            spoil();
            await replica.SettleAsync();
            Assert.IsType<FileStanding.Broken>(replica.Standing.File);
        }

        Assert.Equal(inForce, replica.InForce);
        Assert.Equal(3, (await bench.ToldAsync()).Count);
    }

    [Fact]
    public async Task Two_replicas_with_the_same_fault_tell_it_once()
    {
        await using var bench = await ReloadBench.NewAsync(Engine.Sqlite);
        Directory.CreateDirectory(Path.Combine(bench.Folder, "a"));
        Directory.CreateDirectory(Path.Combine(bench.Folder, "b"));
        var (one, two) = (await bench.Of("a/catalog.yaml").StartAsync(ReloadBench.Yaml()), await bench.Of("b/catalog.yaml").StartAsync(ReloadBench.Yaml()));

        foreach (var replica in new[] { one, two })
            await replica.ChangeAsync("people: [ { email: ana@example.com, name: Ana, shoe: 42 } ]");

        Assert.Equal(2, bench.Log.Text.Split('\n').Count(l => l.Contains("is not taken over", StringComparison.Ordinal)));
        Assert.Single(await bench.ToldAsync());
    }

    [Fact]
    public async Task A_file_that_waits_for_its_secret_comes_into_force_when_the_secret_is_there()
    {
        await using var bench = await ReloadBench.NewAsync(Engine.Sqlite);
        var replica = await bench.Of("catalog.yaml").StartAsync(ReloadBench.Yaml());
        var needs = ReloadBench.Yaml(issuers: "door: { kind: http }, tokens: { kind: jwt, introspectors: [ { client: logs, secret: \"${file:logs}\" } ] }");

        await replica.ChangeAsync(needs);
        Assert.IsType<FileStanding.Broken>(replica.Standing.File);
        await File.WriteAllTextAsync(Path.Combine(bench.Folder, "logs"), "s3cret");
        bench.Clock.Advance(ReloadCatalog.CheckAgain);
        await replica.LookAsync();

        Assert.Equal(ReloadBench.HashOf(needs), replica.InForce);
        Assert.Null(replica.Standing.Remark);
    }

    [Fact]
    public async Task A_file_replaced_by_rename_and_a_folder_swapped_by_link_are_seen()
    {
        await using var bench = await ReloadBench.NewAsync(Engine.Sqlite);
        var replica = await bench.Of("catalog.yaml").StartAsync(ReloadBench.Yaml());
        await File.WriteAllTextAsync(replica.Path + "~", ReloadBench.Yaml(9));
        File.Move(replica.Path + "~", replica.Path, overwrite: true);
        await replica.SettleAsync();
        Assert.Equal(ReloadBench.HashOf(ReloadBench.Yaml(9)), replica.InForce);

        // As the kubelet does it: files are links into ..data, which is a link to a folder with a date, and is renamed into place.
        var map = Directory.CreateDirectory(Path.Combine(bench.Folder, "map")).FullName;
        await PublishAsync(map, "..2026_11_22", ReloadBench.Yaml(9) + "# one\n");
        File.CreateSymbolicLink(Path.Combine(map, "catalog.yaml"), Path.Combine("..data", "catalog.yaml"));
        var mounted = await bench.Of("map").StartAsync();
        var first = mounted.InForce;
        await PublishAsync(map, "..2026_11_23", ReloadBench.Yaml(9) + "# two\n");
        await mounted.SettleAsync();

        Assert.NotEqual(first, mounted.InForce);
        Assert.Equal(ReloadBench.HashOf(ReloadBench.Yaml(9) + "# two\n"), mounted.InForce);
    }

    [Fact]
    public async Task A_folder_of_files_is_stored_so_that_it_can_be_had_back_whatever_stands_in_it()
    {
        await using var bench = await ReloadBench.NewAsync(Engine.Sqlite);
        var folder = Directory.CreateDirectory(Path.Combine(bench.Folder, "catalog")).FullName;
        var cut = ReloadBench.Yaml().IndexOf("entitlements:", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(folder, "a.yaml"), "# file: b.yaml (3 characters)\n" + ReloadBench.Yaml()[..cut]);
        await File.WriteAllTextAsync(Path.Combine(folder, "b.yaml"), ReloadBench.Yaml()[cut..].TrimEnd());
        var replica = await bench.Of("catalog").StartAsync();

        var stored = Assert.Single(await bench.ColumnAsync("select text from catalogs"));
        var again = CatalogLoader.Load(CatalogText.Split(stored), Sample.Options);

        Assert.Empty(again.Problems);
        Assert.Equal((replica.InForce, 10), (again.Snapshot!.Hash, again.Snapshot.Entitlements.Count));
    }

    [Fact]
    public async Task A_change_that_the_process_did_not_live_to_act_on_is_acted_on_at_the_next_start()
    {
        await using var bench = await ReloadBench.NewAsync(Engine.Sqlite);
        var replica = await bench.Of("catalog.yaml").StartAsync(ReloadBench.Yaml());
        var grant = await replica.GrantAsync("e9");
        await replica.Broker.Get<AcceptCatalog>().HandleAsync(Sample.Snapshot(ReloadBench.Yaml(9)), replica.InForce, null, [], CancellationToken.None);

        var next = await bench.Again(replica).StartAsync(ReloadBench.Yaml(9));

        Assert.Equal("ended", (await next.Broker.ReadGrantAsync(grant.Id)).State);
        Assert.Equal(ReloadBench.HashOf(ReloadBench.Yaml(9)), next.InForce);
    }

    [Fact]
    public async Task A_start_with_a_broken_file_serves_the_last_accepted_catalog_and_without_one_not_at_all()
    {
        await using var bench = await ReloadBench.NewAsync(Engine.Sqlite);
        var fresh = await Assert.ThrowsAsync<CatalogUnusableException>(() => bench.Of("catalog.yaml").StartAsync("peple: []"));
        Assert.Contains("people", fresh.Message, StringComparison.Ordinal);

        var replica = await bench.Of("catalog.yaml").StartAsync(ReloadBench.Yaml());
        var next = await bench.Again(replica).StartAsync("peple: []");

        Assert.Equal(ReloadBench.HashOf(ReloadBench.Yaml()), next.InForce);
        Assert.IsType<FileStanding.Broken>(next.Standing.File);
    }

    private static async Task PublishAsync(string map, string dated, string yaml)
    {
        Directory.CreateDirectory(Path.Combine(map, dated));
        await File.WriteAllTextAsync(Path.Combine(map, dated, "catalog.yaml"), yaml);
        Directory.CreateSymbolicLink(Path.Combine(map, "..data_tmp"), dated);
        // .NET renames no link to a folder over another.
        using var rename = Process.Start("mv", ["-T", Path.Combine(map, "..data_tmp"), Path.Combine(map, "..data")]);
        await rename.WaitForExitAsync();
        Assert.Equal(0, rename.ExitCode);
    }
}

using JitBroker.Catalog;
using JitBroker.Catalog.Reloading;
using JitBroker.Storage;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Catalog.Reloading;

/// <summary>What is in force is a fact of the database; files that differ do not argue about it.</summary>
public sealed class ReplicaTests
{
    public static TheoryData<Engine> Engines => Databases.Engines;

    private static readonly string Old = ReloadBench.Yaml();
    private static readonly string New = ReloadBench.Yaml(grants: "other");
    private static readonly string Newer = ReloadBench.Yaml(grants: "another");

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_replica_whose_file_is_late_follows_and_neither_its_lateness_nor_its_restart_brings_the_old_one_back(Engine engine)
    {
        await using var bench = await ReloadBench.NewAsync(engine);
        var (one, two) = (await bench.Of("one.yaml").StartAsync(Old), await bench.Of("two.yaml").StartAsync(Old));

        await one.ChangeAsync(New);
        await two.LookAsync();
        Assert.Equal((ReloadBench.HashOf(New), ReloadBench.HashOf(New)), (one.InForce, two.InForce));
        Assert.IsType<FileStanding.Earlier>(two.Standing.File);
        if (engine == Engine.Postgres)
        {
            two = await bench.Again(two).StartAsync();
            Assert.Equal(ReloadBench.HashOf(New), two.InForce);
        }

        for (var i = 0; i < 3; i++)
        {
            await one.SettleAsync();
            await two.SettleAsync();
        }

        Assert.Equal([ReloadBench.HashOf(Old), ReloadBench.HashOf(New)], await bench.AcceptedAsync());
        await two.ChangeAsync(New);
        Assert.Null(two.Standing.Remark);
        Assert.Equal(2, (await bench.AcceptedAsync()).Count);
    }

    [Fact]
    public async Task A_late_file_that_passes_through_an_earlier_catalog_does_not_bring_it_back()
    {
        await using var bench = await ReloadBench.NewAsync(Engine.Sqlite);
        var (one, two) = (await bench.Of("one.yaml").StartAsync(Old), await bench.Of("two.yaml").StartAsync(Old));
        await one.ChangeAsync(New);
        await one.ChangeAsync(Newer);

        await two.ChangeAsync(New);
        Assert.Equal(ReloadBench.HashOf(Newer), two.InForce);
        Assert.IsType<FileStanding.Earlier>(two.Standing.File);
        await two.ChangeAsync(Newer);
        await one.SettleAsync();

        Assert.Equal(3, (await bench.AcceptedAsync()).Count);
        Assert.Null(two.Standing.Remark);
    }

    [Fact]
    public async Task Going_back_is_a_change_like_any_other_where_the_file_was_up_to_date()
    {
        await using var bench = await ReloadBench.NewAsync(Engine.Sqlite);
        var (one, two) = (await bench.Of("one.yaml").StartAsync(Old), await bench.Of("two.yaml").StartAsync(Old));
        await one.ChangeAsync(New);
        await two.ChangeAsync(New);

        await one.ChangeAsync(Old);
        await two.SettleAsync();
        await two.ChangeAsync(Old);
        await one.SettleAsync();

        Assert.Equal((ReloadBench.HashOf(Old), ReloadBench.HashOf(Old)), (one.InForce, two.InForce));
        Assert.Equal([ReloadBench.HashOf(Old), ReloadBench.HashOf(New), ReloadBench.HashOf(Old)], await bench.AcceptedAsync());
    }

    [Fact]
    public async Task An_admin_may_go_back_to_an_earlier_catalog_that_a_restarted_replica_holds()
    {
        await using var bench = await ReloadBench.NewAsync(Engine.Sqlite);
        var (one, two) = (await bench.Of("one.yaml").StartAsync(Old), await bench.Of("two.yaml").StartAsync(Old));
        await one.ChangeAsync(New);
        two = await bench.Again(two).StartAsync();
        Assert.IsType<FileStanding.Earlier>(two.Standing.File);

        Assert.NotNull((await two.AcceptAsync("dan", ReloadBench.HashOf(Old))).Value);
        await one.LookAsync();

        Assert.Equal((ReloadBench.HashOf(Old), ReloadBench.HashOf(Old)), (one.InForce, two.InForce));
    }

    [Fact]
    public async Task The_only_process_of_a_database_takes_what_lies_in_its_file_at_the_start()
    {
        await using var bench = await ReloadBench.NewAsync(Engine.Sqlite);
        var one = await bench.Of("catalog.yaml", alone: true).StartAsync(Old);
        await one.ChangeAsync(New);

        one = await bench.Again(one).StartAsync(Old);

        Assert.Equal(ReloadBench.HashOf(Old), one.InForce);
        Assert.Equal(3, (await bench.AcceptedAsync()).Count);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Replicas_that_see_the_change_together_accept_it_once(Engine engine)
    {
        await using var bench = await ReloadBench.NewAsync(engine);
        var replicas = new List<Replica>();
        for (var i = 0; i < 4; i++)
            replicas.Add(await bench.Of($"{i}.yaml").StartAsync(Old));
        foreach (var replica in replicas)
            await File.WriteAllTextAsync(replica.Path, New);

        for (var i = 0; i < 8; i++)
        {
            await Task.WhenAll(replicas.Select(r => Task.Run(r.LookAsync)));
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.All(replicas, r => Assert.Equal(ReloadBench.HashOf(New), r.InForce));
        Assert.Equal(2, (await bench.AcceptedAsync()).Count);
    }

    [Fact]
    public async Task A_decision_that_commits_under_the_catalog_before_does_not_outlive_the_change()
    {
        await using var bench = await ReloadBench.NewAsync(Engine.Sqlite);
        var one = await bench.Of("one.yaml").StartAsync(Old);
        await one.ChangeAsync(ReloadBench.Yaml(9));
        var inForce = one.Broker.Catalog;
        // Another replica that has not followed yet lets somebody in.
        one.Broker.Catalog = Sample.Snapshot(Old);
        var late = await one.GrantAsync("e9");
        one.Broker.Catalog = inForce;

        bench.Clock.Advance(ReloadCatalog.CheckAgain);
        await one.LookAsync();

        Assert.Equal("ended", (await one.Broker.ReadGrantAsync(late.Id)).State);
    }
}

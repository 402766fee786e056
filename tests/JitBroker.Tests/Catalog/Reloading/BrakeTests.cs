using JitBroker.Catalog.Reloading;
using JitBroker.Policy;
using JitBroker.Storage;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Catalog.Reloading;

/// <summary>A catalog that would end or drop a lot waits for an admin.</summary>
public sealed class BrakeTests
{
    public static TheoryData<Engine> Engines => Databases.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_catalog_that_drops_more_than_a_fifth_waits_until_an_admin_accepts_it_and_then_holds_everywhere(Engine engine)
    {
        await using var bench = await ReloadBench.NewAsync(engine);
        var (one, two) = (await bench.Of("one.yaml").StartAsync(ReloadBench.Yaml()), await bench.Of("two.yaml").StartAsync(ReloadBench.Yaml()));
        var (before, less) = (one.InForce, ReloadBench.HashOf(ReloadBench.Yaml(7)));
        var grant = await one.GrantAsync("e8");

        await one.ChangeAsync(ReloadBench.Yaml(7));
        await two.ChangeAsync(ReloadBench.Yaml(7));
        Assert.Equal((before, before), (one.InForce, two.InForce));
        Assert.Contains($"jit catalog accept {less[..12]}", one.Standing.Remark, StringComparison.Ordinal);
        var told = Assert.Single(await bench.ToldAsync());
        Assert.Contains("It would end 1 live grant: e8 of Ana \\u003Cana@example.com\\u003E (The entitlement was removed from the catalog).", told, StringComparison.Ordinal);
        Assert.Contains("It would drop 3 entitlements of 10: e7, e8, e9.", told, StringComparison.Ordinal);
        Assert.Equal(less, Assert.Single(await one.WaitingAsync()).Hash);

        Assert.Equal(Codes.Forbidden, (await one.AcceptAsync("ana", less)).Refusal?.Code);
        Assert.Equal(Codes.NotFound, (await one.AcceptAsync("dan", "abcdef")).Refusal?.Code);
        Assert.Equal(Codes.InvalidValue, (await one.AcceptAsync("dan", less[..5])).Refusal?.Code);
        Assert.Equal(Codes.InvalidValue, (await one.AcceptAsync("dan", "%%%%%%%")).Refusal?.Code);
        Assert.Equal("active", (await one.Broker.ReadGrantAsync(grant.Id)).State);

        var accepted = (await one.AcceptAsync("dan", less[..8])).Value!;
        Assert.Equal((less, 1), (accepted.Catalog.Hash, accepted.Ended));
        Assert.Equal("ended", (await one.Broker.ReadGrantAsync(grant.Id)).State);
        await two.LookAsync();
        Assert.Equal((less, less), (one.InForce, two.InForce));
        Assert.Equal((null, null), (one.Standing.Remark, two.Standing.Remark));
        Assert.Empty(await one.WaitingAsync());
        Assert.Equal(["dan@example.com"], await bench.ColumnAsync("select actor from events where type = 'catalog.accepted' and actor is not null"));
        Assert.Equal(0, (await two.AcceptAsync("dan", less)).Value!.Ended);
        Assert.Equal([before, less], await bench.AcceptedAsync());
        await bench.First.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(6, true)]
    public async Task More_than_five_live_grants_are_not_ended_by_a_reload(int grants, bool held)
    {
        await using var bench = await ReloadBench.NewAsync(Engine.Sqlite);
        var replica = await bench.Of("catalog.yaml").StartAsync(ReloadBench.Yaml());
        for (var i = 0; i < grants; i++)
            await replica.GrantAsync($"e{i}");

        await replica.ChangeAsync(ReloadBench.Yaml(engineers: "cy@example.com"));

        Assert.Equal(held, replica.Standing.File is FileStanding.Held);
        Assert.Equal(held ? grants : 0, (await bench.ColumnAsync("select id from grants where state = 'active'")).Count);
    }

    [Theory]
    [InlineData(8, 10, false)]
    [InlineData(7, 10, true)]
    [InlineData(10, 8, false)]
    [InlineData(10, 7, true)]
    [InlineData(0, 4, true)]
    public async Task A_fifth_may_go_and_no_more(int entitlements, int people, bool held)
    {
        await using var bench = await ReloadBench.NewAsync(Engine.Sqlite);
        var replica = await bench.Of("catalog.yaml").StartAsync(ReloadBench.Yaml());

        await replica.ChangeAsync(ReloadBench.Yaml(entitlements, people));

        Assert.Equal(held, replica.Standing.File is FileStanding.Held);
    }

    [Fact]
    public async Task A_start_under_a_catalog_that_would_end_everything_serves_the_last_accepted_one()
    {
        await using var bench = await ReloadBench.NewAsync(Engine.Sqlite);
        var before = await bench.Of("catalog.yaml", alone: true).StartAsync(ReloadBench.Yaml());
        var grant = await before.GrantAsync("e0");

        var after = await bench.Again(before).StartAsync("");
        Assert.Equal(ReloadBench.HashOf(ReloadBench.Yaml()), after.InForce);
        Assert.Equal("active", (await after.Broker.ReadGrantAsync(grant.Id)).State);
        Assert.IsType<FileStanding.Held>(after.Standing.File);

        // It goes on waiting, whatever would have become of it by now, and over another restart.
        bench.Clock.Advance(TimeSpan.FromHours(9));
        var later = await bench.Again(after).StartAsync();
        await later.SettleAsync();
        Assert.IsType<FileStanding.Held>(later.Standing.File);
        Assert.Single(await bench.ToldAsync());
    }

    [Fact]
    public async Task A_file_that_waits_and_is_put_back_is_fine_again()
    {
        await using var bench = await ReloadBench.NewAsync(Engine.Sqlite);
        var replica = await bench.Of("catalog.yaml").StartAsync(ReloadBench.Yaml());

        await replica.ChangeAsync("");
        Assert.IsType<FileStanding.Held>(replica.Standing.File);
        await replica.ChangeAsync(ReloadBench.Yaml());

        Assert.IsType<FileStanding.InForce>(replica.Standing.File);
        Assert.Single(await bench.AcceptedAsync());
    }
}

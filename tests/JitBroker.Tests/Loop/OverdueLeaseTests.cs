using JitBroker.Grants;
using JitBroker.Leases;
using JitBroker.Storage;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Loop;

/// <summary>Credentials past their expiry, and mints past their deadline.</summary>
public sealed class OverdueLeaseTests
{
    public static TheoryData<Engine> Engines => Databases.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_credential_that_expires_before_its_grant_is_ended_by_itself(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var grant = await LaneBench.UsedAsync(broker, "ana", 2);
        await ExpireAsync(broker, broker.Clock.GetUtcNow().AddMinutes(1));
        broker.Clock.Advance(TimeSpan.FromMinutes(1));

        await broker.SweepAsync();

        Assert.Empty(broker.Issuer.Standing);
        Assert.All(await broker.LeasesAsync(grant.Id), l => Assert.Equal("revoked", l.State));
        Assert.Equal("active", (await broker.ReadGrantAsync(grant.Id)).State);
        Assert.Equal(2, await CountAsync(broker, "type = 'lease.revoking' and data like '%expired%'"));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_credential_that_expires_with_its_grant_ends_with_it_and_by_itself_only_if_that_does_not_come(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var first = await LaneBench.UsedAsync(broker, "ana", 1);
        broker.Clock.Advance(first.EndsAt - broker.Clock.GetUtcNow());
        await MoveOverdueAsync(broker);
        Assert.Equal("active", (await broker.LeasesAsync(first.Id))[0].State);

        broker.Clock.Advance(MoveOverdueLeases.Grace);
        await MoveOverdueAsync(broker);
        Assert.Equal("revoking", (await broker.LeasesAsync(first.Id))[0].State);

        await broker.SweepAsync();
        Assert.Empty(broker.Issuer.Standing);
        Assert.Equal("ended", (await broker.ReadGrantAsync(first.Id)).State);
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task One_that_cannot_be_moved_keeps_no_other_from_its_end(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var grant = await LaneBench.UsedAsync(broker, "ana", 2);
        var broken = (await broker.LeasesAsync(grant.Id))[0];
        await ExpireAsync(broker, broker.Clock.GetUtcNow().AddMinutes(1));
        await broker.Database.WriteAsync(s => s.ExecuteAsync("update leases set handle = 'torn' where id = @Id", new { broken.Id }, CancellationToken.None), CancellationToken.None);
        broker.Clock.Advance(TimeSpan.FromMinutes(1));

        await MoveOverdueAsync(broker);

        Assert.Equal(["active", "revoking"], (await broker.LeasesAsync(grant.Id)).Select(l => l.State));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Hundreds_that_fall_due_together_end_each_with_its_events(Engine engine)
    {
        await using var broker = await LaneBench.NewAsync(engine, concurrency: 3);
        var grants = new List<Grant>();
        for (var i = 0; i < 15; i++)
        {
            grants.Add(await LaneBench.UsedAsync(broker, "ana", 10));
            await broker.EndAsync("ana", grants[^1].Id);
        }

        await broker.SweepAsync();

        Assert.Empty(broker.Issuer.Standing);
        foreach (var grant in grants)
        {
            Assert.Equal("ended", (await broker.ReadGrantAsync(grant.Id)).State);
            Assert.All(await broker.LeasesAsync(grant.Id), l => Assert.Equal(("revoked", true), (l.State, l.Verified)));
        }

        Assert.Equal(150, broker.Issuer.Ends);
        Assert.Equal((150, 150, 15), (await CountAsync(broker, "type = 'lease.revoking'"), await CountAsync(broker, "type = 'lease.revoked'"), await CountAsync(broker, "type = 'grant.ended'")));
        Assert.Equal(0, await broker.Database.ReadAsync(s => s.FirstOrDefaultAsync<long>("select count(*) from leases where claimed_by is not null", null, CancellationToken.None), CancellationToken.None));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    private static Task MoveOverdueAsync(TestBroker broker) => broker.Get<MoveOverdueLeases>().RunAsync(CancellationToken.None);

    private static Task ExpireAsync(TestBroker broker, DateTimeOffset at) =>
        broker.Database.WriteAsync(s => s.ExecuteAsync("update leases set expires_at = @at", new { at }, CancellationToken.None), CancellationToken.None);

    private static Task<long> CountAsync(TestBroker broker, string where) => broker.Database.ReadAsync(
        s => s.FirstOrDefaultAsync<long>($"select count(*) from events where {where}", null, CancellationToken.None), CancellationToken.None);
}

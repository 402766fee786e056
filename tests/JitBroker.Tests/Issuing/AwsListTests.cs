using JitBroker.Issuers.Aws;
using JitBroker.Issuing;
using JitBroker.Storage;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Issuing;

/// <summary>What stands at AWS, as far as the policies there tell: which of the broker's sessions are served.</summary>
public sealed class AwsListTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Databases.Engines), MemberType = typeof(Databases))]
    public async Task A_session_stands_until_it_is_denied_and_again_when_somebody_undid_that(Engine engine)
    {
        await using var bench = await AwsBench.NewAsync(engine);
        var (ana, bea) = (await InUseAsync(bench), await InUseAsync(bench));
        Assert.Equal([ana.Order.LeaseId, bea.Order.LeaseId], await LeasesAsync(bench));

        await EndAsync(bench, ana);
        Assert.Equal([bea.Order.LeaseId], await LeasesAsync(bench));

        await bench.Admin.IamAsync("DeleteRolePolicy", ("RoleName", bench.Name), ("PolicyName", DenyPolicy.Name));
        Assert.Equal([ana.Order.LeaseId, bea.Order.LeaseId], await LeasesAsync(bench));
        Assert.Single(await ForeignAsync(bench));

        Assert.IsType<EndOutcome.Ended>(await ana.EndAsync());
        Assert.Equal([bea.Order.LeaseId], await LeasesAsync(bench));
        Assert.Empty(await ForeignAsync(bench));
    }

    /// <summary>Somebody pressed the console's button, or the broker had to: who holds one of these collects again.</summary>
    [Fact]
    public async Task A_session_that_was_cut_off_with_all_older_ones_does_not_stand()
    {
        await using var bench = await AwsBench.NewAsync();
        await InUseAsync(bench);
        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        await bench.Admin.IamAsync("PutRolePolicy", ("RoleName", bench.Name), ("PolicyName", DenyPolicy.OlderName), ("PolicyDocument", DenyPolicy.RenderOlder(bench.Clock.GetUtcNow())));
        var later = await InUseAsync(bench);

        Assert.Equal([later.Order.LeaseId], await LeasesAsync(bench));
    }

    [Fact]
    public async Task A_policy_that_says_something_else_than_the_broker_wrote_is_told_and_policies_of_others_are_not()
    {
        await using var bench = await AwsBench.NewAsync();
        const string Theirs = """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}""";
        await bench.Admin.IamAsync("PutRolePolicy", ("RoleName", bench.Name), ("PolicyName", "JitBrokerRevoked-old"), ("PolicyDocument", Theirs));
        Assert.Empty(await ForeignAsync(bench));
        await bench.Admin.IamAsync("PutRolePolicy", ("RoleName", bench.Name), ("PolicyName", DenyPolicy.Name), ("PolicyDocument", Theirs));

        Assert.Equal($"{DenyPolicy.Name} of {bench.Name}", Assert.Single(await ForeignAsync(bench)).Name);
        Assert.DoesNotContain(bench.Wire.Calls, c => c.Action is "PutRolePolicy" or "DeleteRolePolicy");
    }

    [Fact]
    public async Task While_IAM_is_away_nothing_is_concluded()
    {
        await using var bench = await AwsBench.NewAsync();
        await InUseAsync(bench);
        bench.Wire.Instead = call => call.Action == "GetRolePolicy" ? throw new HttpRequestException("away") : null;

        Assert.Contains("reading the policies of roles", Assert.IsType<TargetListing.Failed>(await ListAsync(bench)).Why, StringComparison.Ordinal);
    }

    private static async Task<AwsBench.Minted> InUseAsync(AwsBench bench)
    {
        var minted = await bench.MintAsync();
        await bench.InsertGrantAsync(minted.Order, "active");
        await bench.InsertLeaseAsync(minted);
        return minted;
    }

    private static async Task EndAsync(AwsBench bench, AwsBench.Minted minted)
    {
        await bench.Databases.Database.WriteAsync(
            async session =>
            {
                var row = new { minted.Order.GrantId, minted.Order.LeaseId, now = bench.Clock.GetUtcNow() };
                await session.ExecuteAsync("update grants set state = 'ending', end_kind = 'released', end_requested_at = @now where id = @GrantId", row, Token);
                await session.ExecuteAsync("update leases set state = 'revoked', revoked_at = @now where id = @LeaseId", row, Token);
            },
            Token);
        Assert.IsType<EndOutcome.Ended>(await minted.EndAsync());
    }

    private static Task<TargetListing> ListAsync(AwsBench bench) =>
        bench.List().ListAsync(new TargetToCheck("aws", bench.Settings, [new GrantsToCheck("kinesis-orders:read", bench.Order().Grants)]), Token);

    private static async Task<IReadOnlyList<StandingObject>> ObjectsAsync(AwsBench bench) => Assert.IsType<TargetListing.Listed>(await ListAsync(bench)).Objects;

    private static async Task<IEnumerable<string>> LeasesAsync(AwsBench bench) => (await ObjectsAsync(bench)).Select(o => o.LeaseId).OfType<string>().Order(StringComparer.Ordinal);

    private static async Task<IEnumerable<StandingObject>> ForeignAsync(AwsBench bench) => (await ObjectsAsync(bench)).Where(o => o.LeaseId is null);
}

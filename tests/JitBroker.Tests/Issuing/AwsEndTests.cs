using System.Net;
using System.Text.Json.Nodes;
using JitBroker.Issuers.Aws;
using JitBroker.Issuing;
using JitBroker.Storage;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Issuing;

/// <summary>Early ends: what is denied, to whom, written by whom, and for how long.</summary>
public sealed class AwsEndTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_early_end_cuts_that_grant_and_other_people_in_the_same_role_go_on()
    {
        await using var bench = await AwsBench.NewAsync();
        var (ana, bea) = (await bench.MintAsync(), await bench.MintAsync(bench.Order(holder: "bea@example.com")));

        Assert.Equal(new EndOutcome.Ended(Existed: true), await ana.EndAsync());

        Assert.False(await ana.MayAsync());
        Assert.True(await bea.MayAsync());
        Assert.Equal([ana.Order.GrantId], await bench.DeniedAsync());
        Assert.False(await bench.ReadsAsync(ana.Credential));
        Assert.Equal((1L, 1L), (await bench.QueryAsync<long>("select version from aws_roles where id like '%/' || @name || ' at%'", new { name = bench.Name })).Zip(await bench.QueryAsync<long>("select applied from aws_roles")).Single());
        Assert.Equal(["aws_role.denied"], await bench.QueryAsync<string>("select type from events"));
    }

    /// <summary>The holder said "Not me" to one terminal, or one of their mints failed: the rest of the grant lives, and so does what is collected later.</summary>
    [Theory]
    [MemberData(nameof(Databases.Engines), MemberType = typeof(Databases))]
    public async Task While_its_grant_lives_a_lease_is_ended_alone_and_with_its_grant_all_of_it(Engine engine)
    {
        await using var bench = await AwsBench.NewAsync(engine);
        var (one, two) = await TwoOfOneGrantAsync(bench, "active");

        Assert.IsType<EndOutcome.Ended>(await one.EndAsync());
        Assert.False(await one.MayAsync());
        Assert.True(await two.MayAsync());
        Assert.Equal([one.Order.LeaseId], await bench.DeniedAsync(SessionNames.LeaseTag));
        Assert.True(await (await bench.MintAsync(bench.Order(grant: one.Order.GrantId))).MayAsync());

        await SetGrantAsync(bench, one.Order.GrantId, "ending");
        Assert.IsType<EndOutcome.Ended>(await two.EndAsync());
        Assert.False(await two.MayAsync());
        Assert.Equal([one.Order.GrantId], await bench.DeniedAsync());
        Assert.Empty(await bench.DeniedAsync(SessionNames.LeaseTag));
        Assert.Equal([1L, 2L], await bench.QueryAsync<long>("select version from events where aggregate = 'aws_role' order by version"));
        Assert.Equal(["r-" + one.Order.GrantId], (await bench.QueryAsync<string>("select about from events where aggregate = 'aws_role'")).Distinct());
    }

    [Fact]
    public async Task Killed_between_mint_and_record_the_intent_alone_denies_what_leaked()
    {
        await using var bench = await AwsBench.NewAsync();
        var order = bench.Order();
        var stored = bench.Issuer().Plan(order).Handle.ToJson();
        bench.Wire.LosesAnswersTo = "AssumeRole";
        await bench.Issuer().MintAsync(order, bench.Issuer().Plan(order), Token);
        Assert.True(await bench.MayAsync(bench.Wire.Last.Id));

        Assert.Equal(new EndOutcome.Ended(Existed: true), await bench.Issuer().EndAsync(RevocationHandle.FromJson(stored), Token));

        Assert.False(await bench.MayAsync(bench.Wire.Last.Id));
        Assert.False(await bench.ReadsAsync(bench.Wire.Last.Id, bench.Wire.Last.Secret, bench.Wire.Last.Token));
    }

    [Theory]
    [InlineData("PutRolePolicy")]
    [InlineData("GetRolePolicy")]
    public async Task An_end_whose_answer_was_lost_is_not_called_ended_and_the_next_try_is(string lost)
    {
        await using var bench = await AwsBench.NewAsync();
        var minted = await bench.MintAsync();
        bench.Wire.LosesAnswersTo = lost;
        Assert.Contains("By itself the session ends at", Assert.IsType<EndOutcome.Failed>(await minted.EndAsync()).Why, StringComparison.Ordinal);
        Assert.Equal([0L], await bench.QueryAsync<long>("select applied from aws_roles"));

        bench.Wire.LosesAnswersTo = null;

        Assert.Equal(new EndOutcome.Ended(Existed: true), await minted.EndAsync());
        Assert.False(await minted.MayAsync());
    }

    [Fact]
    public async Task A_policy_that_somebody_took_away_is_written_again_when_the_end_is_tried_again()
    {
        await using var bench = await AwsBench.NewAsync();
        var minted = await bench.MintAsync();
        await minted.EndAsync();
        await bench.Admin.IamAsync("DeleteRolePolicy", ("RoleName", bench.Name), ("PolicyName", DenyPolicy.Name));
        Assert.True(await minted.MayAsync());

        Assert.IsType<EndOutcome.Ended>(await minted.EndAsync());

        Assert.False(await minted.MayAsync());
        Assert.Single(await bench.QueryAsync<string>("select type from events"));
    }

    /// <summary>IAM answers reads with what was there a moment ago.</summary>
    [Fact]
    public async Task A_read_that_lags_behind_is_looked_at_again()
    {
        await using var bench = await AwsBench.NewAsync();
        var minted = await bench.MintAsync();
        var stale = 3;
        bench.Wire.Instead = call => call.Action == "GetRolePolicy" && stale-- > 0 ? AwsWire.Error(HttpStatusCode.NotFound, "NoSuchEntity") : null;

        Assert.Equal(new EndOutcome.Ended(Existed: true), await minted.EndAsync());
        Assert.Equal(4, bench.Wire.CallsOf("GetRolePolicy").Count);
    }

    [Theory]
    [MemberData(nameof(Databases.Engines), MemberType = typeof(Databases))]
    public async Task Ends_that_race_on_two_replicas_lose_none_of_them(Engine engine)
    {
        await using var bench = await AwsBench.NewAsync(engine);
        var minted = new List<AwsBench.Minted>();
        for (var i = 0; i < 12; i++)
            minted.Add(await bench.MintAsync());

        var ended = await Task.WhenAll(minted.Select(m => m.EndAsync()));

        Assert.All(ended, e => Assert.Equal(new EndOutcome.Ended(Existed: true), e));
        Assert.Equal(minted.Select(m => m.Order.GrantId).Order(StringComparer.Ordinal), await bench.DeniedAsync());
        Assert.Equal([(12L, 12L)], (await bench.QueryAsync<long>("select version from aws_roles")).Zip(await bench.QueryAsync<long>("select applied from aws_roles")));
        Assert.Equal([0L], await bench.QueryAsync<long>("select count(*) from aws_roles where claimed_by is not null"));
    }

    /// <summary>The catalog was given new keys; a lease from before still names the old ones.</summary>
    [Fact]
    public async Task Keys_that_are_gone_for_one_end_hold_up_no_other()
    {
        await using var bench = await AwsBench.NewAsync();
        var (old, good) = (await bench.MintAsync(), await bench.MintAsync());
        var stale = RevocationHandle.FromJson(old.Plan.Handle.ToJson());
        stale.Data["secretAccessKey"] = "${env:OLD_SECRET}";

        Assert.Equal(Obstacle.Denied, Assert.IsType<EndOutcome.Failed>(await bench.Issuer().EndAsync(stale, Token)).Obstacle);
        Assert.IsType<EndOutcome.Ended>(await good.EndAsync());

        Assert.Equal(2, (await bench.DeniedAsync()).Count);
        Assert.False(await old.MayAsync());
    }

    [Fact]
    public async Task A_writer_that_died_with_the_claim_is_waited_for_no_longer_than_its_claim()
    {
        await using var bench = await AwsBench.NewAsync();
        var (dead, next) = (await bench.MintAsync(), await bench.MintAsync());
        await dead.EndAsync();
        var id = Assert.Single(await bench.QueryAsync<string>("select id from aws_roles"));
        Assert.NotNull(await bench.Store.ClaimAsync(id, "dead", bench.Clock.GetUtcNow(), bench.Clock.GetUtcNow().AddSeconds(12), Token));

        var ending = next.EndAsync();
        await Eventually.TrueAsync(async () => (await bench.QueryAsync<long>("select count(*) from aws_denials")).Single() == 2);
        Assert.False(ending.IsCompleted);
        bench.Clock.Advance(TimeSpan.FromSeconds(13));

        Assert.IsType<EndOutcome.Ended>(await ending);
        Assert.Equal(2, (await bench.DeniedAsync()).Count);
        Assert.False(await bench.Store.AppliedAsync(id, "dead", 99, Token));
    }

    [Fact]
    public async Task At_its_time_nothing_is_written_and_the_session_is_over_all_the_same()
    {
        await using var bench = await AwsBench.NewAsync();
        var minted = await bench.MintAsync();
        bench.Clock.MoveTo(minted.Plan.ExpiresAt);
        var before = bench.Wire.Calls.Count;

        Assert.Equal(new EndOutcome.Ended(Existed: true), await minted.EndAsync());

        Assert.Equal(before, bench.Wire.Calls.Count);
        Assert.False(await minted.MayAsync());
    }

    [Fact]
    public async Task What_has_served_its_time_leaves_the_policy_and_the_last_entry_takes_the_policy_along()
    {
        await using var bench = await AwsBench.NewAsync();
        var early = await bench.MintAsync(bench.Order(TimeSpan.FromMinutes(20)));
        var late = await bench.MintAsync(bench.Order(TimeSpan.FromMinutes(50)));
        await early.EndAsync();
        await late.EndAsync();

        bench.Clock.MoveTo(early.Order.Now.AddMinutes(81));
        await bench.Sweep().RunAsync(Token);
        Assert.Equal([late.Order.GrantId], await bench.DeniedAsync());

        bench.Clock.Advance(TimeSpan.FromMinutes(30));
        await bench.Sweep().RunAsync(Token);
        Assert.Null(await bench.PolicyAsync());
        Assert.Empty(await bench.QueryAsync<string>("select value from aws_denials"));
        Assert.Equal(["aws_role.denied", "aws_role.denied", "aws_role.pruned", "aws_role.pruned"], await bench.QueryAsync<string>("select type from events order by version"));
        var calls = bench.Wire.Calls.Count;
        await bench.Sweep().RunAsync(Token);
        Assert.Equal(calls, bench.Wire.Calls.Count);
    }

    [Fact]
    public async Task While_IAM_is_away_pruning_waits_and_hurts_nobody()
    {
        await using var bench = await AwsBench.NewAsync();
        await (await bench.MintAsync(bench.Order(TimeSpan.FromMinutes(20)))).EndAsync();
        bench.Clock.Advance(TimeSpan.FromHours(3));
        bench.Wire.Instead = _ => throw new HttpRequestException("away");

        await bench.Sweep().RunAsync(Token);
        Assert.Contains("could not be cleared", bench.LoggedText, StringComparison.Ordinal);
        Assert.NotNull(await bench.PolicyAsync());

        bench.Wire.Instead = null;
        await bench.Sweep().RunAsync(Token);
        Assert.Null(await bench.PolicyAsync());
    }

    /// <summary>More than a policy holds: all older sessions of the role go, those of others too, and what is minted after works.</summary>
    [Fact]
    public async Task Too_many_ends_cut_all_older_sessions_and_newer_ones_work()
    {
        await using var bench = await AwsBench.NewAsync();
        var (bystander, first) = (await bench.MintAsync(bench.Order(TimeSpan.FromHours(8), holder: "cy@example.com", grants: Long(bench))), await bench.MintAsync(bench.Order(TimeSpan.FromHours(8), grants: Long(bench))));
        for (var i = 0; i < DenyPolicy.Budget; i++)
            await bench.Store.DenyAsync(SessionHandle.Read(bench.Issuer().Plan(bench.Order(TimeSpan.FromHours(8), grants: Long(bench))).Handle)!, bench.Clock.GetUtcNow().AddHours(9), bench.Clock.GetUtcNow(), Token);
        bench.Clock.Advance(TimeSpan.FromMinutes(10));
        var recent = await bench.MintAsync(bench.Order(TimeSpan.FromHours(7), grants: Long(bench)));
        await recent.EndAsync();

        Assert.Equal(new EndOutcome.Ended(Existed: true), await first.EndAsync());

        Assert.False(await first.MayAsync());
        Assert.False(await bystander.MayAsync());
        Assert.False(await recent.MayAsync());
        Assert.Contains(recent.Order.GrantId, await bench.DeniedAsync());
        Assert.InRange((await bench.PolicyAsync())!.Length, 1, 400);
        Assert.Contains("aws:TokenIssueTime", await bench.PolicyAsync(DenyPolicy.OlderName), StringComparison.Ordinal);
        Assert.Contains("collects again", bench.LoggedText, StringComparison.Ordinal);
        Assert.Contains("aws_role.cut_off", await bench.QueryAsync<string>("select type from events"));
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await (await bench.MintAsync(bench.Order(grants: Long(bench)))).MayAsync());

        bench.Clock.Advance(TimeSpan.FromHours(10));
        await bench.Sweep().RunAsync(Token);
        Assert.Null(await bench.PolicyAsync(DenyPolicy.OlderName));
        Assert.Null(await bench.PolicyAsync());
    }

    /// <summary>The console writes a policy of the same name; it is not the broker's to lift.</summary>
    [Fact]
    public async Task A_cut_off_that_somebody_made_since_is_left_alone()
    {
        await using var bench = await AwsBench.NewAsync();
        var minted = await bench.MintAsync(bench.Order(TimeSpan.FromHours(2), grants: Long(bench)));
        bench.Clock.Advance(TimeSpan.FromMinutes(10));
        bench.Wire.Instead = call => call.Action == "PutRolePolicy" && call.Form["PolicyName"] == DenyPolicy.Name ? AwsWire.Error(HttpStatusCode.Conflict, "LimitExceeded", "Maximum policy size of 10240 bytes exceeded for role") : null;
        Assert.Equal(new EndOutcome.Ended(Existed: true), await minted.EndAsync());
        Assert.False(await minted.MayAsync());
        bench.Wire.Instead = null;
        var theirs = DenyPolicy.RenderOlder(bench.Clock.GetUtcNow().AddHours(1));
        await bench.Admin.IamAsync("PutRolePolicy", ("RoleName", bench.Name), ("PolicyName", DenyPolicy.OlderName), ("PolicyDocument", theirs));

        bench.Clock.Advance(TimeSpan.FromHours(9));
        await bench.Sweep().RunAsync(Token);

        Assert.True(DenyPolicy.Same(theirs, await bench.PolicyAsync(DenyPolicy.OlderName)));
        Assert.Equal([0L], await bench.QueryAsync<long>("select count(*) from aws_roles where older_than is not null or applied < version"));
    }

    /// <summary>M8: policies of the role that others made are nobody's business of the broker.</summary>
    [Fact]
    public async Task Policies_of_others_at_the_role_are_neither_read_nor_touched()
    {
        await using var bench = await AwsBench.NewAsync();
        await bench.Admin.IamAsync("PutRolePolicy", ("RoleName", bench.Name), ("PolicyName", "JitBrokerRevoked2"), ("PolicyDocument", """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}"""));
        var minted = await bench.MintAsync(bench.Order(TimeSpan.FromMinutes(20)));
        await minted.EndAsync();
        bench.Clock.Advance(TimeSpan.FromHours(3));
        await bench.Sweep().RunAsync(Token);

        Assert.Equal(["JitBrokerRevoked2", "streams"], (await bench.Admin.IamAsync("ListRolePolicies", ("RoleName", bench.Name))).Members("PolicyNames").Order(StringComparer.Ordinal));
        Assert.All(bench.Wire.Calls.Where(c => c.Form.ContainsKey("PolicyName")), c => Assert.Contains(c.Form["PolicyName"], (string[])[DenyPolicy.Name, DenyPolicy.OlderName]));
    }

    [Fact]
    public async Task A_role_that_is_gone_took_its_sessions_along()
    {
        await using var bench = await AwsBench.NewAsync();
        var minted = await bench.MintAsync();
        // Moto denies what it cannot find.
        bench.Wire.Instead = call => call.Action == "PutRolePolicy" ? AwsWire.Error(HttpStatusCode.NotFound, "NoSuchEntity") : null;

        Assert.IsType<EndOutcome.Ended>(await minted.EndAsync());
        Assert.Contains("is gone", bench.LoggedText, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Databases.Engines), MemberType = typeof(Databases))]
    public async Task Every_statement_of_the_store_prepares(Engine engine)
    {
        await using var databases = await Databases.NewAsync(engine);
        var statements = typeof(DenyStore).GetFields(System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)
            .Where(f => f.IsLiteral && f.Name.EndsWith("Sql", StringComparison.Ordinal)).Select(f => (string)f.GetRawConstantValue()!).ToList();

        Assert.True(statements.Count > 10);
        foreach (var sql in statements)
            await databases.Database.PrepareAsync(sql.Trim());
    }

    private static JsonObject Long(AwsBench bench) => new() { ["session"] = "PT8H", ["policy"] = bench.ReadsStream };

    private static async Task<(AwsBench.Minted One, AwsBench.Minted Two)> TwoOfOneGrantAsync(AwsBench bench, string state)
    {
        var order = bench.Order();
        await bench.InsertGrantAsync(order, state);
        return (await bench.MintAsync(order), await bench.MintAsync(bench.Order(grant: order.GrantId)));
    }

    private static Task SetGrantAsync(AwsBench bench, string grant, string state) => bench.Databases.Database.WriteAsync(
        session => session.ExecuteAsync("update grants set state = @state, end_kind = 'released', end_requested_at = @now where id = @grant", new { state, grant, now = bench.Clock.GetUtcNow() }, Token), Token);
}

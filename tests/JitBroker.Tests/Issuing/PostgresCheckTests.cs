using System.Globalization;
using JitBroker.Issuing;

namespace JitBroker.Tests.Issuing;

/// <summary>What a server lacks: said by <c>check</c>, and where it is dangerous, refused at the mint.</summary>
public sealed class PostgresCheckTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<Build, string> PowerfulHeirs => new(
        [Build.Debian, Build.Npm],
        [
            "can log in|alter role {0} login",
            "CREATEROLE|alter role {0} createrole",
            "is a superuser|alter role {0} superuser",
            "is a member of pg_read_all_data|grant pg_read_all_data to {0}",
            "has members: orders_readonly|grant {0} to orders_readonly",
            "granted rights on 1 objects|grant select on orders to {0}",
            "does not exist|drop role {0}",
        ]);

    public static MatrixTheoryData<Build, string> DangerousBundles => new(
        [Build.Debian, Build.Npm],
        [
            "is a superuser|alter role {0} superuser",
            "CREATEROLE|alter role {0} createrole",
            "REPLICATION|alter role {0} replication",
            "files, programs|grant pg_write_server_files to {0}",
            "other sessions|grant pg_signal_backend to {0}",
            "the broker's own role|grant jit_broker to {0}",
            "ADMIN option|grant orders_readonly to {0} with admin option",
            "does not exist|alter role {0} rename to {0}_gone",
        ]);

    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task A_server_set_up_as_the_README_says_is_in_order(Build build)
    {
        var bench = await PostgresBench.GetAsync(build);

        Assert.Empty(await FindingsAsync(bench, bench.Order()));
    }

    [Theory]
    [MemberData(nameof(PowerfulHeirs))]
    public async Task An_heir_with_any_power_gets_nothing(Build build, string scenario)
    {
        var bench = await PostgresBench.GetAsync(build);
        var heir = bench.NewName("heir");
        var (expected, sql) = Split(scenario, heir);
        await bench.ExecuteAsync($"create role {heir} nologin; {bench.AdminOn(heir)}");
        await bench.ExecuteAsync(sql, PostgresBench.Database);
        var order = bench.Order(heir: heir);

        var refused = Assert.IsType<MintOutcome.Refused>(await bench.Issuer().MintAsync(order, bench.Issuer().Plan(order), Token));

        Assert.Contains(expected, refused.Why, StringComparison.Ordinal);
        Assert.Contains(await FindingsAsync(bench, order), f => f.IsProblem && f.What.Contains(expected, StringComparison.Ordinal));
        await DropAsync(bench, heir);
    }

    /// <summary>A holder may grant the heir rights on what is theirs; that stops nobody else's mint.</summary>
    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task A_holder_cannot_stop_the_mints_of_others_by_giving_the_heir_something(Build build)
    {
        var bench = await PostgresBench.GetAsync(build);
        var (database, bundle) = await bench.NewDatabaseAsync("grant usage, create on schema app to {0}");
        var lease = await bench.MintAsync(bench.Order(database, bundles: bundle));
        await using (var session = await lease.OpenAsync())
            await PostgresBench.RunAsync(session, "create table app.gift (id int); grant all on app.gift to jit_heir; alter default privileges grant select on tables to jit_heir");

        await (await bench.MintAsync(bench.Order(database, bundles: bundle))).EndAndVerifyAsync();

        await lease.EndAndVerifyAsync();
        Assert.Equal("jit_heir", await bench.TextAsync("select relowner::regrole::text from pg_class where relname = 'gift'", database));
    }

    [Theory]
    [MemberData(nameof(DangerousBundles))]
    public async Task A_bundle_role_that_reaches_past_its_end_is_given_to_nobody(Build build, string scenario)
    {
        var bench = await PostgresBench.GetAsync(build);
        var (inner, outer) = (bench.NewName("inner"), bench.NewName("outer"));
        var (expected, sql) = Split(scenario, inner);
        await bench.ExecuteAsync($"create role {inner} nologin; create role {outer} nologin in role {inner}; {sql}");
        foreach (var bundle in expected == "does not exist" ? [inner] : new[] { inner, outer })
        {
            var order = bench.Order(bundles: bundle);

            var refused = Assert.IsType<MintOutcome.Refused>(await bench.Issuer().MintAsync(order, bench.Issuer().Plan(order), Token));

            Assert.Contains(expected, refused.Why, StringComparison.Ordinal);
            Assert.Contains(await FindingsAsync(bench, order), f => f.IsProblem && f.What.Contains(expected, StringComparison.Ordinal));
        }

        await DropAsync(bench, outer);
        await DropAsync(bench, inner);
    }

    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task What_the_brokers_role_lacks_is_said_with_the_SQL_that_mends_it_and_then_it_is_in_order(Build build)
    {
        var bench = await PostgresBench.GetAsync(build);
        var (broker, bundle, heir, database) = (bench.NewName("broker"), bench.NewName("bundle_"), bench.NewName("heir_"), bench.NewName("closed"));
        await bench.ExecuteAsync($"create role {broker} login password 'change-me'; create role {bundle} nologin; create role {heir} nologin");
        await bench.ExecuteAsync($"create database {database}");
        await bench.ExecuteAsync($"revoke connect on database {database} from public; grant connect on database postgres to {broker}");
        var order = bench.Order(database, heir, bundles: bundle);

        var findings = await FindingsAsync(bench, order, broker);
        string[] expected = ["may not make roles", "may not cut a session", $"may not hand anything over to {heir}", $"may not give {bundle}", $"may not connect to {database}"];
        Assert.All(expected, e => Assert.Contains(findings, f => f.IsProblem && f.What.Contains(e, StringComparison.Ordinal)));
        foreach (var finding in findings)
            await bench.ExecuteAsync(finding.Remedy);

        var second = Assert.Single(await FindingsAsync(bench, order, broker));
        Assert.Contains($"None of its roles may connect to {database}", second.What, StringComparison.Ordinal);
        await bench.ExecuteAsync(second.Remedy);
        Assert.Empty(await FindingsAsync(bench, order, broker));
    }

    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task Rights_of_a_bundle_role_that_outlast_its_holders_are_remarked_on(Build build)
    {
        var bench = await PostgresBench.GetAsync(build);
        var (database, bundle) = await bench.NewDatabaseAsync(
            "grant usage, create on schema app to {0}; grant select on app.orders to {0} with grant option; grant trigger on app.orders to {0}; create table app.owned (id int); alter table app.owned owner to {0}; alter role {0} login");

        var findings = await FindingsAsync(bench, bench.Order(database, bundles: bundle));

        Assert.All(findings, f => Assert.False(f.IsProblem));
        string[] expected = ["can log in by itself", "owns 1 objects", "grant options on 1 objects", "has TRIGGER on 1 tables", .. bench.IsNew ? Array.Empty<string>() : ["can SET ROLE to it"]];
        Assert.Equal(expected.Length, findings.Count);
        Assert.All(expected, e => Assert.Contains(findings, f => f.What.Contains(e, StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task A_superuser_is_more_than_needed_and_a_clock_that_is_off_is_said(Build build)
    {
        var bench = await PostgresBench.GetAsync(build);
        var clock = new ManualClock();
        clock.Set(bench.Order().Now - TimeSpan.FromMinutes(10));
        var broker = bench.NewName("boss");
        await bench.ExecuteAsync($"create role {broker} superuser login password 'change-me'");

        var findings = await bench.Check(broker, clock).CheckAsync(new TargetToCheck("orders-pg", bench.Order().Settings, []), Token);

        Assert.Contains(findings, f => !f.IsProblem && f.What.Contains("is a superuser, which is more than it needs", StringComparison.Ordinal));
        Assert.Contains(findings, f => f.IsProblem && f.What.Contains("The server's clock is 600 s ahead", StringComparison.Ordinal));
        await bench.ExecuteAsync($"drop role {broker}");
    }

    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task A_login_that_is_refused_is_said_without_the_password(Build build)
    {
        var bench = await PostgresBench.GetAsync(build);

        var finding = Assert.Single(await FindingsAsync(bench, bench.Order(), "nobody_of_that_name"));

        Assert.Contains("does not let the broker in", finding.What, StringComparison.Ordinal);
        Assert.DoesNotContain("change-me", finding.What, StringComparison.Ordinal);
    }

    private static Task<IReadOnlyList<TargetFinding>> FindingsAsync(PostgresBench bench, IssueOrder order, string broker = "jit_broker") =>
        bench.Check(broker).CheckAsync(new TargetToCheck(order.Issuer, order.Settings, [new GrantsToCheck(order.Entitlement, order.Grants)]), Token);

    private static (string Expected, string Sql) Split(string scenario, string role) =>
        (scenario.Split('|')[0], string.Format(CultureInfo.InvariantCulture, scenario.Split('|')[1], role));

    private static Task DropAsync(PostgresBench bench, string role) =>
        bench.ExecuteAsync($"do $$ begin if exists (select 1 from pg_roles where rolname = '{role}') then drop owned by {role}; drop role {role}; end if; end $$", PostgresBench.Database);
}

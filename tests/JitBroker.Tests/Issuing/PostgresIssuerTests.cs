using JitBroker.Issuers.Postgres;
using JitBroker.Issuing;
using Npgsql;

namespace JitBroker.Tests.Issuing;

/// <summary>What stands at a real server after a mint, what keeps one from being made, and ends that meet trouble.</summary>
public sealed class PostgresIssuerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void The_verifier_is_the_one_of_the_standard()
    {
        // Computed by PostgreSQL 15 itself: create role … password 'pencil', with this salt.
        var verifier = ScramVerifier.Of("pencil", Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ=="));

        Assert.Equal("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=", verifier);
        Assert.Equal("***", ScramVerifier.New().ToString());
        Assert.Equal(43, ScramVerifier.New().Password.Length);
    }

    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task A_role_has_its_bundle_its_end_its_limit_and_nothing_else(Build build)
    {
        var bench = await PostgresBench.GetAsync(build);
        var order = bench.Order(limit: 2);
        var lease = await bench.MintAsync(order);

        var facts = await bench.TextAsync($"select concat_ws(' ', rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls, rolconnlimit) from pg_roles where rolname = '{lease.Role}'");
        Assert.Equal("f t f f t f f 2", facts);
        Assert.Equal(lease.Role, "jit_" + order.LeaseId.ToLowerInvariant());
        Assert.Equal("t", await bench.TextAsync($"select (rolvaliduntil = '{lease.Plan.ExpiresAt:O}')::text::char from pg_roles where rolname = '{lease.Role}'"));
        Assert.Equal(PostgresBench.Bundle, await bench.TextAsync($"select string_agg(b.rolname, ' ') from pg_auth_members m join pg_roles b on b.oid = m.roleid where m.member = '{lease.Role}'::regrole"));
        Assert.Equal($"jitbroker lease={order.LeaseId} grant={order.GrantId} holder=ana@example.com", await bench.TextAsync($"select shobj_description('{lease.Role}'::regrole, 'pg_authid')"));
        Assert.StartsWith("SCRAM-SHA-256$4096:", await bench.TextAsync($"select rolpassword from pg_authid where rolname = '{lease.Role}'"), StringComparison.Ordinal);
        Assert.Equal($"postgresql://{lease.Role}:{lease.Credential.Reveal()["password"]}@127.0.0.1:{bench.Server.Port}/orders", lease.Credential.Reveal()["uri"]!.ToString());
        await using var one = await lease.OpenAsync();
        await using var two = await lease.OpenAsync();
        Assert.Equal("53300", (await Assert.ThrowsAsync<PostgresException>(() => lease.OpenAsync())).SqlState);
        await lease.EndAndVerifyAsync();
    }

    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task The_servers_own_clock_lets_nobody_in_after_the_end(Build build)
    {
        var bench = await PostgresBench.GetAsync(build);
        var lease = await bench.MintAsync(bench.Order(length: TimeSpan.FromSeconds(2)));

        await Eventually.TrueAsync(async () => await bench.TextAsync($"select (clock_timestamp() > rolvaliduntil)::text from pg_roles where rolname = '{lease.Role}'") == "true");

        Assert.Equal("28P01", (await Assert.ThrowsAsync<PostgresException>(() => lease.OpenAsync())).SqlState);
        await lease.EndAndVerifyAsync();
    }

    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task A_lease_whose_first_secret_was_lost_gets_a_new_one_and_the_old_is_dead(Build build)
    {
        var bench = await PostgresBench.GetAsync(build);
        var order = bench.Order();
        var first = await bench.MintAsync(order);

        var second = await bench.MintAsync(order);

        await using (await second.OpenAsync())
            Assert.Equal("28P01", (await Assert.ThrowsAsync<PostgresException>(() => first.OpenAsync())).SqlState);
        await second.EndAndVerifyAsync();
    }

    [Theory]
    [InlineData(Build.Debian, "create role {0} login password 'theirs'")]
    [InlineData(Build.Npm, "create role {0} login password 'theirs'")]
    [InlineData(Build.Debian, "create role {0} nologin; comment on role {0} is 'jitbroker lease={1} grant=x holder=y'")]
    [InlineData(Build.Npm, "create role {0} nologin; comment on role {0} is 'jitbroker lease={1} grant=x holder=y'")]
    public async Task A_role_of_that_name_that_is_somebody_elses_or_being_ended_is_not_taken_over(Build build, string there)
    {
        var bench = await PostgresBench.GetAsync(build);
        var order = bench.Order();
        var role = RoleHandle.RoleOf(order.LeaseId);
        await bench.ExecuteAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, there, role, order.LeaseId));
        var before = await bench.TextAsync($"select rolcanlogin::text || coalesce(rolpassword, '') from pg_authid where rolname = '{role}'");

        Assert.IsType<MintOutcome.Unavailable>(await bench.Issuer().MintAsync(order, bench.Issuer().Plan(order), Token));

        Assert.Equal(before, await bench.TextAsync($"select rolcanlogin::text || coalesce(rolpassword, '') from pg_authid where rolname = '{role}'"));
        await bench.ExecuteAsync($"drop role {role}");
    }

    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task Hostile_names_of_databases_and_bundle_roles_stay_names(Build build)
    {
        var bench = await PostgresBench.GetAsync(build);
        var tail = bench.NewName("x");
        var (database, bundle) = ($"da\"ta'; drop role jit_heir; -- \\{tail}", $"bun\"dle'; drop table orders; -- %s{tail}");
        string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        await bench.ExecuteAsync($"create database {Quote(database)}");
        await bench.ExecuteAsync($"create role {Quote(bundle)} nologin; {bench.AdminOn(Quote(bundle))}");
        await bench.ExecuteAsync($"create schema {Quote(bundle)}; grant usage, create on schema {Quote(bundle)} to {Quote(bundle)}", database);
        var order = bench.Order(database, bundles: bundle) with { Holder = "o'\"; drop role x; --@example.com" };
        var lease = await bench.MintAsync(order);
        await using (var session = await PostgresBench.ConnectAsync(new NpgsqlConnectionStringBuilder(lease.Way("x")) { Database = database }.ConnectionString))
            await PostgresBench.RunAsync(session, $"create function {Quote(bundle)}.f() returns int language sql security definer as 'select 1'; create table {Quote(bundle)}.t (id int)");

        await lease.EndAndVerifyAsync();

        Assert.Equal("0", await bench.TextAsync("select count(*) from pg_proc where proname = 'f'", database));
        Assert.Equal("jit_heir", await bench.TextAsync("select relowner::regrole::text from pg_class where relname = 't'", database));
        Assert.Empty(await bench.Check().CheckAsync(new TargetToCheck("orders-pg", order.Settings, []), Token));
    }

    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task A_mint_that_waits_too_long_is_given_up_and_nothing_of_it_appears_later(Build build)
    {
        var bench = await PostgresBench.NewAsync(build);
        var order = bench.Order();
        var plan = bench.Issuer().Plan(order);
        await using var lockers = await bench.OpenAsync();
        await PostgresBench.RunAsync(lockers, "begin; lock table pg_authid in share mode");

        var outcome = await bench.Issuer().MintAsync(order, plan, Token);
        await PostgresBench.RunAsync(lockers, "rollback");

        Assert.IsType<MintOutcome.Unavailable>(outcome);
        Assert.Equal(new EndOutcome.Ended(Existed: false), await bench.Issuer().EndAsync(plan.Handle, Token));
        Assert.Equal("0", await bench.TextAsync("select count(*) from pg_roles where rolname ~ '^jit_[0-9a-z]{26}$'"));
    }

    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task While_the_server_is_down_nothing_is_minted_or_ended_and_both_work_after(Build build)
    {
        var bench = await PostgresBench.NewAsync(build);
        var lease = await bench.MintAsync();
        await bench.Server.CrashAsync();

        var ended = Assert.IsType<EndOutcome.Failed>(await lease.EndAsync());
        var order = bench.Order();
        var minted = Assert.IsType<MintOutcome.Unavailable>(await bench.Issuer().MintAsync(order, bench.Issuer().Plan(order), Token));
        Assert.All([ended.Why, minted.Why], why => Assert.Contains("cannot be reached", why, StringComparison.Ordinal));
        Assert.All([ended.Why, minted.Why], why => Assert.DoesNotContain("change-me", why, StringComparison.Ordinal));

        await bench.Server.StartAgainAsync();
        await lease.EndAndVerifyAsync();
        await (await bench.MintAsync(order)).EndAndVerifyAsync();
    }

    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task An_end_that_broke_off_anywhere_is_taken_up_from_the_start(Build build)
    {
        var bench = await PostgresBench.GetAsync(build);
        foreach (var done in (string[])["alter role {0} nologin connection limit 0 valid until '-infinity'", "revoke orders_readonly from {0}", "grant {0} to jit_broker"])
        {
            var lease = await bench.MintAsync();
            await using var session = await lease.OpenAsync();
            await bench.ExecuteAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, done, lease.Role));

            await lease.EndAndVerifyAsync();
        }
    }

    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task A_handle_of_another_form_touches_nothing(Build build)
    {
        var bench = await PostgresBench.GetAsync(build);
        var handle = bench.Issuer().Plan(bench.Order()).Handle;
        foreach (var role in (string[])["postgres", "jit_broker", "jit_heir", "jit_01\"; drop role jit_heir; --", ""])
        {
            var data = handle.Data.DeepClone().AsObject();
            data["role"] = role;
            Assert.IsType<EndOutcome.Failed>(await bench.Issuer().EndAsync(handle with { Data = data }, Token));
        }

        var lost = handle.Data.DeepClone().AsObject();
        lost["connection"] = "${env:GONE}";
        Assert.Contains("${env:GONE}", Assert.IsType<EndOutcome.Failed>(await bench.Issuer().EndAsync(handle with { Data = lost }, Token)).Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "{}")]
    [InlineData("{}", "{}")]
    [InlineData("""{"connection":"${env:ORDERS_PG}"}""", """{"database":"orders","roles":[]}""")]
    [InlineData("""{"connection":"${env:ORDERS_PG}"}""", """{"database":"orders","roles":["jit_heir"]}""")]
    [InlineData("""{"connection":"${env:ORDERS_PG}"}""", """{"database":"orders","roles":["a","a"]}""")]
    [InlineData("""{"connection":"${env:ORDERS_PG}"}""", """{"database":"orders","roles":["a"],"connectionLimit":-1}""")]
    [InlineData("""{"connection":"${env:ORDERS_PG}"}""", """{"database":"a\u0000","roles":["a"]}""")]
    [InlineData("""{"connection":"${env:ORDERS_PG}","heir":"ééééééééééééééééééééééééééééééééé"}""", """{"database":"orders","roles":["a"]}""")]
    public async Task What_the_catalog_cannot_mean_is_refused_without_calling_anybody(string settings, string grants)
    {
        var issuer = new PostgresIssuer(TestSecrets.Of(), new ManualClock());
        var now = new ManualClock().GetUtcNow();
        var order = new IssueOrder("01J8ZQ00000000000000000000", "01J8ZQGRANT", "ana@example.com", "Ana", "orders-db:read", "orders-pg", settings, grants, now, now.AddHours(1));
        var plan = issuer.Plan(order);

        Assert.IsType<MintOutcome.Refused>(await issuer.MintAsync(order, plan, Token));
        Assert.Equal(new EndOutcome.Ended(Existed: true), await issuer.EndAsync(plan.Handle, Token));
    }

    [Theory]
    [InlineData("Host=db;Password=s3cret;Port=seven")]
    [InlineData("Host=db;Pass word=s3cret")]
    [InlineData("s3cret")]
    [InlineData("Password=s3cret")]
    [InlineData("Host=a,b;Password=s3cret")]
    [InlineData("postgresql://u:s3cret@db/x")]
    public async Task A_connection_string_that_cannot_be_used_is_not_quoted(string text)
    {
        var issuer = new PostgresIssuer(TestSecrets.Of(("ORDERS_PG", text)), new ManualClock());
        var now = new ManualClock().GetUtcNow();
        var order = new IssueOrder(
            "01J8ZQ00000000000000000000", "01J8ZQGRANT", "ana@example.com", "Ana", "orders-db:read", "orders-pg", """{"connection":"${env:ORDERS_PG}"}""", """{"database":"orders","roles":["a"]}""", now, now.AddHours(1));

        var why = Assert.IsType<MintOutcome.Unavailable>(await issuer.MintAsync(order, issuer.Plan(order), Token)).Why;

        Assert.Contains("${env:ORDERS_PG}", why, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", why, StringComparison.Ordinal);
    }
}

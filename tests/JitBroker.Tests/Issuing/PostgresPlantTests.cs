using JitBroker.Issuing;
using Npgsql;

namespace JitBroker.Tests.Issuing;

/// <summary>M4: what a holder leaves behind. Afterwards nothing of it runs for anybody, and the data is the powerless heir's.</summary>
public sealed class PostgresPlantTests
{
    /// <summary>What is planted, and a query that counts what is left of it.</summary>
    private static readonly (string Plant, string Left)[] Plants =
    [
        ("create function app.leak() returns setof app.orders language sql security definer as 'select * from app.orders'", "select count(*) from pg_proc where proname = 'leak'"),
        ("create procedure app.leak() language sql security definer as 'select 1'", "select count(*) from pg_proc where proname = 'leak'"),
        ("create function app.now() returns int language sql as 'select 1'", "select count(*) from pg_proc p join pg_namespace n on n.oid = pronamespace where proname = 'now' and nspname = 'app'"),
        ("create aggregate app.summed(int) (sfunc = int4pl, stype = int)", "select count(*) from pg_proc where proname = 'summed'"),
        ("create view app.leak as select * from app.orders", "select count(*) from pg_class where relname = 'leak'"),
        ("create materialized view app.leak as select * from app.orders", "select count(*) from pg_class where relname = 'leak'"),
        ("create table app.mine (id int); create rule r as on insert to app.mine do also select 1", "select count(*) from pg_rewrite where rulename = 'r'"),
        ("create function app.f() returns trigger language plpgsql as 'begin return new; end'; create table app.mine (id int); create trigger t before insert on app.mine execute function app.f()", "select count(*) from pg_trigger where tgname = 't'"),
        ("create function app.f() returns trigger language plpgsql as 'begin return new; end'; create trigger theirs before insert on app.orders execute function app.f()", "select count(*) from pg_trigger where tgname = 'theirs'"),
        ("create table app.mine (id int); create trigger t before update on app.mine for each row execute function suppress_redundant_updates_trigger()", "select count(*) from pg_trigger where tgname = 't'"),
        ("create table app.mine (id int); alter table app.mine enable row level security; create policy p on app.mine using (true)", "select count(*) from pg_policy where polname = 'p'"),
        ("alter default privileges grant all on tables to public", "select count(*) from pg_default_acl"),
        ("create table app.mine (id int); grant all on app.mine to public; grant select (id) on app.mine to pg_monitor", "select count(*) from pg_class c, aclexplode(relacl) a where relname = 'mine' and a.grantee <> c.relowner"),
        ("create schema mine; grant all on schema mine to public", "select count(*) from pg_namespace n, aclexplode(nspacl) a where nspname = 'mine' and a.grantee <> n.nspowner"),
        ("create function app.plus(int, int) returns int language sql as 'select 1'; create operator app.+ (function = app.plus, leftarg = int, rightarg = int)", "select count(*) from pg_operator where oprcode::text like '%plus' and oprnamespace = 'app'::regnamespace"),
        ("create collation app.c from \"C\"", "select count(*) from pg_collation where collname = 'c'"),
        ("create publication p", "select count(*) from pg_publication"),
        ("create table app.mine (id int, twice int); create statistics app.s on id, twice from app.mine", "select count(*) from pg_statistic_ext"),
        ("create text search dictionary app.d (template = simple)", "select count(*) from pg_ts_dict where dictname = 'd'"),
        ("create table app.mine (id int); create index on app.mine (id); create type app.kind as enum ('a'); create type app.span as range (subtype = int); create domain app.small as int", "select 0"),
        ("create schema mine; create table mine.t (id serial primary key, big text) partition by range (id); create table mine.p partition of mine.t for values from (1) to (9)", "select 0"),
        ("select lo_from_bytea(0, 'secret')", "select 0"),
    ];

    public static TheoryData<Build, string, string> Planted
    {
        get
        {
            var data = new TheoryData<Build, string, string>();
            foreach (var build in new[] { Build.Debian, Build.Npm })
                foreach (var (plant, left) in Plants)
                    data.Add(build, plant, left);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Planted))]
    public async Task What_is_planted_is_gone_and_the_rest_is_the_heirs(Build build, string plant, string left)
    {
        var bench = await PostgresBench.GetAsync(build);
        var (database, bundle) = await NewDatabaseAsync(bench);
        var lease = await bench.MintAsync(bench.Order(database, bundles: bundle));
        await using (var session = await lease.OpenAsync())
            await PostgresBench.RunAsync(session, plant);

        await lease.EndAndVerifyAsync();

        Assert.Equal("0", await bench.TextAsync(left, database));
        Assert.Equal("0", await bench.TextAsync("select count(*) from pg_proc where proowner = 'jit_heir'::regrole", database));
        Assert.Equal("1", await bench.TextAsync("select count(*) from app.orders", database));
        Assert.Equal("", await bench.TextAsync("select string_agg(rolname, ' ') from pg_auth_members m join pg_roles r on r.oid = m.roleid where m.member = 'jit_heir'::regrole"));
    }

    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task Objects_in_two_databases_with_hostile_names_are_handed_over_with_their_data(Build build)
    {
        var bench = await PostgresBench.GetAsync(build);
        const string evil = "a\"b'; drop table \\ %I $$ ünï";
        var quoted = $"\"{evil.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        var (database, bundle) = await NewDatabaseAsync(bench);
        var (other, _) = await NewDatabaseAsync(bench);
        await bench.ExecuteAsync($"grant usage, create on schema app to {bundle}; grant create on database {other} to {bundle}", other);
        var lease = await bench.MintAsync(bench.Order(database, bundles: bundle));
        foreach (var where in new[] { database, other })
        {
            await using var session = await lease.OpenAsync(where);
            await PostgresBench.RunAsync(session, $"create table app.{quoted} ({quoted} int); insert into app.{quoted} values (7); create schema {quoted}; create table {quoted}.{quoted} (id int)");
            await PostgresBench.RunAsync(session, $"create function {quoted}.{quoted}({quoted} int default 1) returns int language sql security definer as 'select 1'; create view app.{quoted[..^1]}v\" as select 1");
            await PostgresBench.RunAsync(session, $"create rule {quoted} as on insert to app.{quoted} do also select 1; grant all on app.{quoted} to public");
        }

        await lease.EndAndVerifyAsync();

        foreach (var where in new[] { database, other })
        {
            Assert.Equal("7", await bench.TextAsync($"select * from app.{quoted}", where));
            Assert.Equal("3", await bench.TextAsync("select (select count(*) from pg_class where relowner = 'jit_heir'::regrole and relkind = 'r') + (select count(*) from pg_namespace where nspowner = 'jit_heir'::regrole)", where));
            Assert.Equal("0", await bench.TextAsync("select count(*) from pg_proc where proowner not in (10)", where));
        }
    }

    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task Very_many_plants_are_cleared_over_several_transactions(Build build)
    {
        var bench = await PostgresBench.GetAsync(build);
        var (database, bundle) = await NewDatabaseAsync(bench);
        var lease = await bench.MintAsync(bench.Order(database, bundles: bundle));
        await using (var session = await lease.OpenAsync())
            await PostgresBench.RunAsync(session, "do $$ begin for i in 1..350 loop execute format('create function app.f%s() returns int language sql security definer as ''select 1''', i); end loop; end $$");

        await lease.EndAndVerifyAsync();

        Assert.Equal("0", await bench.TextAsync("select count(*) from pg_proc where pronamespace = 'app'::regnamespace", database));
    }

    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task A_user_mapping_and_a_foreign_server_are_gone(Build build)
    {
        var bench = await PostgresBench.GetAsync(build);
        var (database, bundle) = await NewDatabaseAsync(bench);
        await bench.ExecuteAsync($"create foreign data wrapper w; create server theirs foreign data wrapper w; grant usage on foreign data wrapper w to {bundle}; grant usage on foreign server theirs to {bundle}", database);
        var lease = await bench.MintAsync(bench.Order(database, bundles: bundle));
        await using (var session = await lease.OpenAsync())
            await PostgresBench.RunAsync(session, "create server mine foreign data wrapper w; create user mapping for public server mine; create user mapping for current_user server theirs; create foreign table app.far (id int) server mine");

        await lease.EndAndVerifyAsync();

        Assert.Equal("theirs", await bench.TextAsync("select string_agg(srvname, ' ') from pg_foreign_server", database));
        Assert.Equal("0", await bench.TextAsync("select count(*) from pg_user_mapping", database));
    }

    /// <summary>A schema whose use was taken from the bundle role meanwhile cannot be reached; people are told what to grant, and then it goes on.</summary>
    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task What_cannot_be_reached_is_said_and_the_end_goes_on_when_it_can(Build build)
    {
        var bench = await PostgresBench.GetAsync(build);
        var (database, bundle) = await NewDatabaseAsync(bench);
        var lease = await bench.MintAsync(bench.Order(database, bundles: bundle));
        await using (var session = await lease.OpenAsync())
            await PostgresBench.RunAsync(session, "create function app.f() returns int language sql security definer as 'select 1'");
        await bench.ExecuteAsync($"revoke all on schema app from {bundle}", database);

        var failed = Assert.IsType<EndOutcome.Failed>(await lease.EndAsync());
        Assert.Contains($"handing over what {lease.Role} owns in {database}", failed.Why, StringComparison.Ordinal);
        Assert.Contains("permission denied for schema app", failed.Why, StringComparison.Ordinal);
        await Assert.ThrowsAsync<PostgresException>(() => lease.OpenAsync());

        await bench.ExecuteAsync("grant usage on schema app to jit_broker", database);
        await lease.EndAndVerifyAsync();
    }

    private static async Task<(string Database, string Bundle)> NewDatabaseAsync(PostgresBench bench)
    {
        var (database, bundle) = await bench.NewDatabaseAsync("grant usage, create on schema app to {0}; grant select, trigger on app.orders to {0}");
        await bench.ExecuteAsync($"grant create on database {database} to {bundle}", database);
        return (database, bundle);
    }
}

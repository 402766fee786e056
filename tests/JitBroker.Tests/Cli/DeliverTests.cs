using System.Globalization;
using JitBroker.Cli.Collecting;
using JitBroker.Cli.Running;
using JitBroker.Client;

namespace JitBroker.Tests.Cli;

/// <summary>What <c>exec</c> and <c>psql</c> hand to a command, and what they say when it ended because the access had.</summary>
public sealed class DeliverTests
{
    private static readonly PostgresCredential Postgres = new("db.example", 5432, "orders", "jit_01k", "p'a:ss", "postgresql://jit_01k:p%27a%3Ass@db.example:5432/orders?sslmode=require");

    private static async Task<(Machine Machine, Onlooker Onlooker)> HoldingAsync(GrantResource? grant = null, int exit = 0, bool exists = true)
    {
        var machine = await Machine.SignedInAsync();
        var onlooker = new Onlooker(exit, exists);
        machine.Children = onlooker;
        machine.Broker.Grants.Add(grant ?? Sample.Grant() with { Kind = "postgres" });
        machine.Broker.On($"POST /v1/grants/{Sample.GrantId}/credentials", Say.Ok(Sample.Credential("postgres", Postgres), 201));
        return (machine, onlooker);
    }

    [Theory]
    [InlineData("orders-db:read")]
    [InlineData(Sample.GrantId)]
    [InlineData("01KAM0GRT")]
    public async Task Psql_gets_everything_in_its_environment_and_nothing_in_its_arguments(string grant)
    {
        var (machine, onlooker) = await HoldingAsync();
        await using var _ = machine;

        Assert.Equal(0, (await machine.RunAsync("psql", grant, "--", "-c", "select 1")).Exit);

        var child = onlooker.Child!;
        Assert.Equal(("psql", "-c select 1"), (child.Command, string.Join(' ', child.Arguments)));
        foreach (var (name, value) in new[] { ("PGHOST", "db.example"), ("PGPORT", "5432"), ("PGDATABASE", "orders"), ("PGUSER", "jit_01k"), ("PGPASSWORD", "p'a:ss"), ("PGSSLMODE", "require") })
            Assert.Equal(value, child.Environment[name]);
        Assert.Subset(child.Cleared.ToHashSet(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal) { "JIT_TOKEN", "PGSERVICE", "PGSERVICEFILE", "PGPASSFILE", "PGHOSTADDR", "PGOPTIONS" });
    }

    [Fact]
    public async Task Without_psql_nothing_is_collected_and_the_way_out_is_told()
    {
        var (machine, _) = await HoldingAsync(exists: false);
        await using var __ = machine;

        var ran = await machine.RunAsync("psql", "orders-db:read");

        Assert.Equal(127, ran.Exit);
        Assert.Contains("apt-get install postgresql-client", ran.Err, StringComparison.Ordinal);
        Assert.Contains("jit creds orders-db:read --format uri", ran.Err, StringComparison.Ordinal);
        Assert.Empty(machine.Broker.Calls);
    }

    [Fact]
    public async Task Psql_on_a_grant_of_another_kind_says_so_before_anything_is_minted()
    {
        var (machine, onlooker) = await HoldingAsync(Sample.Grant() with { Kind = "jwt" });
        await using var _ = machine;

        var ran = await machine.RunAsync("psql", "orders-db:read");

        Assert.Equal(2, ran.Exit);
        Assert.Contains("gives a jwt credential, and psql needs a postgres one", ran.Err, StringComparison.Ordinal);
        Assert.Null(onlooker.Child);
        Assert.Empty(machine.Broker.CallsOf($"POST /v1/grants/{Sample.GrantId}/credentials"));
    }

    [Fact]
    public async Task Psql_without_a_grant_says_how_to_ask()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Children = new Onlooker(0, true);

        var ran = await machine.RunAsync("psql", "orders-db:read");

        Assert.Equal((1, Codes.NotFound), (ran.Exit, ran.Code));
        Assert.Contains("jit request orders-db:read asks", ran.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_failed_because_the_access_was_over_is_told_apart()
    {
        var revoked = Sample.Grant() with { Kind = "postgres", State = GrantState.Ending, End = GrantEnd.Revoked, EndedBy = Sample.Bea, EndReason = "wrong database", EndRequestedAt = JumpingClock.Start };
        var (machine, _) = await HoldingAsync(revoked, exit: 2);
        await using var __ = machine;

        var ran = await machine.RunAsync("psql", Sample.GrantId);

        Assert.Equal((2, Codes.GrantEnded), (ran.Exit, ran.Code));
        Assert.Contains("was revoked by Bea now (10:00): wrong database.", ran.Err, StringComparison.Ordinal);
        Assert.Contains("jit request orders-db:read asks again", ran.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_failed_by_itself_speaks_for_itself()
    {
        var (machine, _) = await HoldingAsync(exit: 3);
        await using var __ = machine;

        Assert.Equal((3, ""), (await machine.RunAsync("exec", "orders-db:read", "--", "false") is var ran ? (ran.Exit, ran.Err) : default));
    }

    [Fact]
    public async Task A_form_that_does_not_fit_the_kind_is_refused_before_anything_is_minted_and_names_those_that_fit()
    {
        var (machine, _) = await HoldingAsync();
        await using var __ = machine;

        var ran = await machine.RunAsync("creds", "orders-db:read", "--format", "aws");

        Assert.Equal((2, ""), (ran.Exit, ran.Out));
        Assert.Contains("use --format json, env, pgpass, uri or properties", ran.Err, StringComparison.Ordinal);
        Assert.Empty(machine.Broker.CallsOf($"POST /v1/grants/{Sample.GrantId}/credentials"));
        Assert.Equal("db.example:5432:orders:jit_01k:p'a\\:ss\n", (await machine.RunAsync("creds", "orders-db:read", "--format", "pgpass")).Out);
    }

    [Fact]
    public async Task A_value_that_a_form_cannot_hold_is_refused_without_showing_it()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.Grants.Add(Sample.Grant() with { Kind = "postgres" });
        machine.Broker.On($"POST /v1/grants/{Sample.GrantId}/credentials", Say.Ok(Sample.Credential("postgres", Postgres with { Password = "s3cret\nline" }), 201));

        var ran = await machine.RunAsync("creds", "orders-db:read", "--format", "pgpass");

        Assert.Equal((2, ""), (ran.Exit, ran.Out));
        Assert.DoesNotContain("s3cret", ran.Err, StringComparison.Ordinal);
        Assert.Contains(".pgpass", ran.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_real_child_sees_the_credential_and_none_of_what_would_outweigh_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The child is a shell.");
        var (machine, _) = await HoldingAsync();
        await using var __ = machine;
        machine.Children = new ChildRunner();
        var file = Path.Combine(machine.Folder, "said");
        // This process's own environment is what a child inherits.
        Environment.SetEnvironmentVariable("PGSERVICEFILE", "/nowhere");

        var ran = await machine.RunAsync("exec", "orders-db:read", "--", "sh", "-c", string.Create(CultureInfo.InvariantCulture, $"printf '%s|%s|%s' \"$PGPASSWORD\" \"${{PGSERVICEFILE-none}}\" \"${{JIT_TOKEN-none}}\" > {file}"));

        Assert.Equal(0, ran.Exit);
        Assert.Equal("p'a:ss|none|none", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    private sealed class Onlooker(int exit, bool exists) : IChildRunner
    {
        public Child? Child { get; private set; }

        public bool Exists(string command, string? path, string workingDirectory) => exists;

        public Task<int> RunAsync(Child child, Interrupts interrupts)
        {
            Child = child;
            return Task.FromResult(exit);
        }
    }
}

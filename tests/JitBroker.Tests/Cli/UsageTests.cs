using JitBroker.Client;

namespace JitBroker.Tests.Cli;

public sealed class UsageTests
{
    [Theory]
    [InlineData]
    [InlineData("frobnicate")]
    [InlineData("catalog")]
    [InlineData("request")]
    [InlineData("list", "extra")]
    [InlineData("list", "-o", "xml")]
    [InlineData("creds", "x", "--format", "yaml")]
    [InlineData("exec", "x")]
    [InlineData("completion", "tcsh")]
    [InlineData("list", "--url", "not a url")]
    [InlineData("list", "--url", "ftp://jit.example")]
    [InlineData("list", "--url", "https://user:pass@jit.example")]
    public async Task What_is_not_understood_leaves_with_2_and_says_so_on_standard_error(params string[] args)
    {
        await using var machine = await Machine.SignedInAsync();

        var ran = await machine.RunAsync(args);

        Assert.Equal((2, ""), (ran.Exit, ran.Out));
        Assert.NotEmpty(ran.Err);
        Assert.Empty(machine.Broker.Calls);
    }

    [Theory]
    [InlineData("REQUEST is missing. REASON is missing.", "deny")]
    [InlineData("REASON is missing.", "deny", "01KAJ5W4")]
    [InlineData("CMD is missing.", "exec", "orders-db:read")]
    [InlineData("Must be one of: 'justified' 'misuse' 'policy_gap'. COMMENT is missing.", "review", "01KAJ5W4", "fine")]
    public async Task What_is_missing_is_named(string said, params string[] args)
    {
        await using var machine = await Machine.StartAsync();

        Assert.Contains(said, (await machine.RunAsync(args)).Err, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("reqest", "jit request")]
    [InlineData("pend", "jit pending")]
    public async Task A_slip_of_the_finger_gets_the_nearest_verb(string typed, string meant)
    {
        await using var machine = await Machine.StartAsync();

        Assert.Contains($"did you mean {meant}?", (await machine.RunAsync(typed)).Err, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("mine")]
    [InlineData("request", "orders-db:read")]
    public async Task A_broker_that_is_not_there_leaves_with_3(params string[] args)
    {
        await using var machine = await Machine.SignedInAsync();
        await machine.Broker.DisposeAsync();

        var ran = await machine.RunAsync(args);

        Assert.Equal((3, ""), (ran.Exit, ran.Out));
        Assert.Contains("does not answer", ran.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_to_a_broker_that_is_not_there_leaves_with_3()
    {
        await using var machine = await Machine.StartAsync();
        await machine.Broker.DisposeAsync();

        Assert.Equal(3, (await machine.RunAsync("login")).Exit);
    }

    [Fact]
    public async Task No_broker_named_anywhere_says_how_to_name_one()
    {
        await using var machine = await Machine.StartAsync();
        machine.Environment.Remove("JIT_URL");

        var ran = await machine.RunAsync("list");

        Assert.Equal(2, ran.Exit);
        Assert.Contains("JIT_URL", ran.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_and_help_leave_with_0()
    {
        await using var machine = await Machine.StartAsync();

        var version = await machine.RunAsync("--version");
        var help = await machine.RunAsync("request", "--help");
        var start = await machine.RunAsync("--help");

        Assert.Equal((0, 0, 0), (version.Exit, help.Exit, start.Exit));
        Assert.Matches(@"^jit \d+\.\d+\.\d+\n$", version.Out);
        Assert.Contains("jit request orders-db:read 1h INC-42 slow checkout", help.Out, StringComparison.Ordinal);
        Assert.Contains("JIT_HOME", start.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_file_that_cannot_be_read_as_one_counts_as_not_signed_in()
    {
        await using var machine = await Machine.SignedInAsync();
        foreach (var name in machine.Store.Files)
            await File.WriteAllTextAsync(Path.Combine(machine.Home, name), "{ half", TestContext.Current.CancellationToken);

        var ran = await machine.RunAsync("list");

        Assert.Equal((1, Codes.Unauthenticated), (ran.Exit, ran.Code));
    }
}

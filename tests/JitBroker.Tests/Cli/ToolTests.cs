using JitBroker.Client;

namespace JitBroker.Tests.Cli;

public sealed class ToolTests
{
    [Fact]
    public async Task Catalog_check_sends_every_yaml_file_of_a_folder()
    {
        await using var machine = await Machine.SignedInAsync();
        var folder = Directory.CreateDirectory(Path.Combine(machine.Folder, "catalog")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "b.yml"), "groups: {}\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "a.yaml"), "people: []\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "notes.txt"), "secret", TestContext.Current.CancellationToken);
        machine.Broker.On("POST /v1/catalog/check", Say.Ok(new CatalogCheckResource(true, [])));

        var ran = await machine.RunAsync("catalog", "check", "catalog");

        Assert.Equal((0, "Valid: 2 files, no problems.\n"), (ran.Exit, ran.Out));
        Assert.Equal("""{"files":[{"path":"catalog/a.yaml","text":"people: []\n"},{"path":"catalog/b.yml","text":"groups: {}\n"}]}""", machine.Broker.Calls[^1].Body);
    }

    [Fact]
    public async Task Catalog_check_shows_every_problem_with_its_place_and_remedy()
    {
        await using var machine = await Machine.SignedInAsync();
        await File.WriteAllTextAsync(Path.Combine(machine.Folder, "catalog.yaml"), "x: 1\n", TestContext.Current.CancellationToken);
        machine.Broker.On("POST /v1/catalog/check", Say.Ok(new CatalogCheckResource(false,
            [new CatalogProblemResource("catalog.yaml", 3, 7, "entitlements.a.duration.max", "8x", "This is not a duration.", "Write it like 8h.")])));

        var ran = await machine.RunAsync("catalog", "check");

        Assert.Equal(1, ran.Exit);
        Assert.Equal("catalog.yaml:3:7  This is not a duration.\n    at entitlements.a.duration.max\n    value 8x\n    → Write it like 8h.\n", ran.Out);
        Assert.Equal(Codes.InvalidValue, ran.Code);
    }

    [Fact]
    public async Task Catalog_check_of_nothing_is_a_usage_fault()
    {
        await using var machine = await Machine.SignedInAsync();

        Assert.Equal(2, (await machine.RunAsync("catalog", "check", "nowhere.yaml")).Exit);
        Assert.Empty(machine.Broker.Calls);
    }

    [Fact]
    public async Task Doctor_finds_nothing_wrong_with_a_healthy_machine()
    {
        await using var machine = await Machine.SignedInAsync();

        var ran = await machine.RunAsync("doctor");

        Assert.Equal((0, ""), (ran.Exit, ran.Err));
        Assert.DoesNotContain("✗", ran.Out, StringComparison.Ordinal);
        Assert.Contains("✓  session  Ana Diaz <ana@example.com>, ends in 12h (22:00)", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_names_each_fault_and_its_remedy()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps rights another way.");
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.Sessions.Clear();
        machine.Broker.On("GET /readyz", Say.Ok(new HealthResource("unavailable", [new HealthCheckResource("database", false, "does not answer")]), 503));
        machine.Clock.Advance(TimeSpan.FromMinutes(5));
        OpenToAll(machine.Home);

        var ran = await machine.RunAsync("doctor");

        Assert.Equal((1, "unhealthy"), (ran.Exit, ran.Code));
        Assert.Contains("✗  database  does not answer", ran.Out, StringComparison.Ordinal);
        Assert.Contains("this machine is 5m ahead of the broker", ran.Out, StringComparison.Ordinal);
        Assert.Contains("→ jit login", ran.Out, StringComparison.Ordinal);
        Assert.Contains("→ chmod 700", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_tells_an_operator_of_targets_that_do_not_answer_and_of_what_the_latest_looks_found()
    {
        await using var machine = await Machine.SignedInAsync();
        var since = JumpingClock.Start.AddMinutes(-5);
        machine.Broker.On("GET /v1/me", Say.Ok(new MeResource { Email = Sample.Ana.Email, Name = Sample.Ana.Name, Roles = ["operator"], Groups = [], Identities = [], Sessions = [] }));
        machine.Broker.On("GET /v1/leases/stuck", Say.Ok(new Page<LeaseDetailResource>([], null)));
        machine.Broker.On("GET /v1/targets", Say.Ok(new Page<TargetResource>(
            [new TargetResource("orders-pg", "paused", since, since, "No route to orders.", 7), new TargetResource("aws", "throttled", null, since, "Rate exceeded", 0)], null)));
        var missing = new ReconciliationFindingResource("missing", "01KAM0LEASE", "01KAM0LEASE", "Nothing of it stands.", Confirmed: true, EndsAgain: false);
        machine.Broker.On("GET /v1/reconciliations", Say.Ok(new Page<ReconciliationResource>(
            [
                new ReconciliationResource("rmq", since, null, false, null, 4, [], 0, 0, 20, 0, since),
                new ReconciliationResource("stream", since, null, false, null, 4, [missing], 1, 0, 20, 0, since),
            ],
            null)));

        var ran = await machine.RunAsync("doctor");

        Assert.Equal((1, "unhealthy"), (ran.Exit, ran.Code));
        Assert.Contains("✗  target orders-pg", ran.Out, StringComparison.Ordinal);
        Assert.Contains("7 ends wait: No route to orders.", ran.Out, StringComparison.Ordinal);
        Assert.Contains("•  target aws", ran.Out, StringComparison.Ordinal);
        Assert.Contains("✓  what stands at rmq", ran.Out, StringComparison.Ordinal);
        Assert.Contains("✗  what stands at stream", ran.Out, StringComparison.Ordinal);
        Assert.Contains("→ jit reconcile stream --dry-run lists it", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_of_a_broker_that_is_not_there_says_where_to_look()
    {
        await using var machine = await Machine.SignedInAsync();
        await machine.Broker.DisposeAsync();

        var ran = await machine.RunAsync("doctor", "-o", "json");

        Assert.Equal(1, ran.Exit);
        Assert.Contains("\"name\":\"broker\",\"ok\":false", ran.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _jit jit")]
    [InlineData("zsh", "compdef _jit jit")]
    [InlineData("fish", "complete -c jit")]
    [InlineData("pwsh", "Register-ArgumentCompleter")]
    public async Task Completion_prints_a_script_for_each_shell(string shell, string holds)
    {
        await using var machine = await Machine.StartAsync();

        var ran = await machine.RunAsync("completion", shell);

        Assert.Equal(0, ran.Exit);
        Assert.Contains(holds, ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Completion_is_answered_from_the_verbs_themselves()
    {
        await using var machine = await Machine.StartAsync();

        Assert.Contains("request", (await machine.RunAsync("[suggest:6]", "jit re")).Out, StringComparison.Ordinal);
    }

    private static void OpenToAll(string directory)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(directory, (UnixFileMode)Convert.ToInt32("755", 8));
    }
}

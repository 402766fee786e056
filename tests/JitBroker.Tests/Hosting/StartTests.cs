using System.Diagnostics;
using JitBroker.Server.Hosting;
using JitBroker.Tests.Http;

namespace JitBroker.Tests.Hosting;

/// <summary>How the server starts, or says in sentences why it does not.</summary>
public sealed class StartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("jitbroker-start-").FullName;

    [Fact]
    public async Task Init_writes_a_start_that_passes_check_and_never_overwrites()
    {
        Assert.Equal(0, (await RunAsync("init")).Exit);
        var catalog = await File.ReadAllTextAsync(Path.Combine(_folder, "catalog.yaml"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "appsettings.json"), "{}");

        var again = await RunAsync("init");
        var check = await RunAsync("check");

        Assert.Equal((0, "{}", catalog), (again.Exit, await File.ReadAllTextAsync(Path.Combine(_folder, "appsettings.json")), await File.ReadAllTextAsync(Path.Combine(_folder, "catalog.yaml"))));
        Assert.Contains("Kept", again.Output, StringComparison.Ordinal);
        Assert.Equal(0, check.Exit);
        Assert.Contains("in order", check.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "jitbroker.db")));
    }

    [Fact]
    public async Task Check_tells_every_problem_and_exits_1()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "appsettings.json"), """{ "Broker": { "PendingFor": "x", "Nonsense": 1 } }""");
        var settings = await RunAsync("check");
        await File.WriteAllTextAsync(Path.Combine(_folder, "appsettings.json"), "{}");
        await File.WriteAllTextAsync(Path.Combine(_folder, "catalog.yaml"), "people: [ { email: nobody } ]\nnonsense: 1\n");
        var catalog = await RunAsync("check");

        Assert.Equal((1, 1), (settings.Exit, catalog.Exit));
        Assert.Contains("Broker:PendingFor", settings.Error, StringComparison.Ordinal);
        Assert.Contains("Broker:Nonsense", settings.Error, StringComparison.Ordinal);
        Assert.Contains("catalog.yaml", settings.Error, StringComparison.Ordinal);
        Assert.Contains("catalog.yaml:1", catalog.Error, StringComparison.Ordinal);
        Assert.Contains("catalog.yaml:2", catalog.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", settings.Error + catalog.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Teams_package_is_made_before_the_bot_is_switched_on_and_says_what_is_missing()
    {
        var zip = Path.Combine(_folder, "out.zip");
        var bare = await RunAsync("teams-package", "out.zip");
        await File.WriteAllTextAsync(Path.Combine(_folder, "appsettings.json"), """{"Broker":{"PublicUrl":"https://jit.example.com"},"Teams":{"Enabled":true,"AppId":"5b1f7c2e-9a43-4f0e-8a51-6f3f2d0c7e11"}}""");
        var lost = await RunAsync("teams-package", Path.Combine("nowhere", "out.zip"));
        Assert.False(File.Exists(zip));
        var made = await RunAsync("teams-package", "out.zip");

        Assert.Equal((1, 1, 0), (bare.Exit, lost.Exit, made.Exit));
        Assert.Contains("Teams:AppId is missing", bare.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", bare.Error + lost.Error, StringComparison.Ordinal);
        Assert.Equal(Teams.PackageTests.Zip(), await File.ReadAllBytesAsync(zip));
    }

    [Fact]
    public async Task Migrate_applies_what_is_missing_once()
    {
        await RunAsync("init");

        var first = await RunAsync("migrate");
        var second = await RunAsync("migrate");

        Assert.Contains("Applied 0001_the_loop.", first.Output, StringComparison.Ordinal);
        Assert.Equal("The database is up to date.", second.Output.Trim());
    }

    [Fact]
    public async Task A_start_that_cannot_be_says_why_in_a_sentence()
    {
        var none = await RunAsync();
        await RunAsync("init");
        await using var holder = new JitBroker.Storage.SqliteDatabase($"Data Source={Path.Combine(_folder, "jitbroker.db")}");
        var inUse = await RunAsync();

        Assert.Equal((1, 1), (none.Exit, inUse.Exit));
        Assert.Contains("Broker:Catalog", none.Error, StringComparison.Ordinal);
        Assert.StartsWith($"The database {Path.Combine(_folder, "jitbroker.db")} is in use by pid", inUse.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", none.Error + inUse.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "catalog.yaml: ")]
    [InlineData("people: [ { email: nobody } ]\n", "catalog.yaml:1:")]
    public async Task A_first_start_under_a_catalog_that_cannot_be_used_says_so_and_leaves_nothing_behind(string? text, string place)
    {
        await RunAsync("init");
        var catalog = Path.Combine(_folder, "catalog.yaml");
        File.Delete(catalog);
        if (text is not null)
            await File.WriteAllTextAsync(catalog, text);
        var before = Files();

        var ran = await RunAsync();
        var check = await RunAsync("check");

        Assert.Equal((1, check.Error, before), (ran.Exit, ran.Error, Files()));
        Assert.Contains(place, ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ran.Output + ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task In_a_database_that_never_had_a_catalog_it_makes_neither_tables_nor_keys(bool isMigrated)
    {
        await RunAsync("init");
        if (isMigrated)
            await RunAsync("migrate");
        else
            await File.WriteAllTextAsync(Path.Combine(_folder, "jitbroker.db"), "");
        File.Delete(Path.Combine(_folder, "catalog.yaml"));

        var ran = await RunAsync();

        Assert.Equal(1, ran.Exit);
        Assert.Contains("catalog.yaml", ran.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "keys")));
        await using var database = new JitBroker.Storage.SqliteDatabase($"Data Source={Path.Combine(_folder, "jitbroker.db")}");
        Assert.Equal(!isMigrated, await new JitBroker.Storage.Migrator(database, new ManualClock()).IsFreshAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData("migrate")]
    [InlineData("serve")]
    public async Task A_database_that_refuses_is_told_in_a_sentence(string verb)
    {
        await RunAsync("init");
        await File.WriteAllTextAsync(Path.Combine(_folder, "jitbroker.db"), new string('x', 5000));

        var ran = await RunAsync(verb);

        Assert.Equal(1, ran.Exit);
        Assert.StartsWith("The database refuses the broker: SQLite Error 26: 'file is not a database'. Check Database:ConnectionString", ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ran.Output + ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_a_newer_build_is_not_served()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "catalog.yaml"), BrokerFixture.Catalog);
        await using (var database = new JitBroker.Storage.SqliteDatabase($"Data Source={Path.Combine(_folder, "jitbroker.db")}"))
        {
            await new JitBroker.Storage.Migrator(database, new ManualClock()).ApplyAsync(CancellationToken.None);
            await database.WriteAsync(s => s.ExecuteAsync("insert into schema_migrations (version, name, hash, applied_at) values (9999, '9999_later', 'x', 'y')", null, CancellationToken.None), CancellationToken.None);
        }

        await using var app = BrokerHost.Build(BrokerFixture.Settings(_folder), new BrokerHostOptions { Urls = ["http://127.0.0.1:0"], Clock = new ManualClock(), Scheduling = false });
        var refused = await Assert.ThrowsAsync<StartException>(() => app.StartAsync());

        Assert.Contains("9999_later", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Told_to_stop_while_it_starts_it_stops_without_a_stack_trace()
    {
        await RunAsync("init");
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "appsettings.json"), """{ "Database": { "Kind": "postgres", "ConnectionString": "Host=127.0.0.1;Port=1;Username=nobody;Timeout=1" } }""");
        using var process = Start();
        var error = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } line && !line.Contains("does not answer yet", StringComparison.Ordinal))
            Assert.DoesNotContain("Serving", line, StringComparison.Ordinal);

        var rest = process.StandardOutput.ReadToEndAsync();
        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal((0, ""), (process.ExitCode, await error));
        Assert.DoesNotContain("   at ", await rest, StringComparison.Ordinal);
    }

    /// <summary>All that lies in the folder.</summary>
    private string Files() => string.Join('\n', Directory.EnumerateFileSystemEntries(_folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<(int Exit, string Output, string Error)> RunAsync(params string[] args)
    {
        using var process = Start(args);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (process.ExitCode, await output, await error);
    }

    private Process Start(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(BrokerHost).Assembly.Location, .. args])
        {
            WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.Environment.Remove("ASPNETCORE_URLS");
        return Process.Start(start)!;
    }
}

using JitBroker.LiveTests.Fixtures;

namespace JitBroker.LiveTests;

public sealed class StartTests
{
    [Fact]
    public async Task Bad_settings_stop_the_start_with_sentences_for_every_problem()
    {
        using var folder = BrokerFolder.Empty();
        folder.Write("catalog.yaml", LiveCatalog.Text());
        folder.Write("appsettings.json", """{ "Broker": { "PublicUrl": "http://jit.example.com", "PendingFor": "soon", "Colour": "blue" }, "Slack": { "Enabled": true } }""");

        var (code, output, errors) = await BrokerProcess.RunAsync(folder);

        Assert.Equal(1, code);
        foreach (var word in new[] { "Broker:PublicUrl", "Broker:PendingFor", "soon", "Broker:Colour", "Slack:BotToken" })
            Assert.Contains(word, errors, StringComparison.Ordinal);
        NoStackTrace(output + errors);
    }

    [Fact]
    public async Task Settings_that_are_no_JSON_stop_the_start_with_a_sentence()
    {
        using var folder = BrokerFolder.Empty();
        folder.Write("appsettings.json", """{ "Broker": """);

        var (code, output, errors) = await BrokerProcess.RunAsync(folder);

        Assert.Equal(1, code);
        Assert.Contains("appsettings.json", errors, StringComparison.Ordinal);
        NoStackTrace(output + errors);
    }

    [Fact]
    public async Task What_init_writes_passes_check_and_is_never_overwritten()
    {
        using var folder = BrokerFolder.Empty();

        Assert.Equal(0, (await BrokerProcess.RunAsync(folder, "init")).Code);
        var written = await File.ReadAllTextAsync(Path.Combine(folder.FolderPath, "appsettings.json"));
        var (code, output, errors) = await BrokerProcess.RunAsync(folder, "check");
        folder.Write("catalog.yaml", "entitlements: { Bad Name: {} }");
        Assert.Equal(0, (await BrokerProcess.RunAsync(folder, "init")).Code);
        var after = await BrokerProcess.RunAsync(folder, "check");

        Assert.True(code == 0, output + errors);
        Assert.Equal(written, await File.ReadAllTextAsync(Path.Combine(folder.FolderPath, "appsettings.json")));
        Assert.Equal(1, after.Code);
        Assert.Contains("catalog.yaml", after.Errors, StringComparison.Ordinal);
        NoStackTrace(after.Output + after.Errors);
    }

    [Fact]
    public async Task Migrate_may_be_run_twice()
    {
        using var folder = BrokerFolder.Empty();
        Assert.Equal(0, (await BrokerProcess.RunAsync(folder, "init")).Code);

        var first = await BrokerProcess.RunAsync(folder, "migrate");
        var second = await BrokerProcess.RunAsync(folder, "migrate");

        Assert.Equal(0, first.Code);
        Assert.Contains("Applied 0001", first.Output, StringComparison.Ordinal);
        Assert.Equal(0, second.Code);
        Assert.Contains("up to date", second.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_server_on_the_same_SQLite_file_stops_and_names_the_first()
    {
        await using var workspace = await ChatWorkspace.StartAsync();
        await using var first = await BrokerProcess.StartAsync(workspace);

        await using var second = BrokerProcess.Launch(first.Folder, workspace, BrokerProcess.NewUrl());
        var code = await second.ExitAsync();

        Assert.Equal(1, code);
        Assert.Contains($"in use by pid {first.Program.Pid}", second.Errors, StringComparison.Ordinal);
        NoStackTrace(second.Everything);
        await first.ReadyAsync();
        Assert.Equal(0, await first.StopAsync());
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        await using var workspace = await ChatWorkspace.StartAsync();
        await using var first = await BrokerProcess.StartAsync(workspace);
        using var folder = BrokerFolder.New(workspace, first.Url);

        await using var second = BrokerProcess.Launch(folder, workspace, first.Url);

        Assert.Equal(1, await second.ExitAsync());
        Assert.Contains("cannot listen", second.Errors, StringComparison.Ordinal);
        Assert.Contains(first.Url.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), second.Errors, StringComparison.Ordinal);
        NoStackTrace(second.Everything);
    }

    private static void NoStackTrace(string text)
    {
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", text, StringComparison.Ordinal);
    }
}

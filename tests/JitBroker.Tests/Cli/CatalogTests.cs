using JitBroker.Client;

namespace JitBroker.Tests.Cli;

public sealed class CatalogTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 22, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Diff_sends_both_catalogs_and_says_what_is_different()
    {
        await using var machine = await Machine.SignedInAsync();
        await File.WriteAllTextAsync(Path.Combine(machine.Folder, "old.yaml"), "people: []\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(machine.Folder, "new.yaml"), "groups: {}\n", TestContext.Current.CancellationToken);
        machine.Broker.On("POST /v1/catalog/diff", Say.Ok(new CatalogDiffResource([],
        [
            new CatalogChangeResource("added", "groups", "oncall", null),
            new CatalogChangeResource("removed", "people", "ana@example.com", null),
            new CatalogChangeResource("changed", "entitlements", "logs:read", "risk: Low → High"),
        ],
        [
            new PeopleChangeResource("ask", "logs:read", ["a@x", "b@x", "c@x", "d@x", "e@x", "f@x"], [], "6 more people may ask for logs:read"),
            new PeopleChangeResource("approve", "logs:read", [], ["bea@x"], "1 fewer person can approve logs:read"),
        ])));

        var ran = await machine.RunAsync("catalog", "diff", "old.yaml", "new.yaml");

        Assert.Equal((0, "! 6 more people may ask for logs:read\n    + a@x, b@x, c@x, d@x, e@x and 1 more\n! 1 fewer person can approve logs:read\n    - bea@x\n\n+ groups oncall\n- people ana@example.com\n~ entitlements logs:read: risk: Low → High\n"), (ran.Exit, ran.Out));
        Assert.Equal("""{"old":[{"path":"old.yaml","text":"people: []\n"}],"new":[{"path":"new.yaml","text":"groups: {}\n"}]}""", machine.Broker.Calls[^1].Body);
    }

    [Fact]
    public async Task Test_sends_the_tests_and_the_catalog_they_are_kept_beside()
    {
        await using var machine = await Machine.SignedInAsync();
        await File.WriteAllTextAsync(Path.Combine(machine.Folder, "catalog.yaml"), "people: []\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(machine.Folder, "catalog.tests.yaml"), "tests: []\n", TestContext.Current.CancellationToken);
        machine.Broker.On("POST /v1/catalog/test", Say.Ok(new CatalogTestResource(false, [],
        [
            new PolicyTestResource("catalog.tests.yaml", 2, "Ana may read", true, []),
            new PolicyTestResource("catalog.tests.yaml", 7, "Cy may not", false, ["It is allowed, and should not be."]),
        ])));

        var ran = await machine.RunAsync("catalog", "test");
        var json = await machine.RunAsync("catalog", "test", ".", "-o", "json");

        Assert.Equal((1, "test_failed"), (ran.Exit, ran.Code));
        Assert.Equal("✓ Ana may read  catalog.tests.yaml:2\n✗ Cy may not  catalog.tests.yaml:7\n    It is allowed, and should not be.\n", ran.Out);
        Assert.Contains("1 of 2 tests did not hold", ran.Err, StringComparison.Ordinal);
        Assert.Equal("""{"files":[{"path":"catalog.yaml","text":"people: []\n"}],"tests":[{"path":"catalog.tests.yaml","text":"tests: []\n"}]}""", machine.Broker.Calls[^1].Body);
        Assert.Equal((1, true), (json.Exit, json.Out.StartsWith('{')));
    }

    [Theory]
    [InlineData("There is no file or folder 'lost.yaml'.", "a YAML file, or a folder of them", "check", "lost.yaml")]
    [InlineData("There is no file or folder 'lost.yaml'.", "a YAML file, or a folder of them", "diff", "lost.yaml", "lost.yaml")]
    [InlineData("'.' holds no .yaml or .yml file.", "a YAML file, or a folder of them", "check", ".")]
    [InlineData("There is no file or folder 'catalog.tests.yaml'.", "a .tests.yaml file, or a folder that holds some", "test")]
    [InlineData("'.' holds no .tests.yaml file.", "a .tests.yaml file, or a folder that holds some", "test", ".")]
    public async Task Files_that_are_not_there_are_told_with_what_to_name_instead(string said, string next, params string[] args)
    {
        await using var machine = await Machine.SignedInAsync();

        var ran = await machine.RunAsync(["catalog", .. args]);

        Assert.Equal((2, "", $"usage  {said}\n  → name {next}, as seen from {machine.Folder}\n"), (ran.Exit, ran.Out, ran.Err));
        Assert.Empty(machine.Broker.Calls);
    }

    [Theory]
    [InlineData(120, null, "There is nothing to remove.\n")]
    [InlineData(120, "logs:read: its group stands in another list", "What there is to remove is removed by hand:\n  logs:read: its group stands in another list\n")]
    [InlineData(10, null, "The broker has not looked for long enough to propose anything for removal.\n")]
    public async Task An_empty_patch_says_on_standard_error_that_it_is_empty_and_why(int days, string? byHand, string why)
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.On("GET /v1/catalog/review", Say.Ok(new AccessReviewResource(At, At.AddDays(-90), At.AddDays(-days), [], [], "", byHand is null ? [] : [byHand])));

        var piped = await machine.RunAsync("catalog", "review", "--patch");
        machine.Terminal = true;
        var shown = await machine.RunAsync("catalog", "review", "--patch");

        Assert.Equal((0, "", "The patch is empty. " + why), (piped.Exit, piped.Out, piped.Err));
        Assert.Equal((0, "", piped.Err), (shown.Exit, shown.Out, shown.Err));
    }

    [Fact]
    public async Task A_patch_goes_to_standard_output_byte_for_byte_and_nothing_beside_it()
    {
        await using var machine = await Machine.SignedInAsync();
        const string Patch = "--- a/catalog.yaml\n+++ b/catalog.yaml\n@@ -1 +1 @@\n-  eligible: [engineering]\t# x\n+  eligible: []\n";
        machine.Broker.On("GET /v1/catalog/review", Say.Ok(new AccessReviewResource(At, At.AddDays(-90), At.AddDays(-120), [], [], Patch, [])));

        var ran = await machine.RunAsync("catalog", "review", "--patch");

        Assert.Equal((0, Patch, ""), (ran.Exit, ran.Out, ran.Err));
    }

    [Fact]
    public async Task Accept_without_a_hash_shows_what_waits_and_what_it_would_do()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.On("GET /v1/catalog", Say.Ok(new CatalogResource(
            new CatalogInForceResource("aaaaaaaaaaaaaaaa", At, 10, 10),
            [new WaitingCatalogResource("bbbbbbbbbbbbbbbb", At, ["It would drop 3 entitlements of 10: e7, e8, e9."], [], ["e7", "e8", "e9"], [])],
            new CatalogFileResource("waiting", "It waits.", []))));

        var ran = await machine.RunAsync("catalog", "accept");

        Assert.Equal((0, ""), (ran.Exit, ran.Err));
        foreach (var line in new[] { "aaaaaaaaaaaa\n", "It waits.\n", "    It would drop 3 entitlements of 10: e7, e8, e9.\n", "→ jit catalog accept bbbbbbbbbbbb\n" })
            Assert.Contains(line, ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accept_needs_a_session_that_may_decide_and_says_what_it_ended()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.On("POST /v1/catalog/accept", Say.Ok(new CatalogAcceptedResource("bbbbbbbbbbbbbbbb", 7, 10, 1, 2)));

        var asking = await machine.RunAsync("catalog", "accept", "bbbbbbbb");

        Assert.Equal((1, Codes.ScopeNeeded), (asking.Exit, asking.Code));
        Assert.Empty(machine.Broker.CallsOf("POST /v1/catalog/accept"));
    }
}

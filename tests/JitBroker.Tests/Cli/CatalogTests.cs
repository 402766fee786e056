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

    [Fact]
    public async Task Test_of_what_is_not_there_is_not_understood()
    {
        await using var machine = await Machine.SignedInAsync();

        Assert.Equal(2, (await machine.RunAsync("catalog", "test")).Exit);
        Assert.Equal(2, (await machine.RunAsync("catalog", "test", ".")).Exit);
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

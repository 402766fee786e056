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
        ])));

        var ran = await machine.RunAsync("catalog", "diff", "old.yaml", "new.yaml");

        Assert.Equal((0, "+ groups oncall\n- people ana@example.com\n~ entitlements logs:read: risk: Low → High\n"), (ran.Exit, ran.Out));
        Assert.Equal("""{"old":[{"path":"old.yaml","text":"people: []\n"}],"new":[{"path":"new.yaml","text":"groups: {}\n"}]}""", machine.Broker.Calls[^1].Body);
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

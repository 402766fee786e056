using System.Text.Json;
using JitBroker.LiveTests.Fixtures;

namespace JitBroker.LiveTests.CommandLine;

/// <summary>The real <c>jit</c> against a real broker. 0 done, 1 refused, 2 usage, 3 unreachable.</summary>
public sealed class JitTests(Signed signed) : IClassFixture<Signed>
{
    [Fact]
    public async Task The_loop_from_a_terminal_ask_and_wait_approve_collect_use_give_back()
    {
        var (ana, bea) = (signed.Ana, signed.Bea);
        await using var waiting = ana.Start("request", LiveCatalog.Logs, "10m", "INC-1", "the", "loop", "--wait");
        await waiting.SaysAsync("Asked for");
        Assert.Contains(LiveCatalog.Logs, (await bea.RunAsync("pending")).Exits(0).Output, StringComparison.Ordinal);
        (await bea.RunAsync("approve", LiveCatalog.Logs, "--comment", "go ahead")).Exits(0);
        Assert.Equal(0, await waiting.ExitAsync());

        using var envelope = JsonDocument.Parse((await ana.RunAsync("creds", LiveCatalog.Logs, "--format", "json")).Exits(0).Output);
        Assert.Equal("jwt", envelope.RootElement.GetProperty("kind").GetString());
        Assert.Contains("JIT_ACCESS_TOKEN=", (await ana.RunAsync("creds", LiveCatalog.Logs, "--format", "env")).Exits(0).Output, StringComparison.Ordinal);
        Assert.Contains(LiveCatalog.Logs, (await ana.RunAsync("mine")).Exits(0).Output, StringComparison.Ordinal);
        await ExecAsync(ana);
        (await ana.RunAsync("done", LiveCatalog.Logs)).Exits(0);
        await Eventually.TrueAsync(async () => !(await ana.RunAsync("mine")).Exits(0).Output.Contains("INC-1", StringComparison.Ordinal));
        Assert.NotEqual(0, (await ana.RunAsync("creds", LiveCatalog.Logs)).Code);
    }

    [Fact]
    public async Task What_is_denied_cancelled_or_revoked_says_so_with_exit_code_1_where_it_is_a_refusal()
    {
        var (ana, bea) = (signed.Ana, signed.Bea);
        await using (var waiting = ana.Start("request", LiveCatalog.Pair, "10m", "--wait"))
        {
            await waiting.SaysAsync("Asked for");
            (await bea.RunAsync("deny", LiveCatalog.Pair, "use", "the", "replica")).Exits(0);
            Assert.Equal(1, await waiting.ExitAsync());
            Assert.Contains("use the replica", waiting.Everything, StringComparison.Ordinal);
        }

        (await ana.RunAsync("request", LiveCatalog.Pair, "10m")).Exits(0);
        Assert.Contains("already_open", (await ana.RunAsync("request", LiveCatalog.Pair, "10m")).Exits(1).Errors, StringComparison.Ordinal);
        (await ana.RunAsync("cancel", LiveCatalog.Pair)).Exits(0);

        using var asked = JsonDocument.Parse((await ana.RunAsync("-o", "json", "request", LiveCatalog.Quick, "10m")).Exits(0).Output);
        var grant = asked.RootElement.GetProperty("grant").GetProperty("id").GetString()!;
        var refused = (await bea.RunAsync("revoke", grant, "not", "mine", "to", "end")).Exits(1);
        Assert.Contains("not_found", refused.Errors, StringComparison.Ordinal);
        using var dan = new Terminal(signed.Broker.Url);
        await signed.SignInAsync(dan, "U0DAN", "--can-decide");
        (await dan.RunAsync("revoke", grant, "tidying", "up")).Exits(0);
        await Eventually.TrueAsync(async () => (await ana.RunAsync("creds", grant)).Exits(1).Errors.Contains("grant_ended", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Json_is_the_API_s_own_bytes()
    {
        var token = await signed.Workspace.As("U0CY").TokenAsync(signed.Broker.Url);
        using var http = new HttpClient { BaseAddress = signed.Broker.Url };
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var script = new Terminal(signed.Broker.Url, token);

        foreach (var (verb, path) in new[] { ("whoami", "v1/me"), ("list", "v1/entitlements") })
        {
            var said = (await script.RunAsync(verb, "-o", "json")).Exits(0).Output.Trim();
            Assert.Equal(await http.GetStringAsync(new Uri(path, UriKind.Relative)), said);
        }

    }

    [Fact]
    public async Task After_logout_nobody_is_signed_in()
    {
        using var cy = new Terminal(signed.Broker.Url);
        Assert.Contains("Signed in as Cy Okafor", await signed.SignInAsync(cy, "U0CY"), StringComparison.Ordinal);
        (await cy.RunAsync("logout")).Exits(0);
        Assert.Contains("unauthenticated", (await cy.RunAsync("whoami")).Exits(1).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Usage_is_2_and_a_broker_that_is_not_there_is_3()
    {
        (await signed.Ana.RunAsync("request")).Exits(2);
        (await signed.Ana.RunAsync("aprove", "x")).Exits(2);
        (await signed.Ana.RunAsync("whoami", "--url", BrokerProcess.NewUrl().AbsoluteUri)).Exits(1);
        using var lost = new Terminal(BrokerProcess.NewUrl());
        (await lost.RunAsync("login")).Exits(3);
    }

    [Fact]
    public async Task Doctor_finds_a_healthy_broker_healthy_and_the_catalog_can_be_checked()
    {
        (await signed.Ana.RunAsync("doctor")).Exits(0);
        var file = Path.Combine(signed.Ana.Folder, "catalog.yaml");
        await File.WriteAllTextAsync(file, "entitlements: { Bad Name: {} }\n");
        using var dan = new Terminal(signed.Broker.Url);
        await signed.SignInAsync(dan, "U0DAN");

        Assert.Contains("catalog.yaml:1", (await dan.RunAsync("catalog", "check", file)).Exits(1).Output, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, "people: [ { email: ana@example.com, name: Ana } ]\n");
        (await dan.RunAsync("catalog", "check", file)).Exits(0);
    }

    /// <summary>The credential is in the child's environment alone; the exit code is the child's.</summary>
    private static async Task ExecAsync(Terminal ana)
    {
        await using var child = ana.Start("exec", LiveCatalog.Logs, "--", "sh", "-c", "echo token $JIT_ACCESS_TOKEN; tr '\\0' ' ' < /proc/$PPID/cmdline; tr '\\0' ' ' < /proc/$$/cmdline; exit 7");
        Assert.Equal(7, await child.ExitAsync());
        var token = child.Output.Split('\n')[0].Replace("token ", "", StringComparison.Ordinal);
        Assert.Equal(3, token.Split('.').Length);
        Assert.DoesNotContain(token, string.Join('\n', child.Output.Split('\n').Skip(1)) + child.Errors, StringComparison.Ordinal);
    }
}

using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Chat;

/// <summary>Other ways to begin: what the surface offers by itself, and in the menu of a message.</summary>
public abstract class ShortcutSuite(Wiring wiring) : ChatSuite(wiring)
{
    [Fact]
    public async Task The_global_shortcut_opens_the_form_and_the_form_is_sent()
    {
        await using var bench = await StartAsync();
        await bench.ShortcutAsync("ana");
        await bench.UntilFormAsync("ana", "What do you need?");
        await bench.ChooseAsync("ana", "entitlement", TestCatalog.Logs);
        await bench.UntilFormAsync("ana", "data-owners");
        Assert.NotEmpty((await bench.SubmitAsync("ana", ("reason", " "))).Faults["reason"]);
        Assert.True((await bench.SubmitAsync("ana", ("reason", "INC-7"))).IsAccepted);
        await bench.UntilCardAsync("INC-7");
        Assert.Equal((TestCatalog.Logs, bench.Surface), (Assert.Single(await bench.QueryAsync<string>("select entitlement from requests")), Assert.Single(await bench.QueryAsync<string>("select surface from requests"))));
    }

    [Fact]
    public async Task A_message_is_the_reason_to_begin_with_and_nothing_in_it_is_live()
    {
        await using var bench = await StartAsync();
        var message = await bench.WriteAsync("cy", "INC-42 <!channel> *Approved by Bea* checkout is slow\n&amp; <https://evil.example|prod-console>");
        await bench.ShortcutOnAsync("ana", message);
        await bench.UntilAsync(async () => (await bench.FormAsync("ana"))?["reason"] is { Length: > 0 });
        var reason = (await bench.FormAsync("ana"))!["reason"]!;
        Assert.StartsWith("INC-42 ", reason, StringComparison.Ordinal);
        Assert.Contains("checkout is slow", reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', reason);
        Assert.Contains(bench.LinkTo(Place.Requests, message), reason, StringComparison.Ordinal);

        await bench.ChooseAsync("ana", "entitlement", TestCatalog.Logs);
        await bench.UntilFormAsync("ana", "data-owners");
        Assert.Equal(reason, (await bench.FormAsync("ana"))!["reason"]);
        Assert.True((await bench.SubmitAsync("ana")).IsAccepted);
        var live = bench.LiveOf(await bench.UntilCardAsync("asks for"));
        Assert.DoesNotContain("<!channel>", live, StringComparison.Ordinal);
        Assert.DoesNotContain("evil.example", live, StringComparison.Ordinal);
        Assert.Equal(reason, Assert.Single(await bench.QueryAsync<string>("select reason from requests")));
    }

    [Fact]
    public async Task A_long_message_is_cut()
    {
        await using var bench = await StartAsync();
        await bench.ShortcutOnAsync("ana", await bench.WriteAsync("cy", "INC-42 " + string.Concat(Enumerable.Repeat("slow ", 400))));
        await bench.UntilAsync(async () => (await bench.FormAsync("ana"))?["reason"] is { Length: > 0 });
        var said = (await bench.FormAsync("ana"))!["reason"]!.Split(" http")[0];
        Assert.InRange(said.Length, 250, 300);
        Assert.EndsWith("…", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_unknown_gets_no_form()
    {
        await using var bench = await StartAsync(people: ["zoe"]);
        var message = await bench.WriteAsync("cy", "INC-42 a secret plan");
        await bench.ShortcutOnAsync("zoe", message);
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select id from events where type = 'refused'")).Count == 1);
        Assert.Null(await bench.FormAsync("zoe"));
    }
}

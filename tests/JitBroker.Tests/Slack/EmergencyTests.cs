using JitBroker.Playground;
using JitBroker.Requests;
using JitBroker.Reviews;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Slack;

/// <summary>Extensions and emergencies as people see them.</summary>
public sealed class EmergencyTests
{
    private const string Loud = "C0BREAK";
    private static readonly string Ana = SlackBench.Direct("ana");
    private static readonly string Cy = SlackBench.Direct("cy");
    private static readonly string Eli = SlackBench.Direct("eli");

    private static readonly object Filled = new
    {
        entitlement = new { value = TestCatalog.Logs }, duration = new { value = "PT30M" }, incident = new { value = "INC-77" }, reason = new { value = "checkout <!channel> down" }, confirm = new { value = TestCatalog.Logs },
    };

    [Fact]
    public async Task More_time_is_asked_for_by_the_button_of_the_notice_and_decided_in_the_thread_of_the_card()
    {
        await using var bench = await SlackBench.StartAsync(TestCatalog.Of(e => e with { MaxExtensions = 1 }));
        var card = await bench.AskAsync();
        await bench.PressAsync("bea", card, "approve");
        await bench.UntilCardAsync("ready for Ana");
        bench.Clock.Advance(TimeSpan.FromMinutes(54));
        await bench.UntilCardAsync("ends in *6 min*", "ana", Ana);

        await bench.PressAsync("ana", (await bench.CardAsync("ana", Ana))!, "extend", Ana);
        await bench.UntilCardAsync("asks for *30 min more* of *Logs*");
        var asked = (await bench.CardAsync())!;
        Assert.Equal((string?)card["ts"], (string?)asked["thread_ts"]);
        await bench.PressAsync("bea", asked, "approve");

        await bench.UntilCardAsync("the access lasts until");
        Assert.Equal(["approved", "approved"], await bench.QueryAsync<string>("select state from requests"));
        Assert.Equal("2026-11-22T11:30:00.000000Z", Assert.Single(await bench.QueryAsync<string>("select ends_at from grants")));
        bench.Clock.Advance(TimeSpan.FromMinutes(28));
        await bench.UntilCardAsync("It ends by itself; ask again if you need longer.", "ana", Ana);
        Assert.False(SlackBench.HasButton(await bench.CardAsync("ana", Ana), "extend"));
    }

    [Fact]
    public async Task More_time_is_asked_for_by_words_and_refused_when_there_is_none()
    {
        await using var bench = await SlackBench.StartAsync();
        await bench.PressAsync("bea", await bench.AskAsync(), "approve");
        await bench.UntilCardAsync("ready for Ana");

        await bench.SayAsync("ana", "/access extend logs:read");
        await bench.UntilWhisperAsync("ana", "/access extend GRANT DURATION REASON");
        await bench.SayAsync("ana", "/access extend logs:read 30m INC-42 still looking");
        await bench.UntilWhisperAsync("ana", "is not extended");
    }

    [Fact]
    public async Task An_emergency_is_typed_out_told_loudly_and_reviewed_by_the_form()
    {
        await using var bench = await StartAsync();
        await bench.SayAsync("cy", "/access breakglass logs:read 30m INC-77 checkout down");
        await bench.UntilAsync(async () => SlackBench.Text(await bench.ModalAsync("cy")).Contains("This starts now, without approval", StringComparison.Ordinal));
        Assert.Equal("INC-77", SlackBench.Entered(await bench.ModalAsync("cy"), "incident"));
        var slip = await bench.SubmitAsync("cy", new { entitlement = new { value = TestCatalog.Logs }, reason = new { value = "checkout down" }, confirm = new { value = "logs" } });
        Assert.Contains("Type logs:read here", slip.ToJsonString(), StringComparison.Ordinal);
        Assert.Empty(await bench.QueryAsync<string>("select id from requests"));

        await bench.SubmitAsync("cy", Filled);
        await bench.UntilCardAsync("*EMERGENCY ACCESS* · *Cy* took *Logs* for *30 min*", "eli", Loud);
        var loud = SlackBench.Text(await bench.CardAsync("eli", Loud));
        Assert.Contains("Skipped: data-owners (Bea, Dan, Eli)", loud, StringComparison.Ordinal);
        Assert.Contains("on call: yes (oncall)", loud, StringComparison.Ordinal);
        await bench.UntilCardAsync("*EMERGENCY ACCESS*");
        await bench.UntilCardAsync("*EMERGENCY ACCESS*", "eli", Eli);
        await bench.UntilCardAsync("You took *Logs*", "cy", Cy);
        Assert.True(SlackBench.HasButton(await bench.CardAsync("cy", Cy), "collect"));

        await bench.PressAsync("cy", (await bench.CardAsync("cy", Loud))!, "review", Loud);
        await bench.UntilWhisperAsync("cy", "You can't review your own access", Loud);
        await bench.PressAsync("eli", (await bench.CardAsync("eli", Loud))!, "end_now", Loud);
        await bench.UntilCardAsync("by *Eli*", "eli", Loud);
        await bench.PressAsync("eli", (await bench.CardAsync("eli", Loud))!, "review", Loud);
        await bench.UntilAsync(async () => SlackBench.Text(await bench.ModalAsync("eli")).Contains("What do you find?", StringComparison.Ordinal));
        await bench.SubmitAsync("eli", new { verdict = new { value = "justified" }, comment = new { value = "read the log" } });

        await bench.UntilCardAsync("Reviewed by *Eli*", "eli", Loud);
        Assert.False(SlackBench.HasButton(await bench.CardAsync("eli", Loud), "review"));
        Assert.Equal("done", Assert.Single(await bench.QueryAsync<string>("select state from reviews")));
    }

    [Fact]
    public async Task Somebody_not_on_call_gets_no_form_and_a_forged_one_takes_nothing()
    {
        await using var bench = await StartAsync();
        await bench.SayAsync("ana", "/access breakglass");
        await bench.UntilWhisperAsync("ana", "You may take no emergency access now");
        await bench.SayAsync("ana", "/access breakglass logs:read");
        await bench.UntilWhisperAsync("ana", "for those on call in oncall");
        Assert.Null(await bench.ModalAsync("ana"));
        Assert.Empty(await bench.QueryAsync<string>("select id from requests"));
    }

    [Fact]
    public async Task An_open_request_is_escalated_by_its_button()
    {
        await using var bench = await StartAsync();
        await bench.AskAsync("cy");
        await bench.PressAsync("cy", (await bench.CardAsync("cy", Cy))!, "escalate", Cy);
        await bench.UntilAsync(async () => SlackBench.Text(await bench.ModalAsync("cy")).Contains("This starts now, without approval", StringComparison.Ordinal));
        await bench.SubmitAsync("cy", Filled);

        await bench.UntilCardAsync("*EMERGENCY ACCESS*", "eli", Loud);
        Assert.Equal(["approved", "cancelled"], await bench.QueryAsync<string>("select state from requests order by state"));
        await bench.UntilAsync(async () => (await bench.SeesAsync("bea")).Any(m => SlackBench.Text(m).Contains("who took it as an emergency instead", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_review_that_is_due_overdue_misuse_and_lifted_is_told_to_those_concerned()
    {
        await using var bench = await StartAsync();
        var taken = (await bench.Get<TakeBreakGlass>().HandleAsync(TestBroker.As("cy"), new EmergencyOrder(TestCatalog.Logs, null, "INC-77", "checkout down"), null, CancellationToken.None)).Value!;
        bench.Clock.Advance(TimeSpan.FromHours(12));
        await bench.Get<RemindReviews>().RunAsync(CancellationToken.None);
        await bench.UntilCardAsync("Review due by", "eli", Eli);
        bench.Clock.Advance(TimeSpan.FromHours(12));
        await bench.Get<RemindReviews>().RunAsync(CancellationToken.None);
        await bench.UntilCardAsync("*REVIEW OVERDUE*", "eli", Loud);
        await bench.SayAsync("cy", "/access breakglass logs:read");
        await bench.UntilWhisperAsync("cy", "is overdue");

        await bench.SayAsync("eli", $"/access review {taken.Grant.Id} misuse there was no incident");
        await bench.UntilCardAsync("*misuse*", "eli", Loud);
        await bench.UntilCardAsync("gets no other emergency access", "cy", Cy);
        await bench.SayAsync("fay", $"/access lift {taken.Grant.Id} we talked about it");
        await bench.UntilCardAsync("they may take emergency access again", "eli", Loud);
    }

    [Fact]
    public async Task Reviews_wait_in_pending_and_on_the_Home_and_emergencies_can_be_taken_there()
    {
        await using var bench = await StartAsync();
        Assert.Contains("Emergency access", SlackBench.Text(await bench.OpenHomeAsync("cy")), StringComparison.Ordinal);
        Assert.DoesNotContain("Emergency access", SlackBench.Text(await bench.OpenHomeAsync("ana")), StringComparison.Ordinal);
        await bench.OpenHomeAsync("gus");
        await bench.Get<TakeBreakGlass>().HandleAsync(TestBroker.As("cy"), new EmergencyOrder(TestCatalog.Logs, null, "INC-77", "checkout down"), null, CancellationToken.None);

        await bench.UntilHomeAsync("gus", "*Cy* took *Logs*");
        await bench.SayAsync("eli", "/access pending");
        await bench.UntilWhisperAsync("eli", "Emergencies to review");
        await bench.PressHomeAsync("cy", "break_glass");
        await bench.UntilAsync(async () => await bench.ModalAsync("cy") is not null);
    }

    [Fact]
    public async Task Items_of_a_bundle_stand_in_one_thread_each_decided_by_its_own_rule()
    {
        var catalog = TestCatalog.Of();
        await using var bench = await SlackBench.StartAsync(catalog with { Bundles = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["kit"] = [TestCatalog.Logs, TestCatalog.Two] }, StringComparer.Ordinal) });

        await bench.SayAsync("ana", "/access request kit 1h INC-42");
        await bench.UntilAsync(async () => (await bench.SeesAsync("bea")).Count(m => SlackBench.Text(m).Contains("asks for", StringComparison.Ordinal)) == 2);
        var cards = await bench.SeesAsync("bea");
        Assert.Equal((string?)cards[0]["ts"], (string?)cards[1]["thread_ts"]);
        await bench.PressAsync("bea", cards[0], "approve");
        await bench.PressAsync("bea", cards[1], "approve");

        await bench.UntilAsync(async () => (await bench.SeesAsync("bea")).Any(m => SlackBench.Text(m).Contains("1 of 2 approved", StringComparison.Ordinal)));
        Assert.Equal(["approved", "pending"], await bench.QueryAsync<string>("select state from requests order by state"));
        Assert.Single(await bench.QueryAsync<string>("select id from grants"));
    }

    private static Task<SlackBench> StartAsync() => SlackBench.StartAsync(
        EmergencyCatalog.Of(),
        o => o with
        {
            People = [.. o.People, .. new[] { "fay", "gus" }.Where(n => o.People.All(p => p.Id != "U0" + n.ToUpperInvariant())).Select(n => new PlaygroundPerson("U0" + n.ToUpperInvariant(), n, char.ToUpperInvariant(n[0]) + n[1..]))],
        },
        o => o with { BreakGlassChannel = Loud });
}

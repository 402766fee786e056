using System.Collections.Frozen;
using JitBroker.Requests;
using JitBroker.Reviews;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Chat;

/// <summary>Extensions and emergencies as people see them.</summary>
public abstract class EmergencySuite(Wiring wiring) : ChatSuite(wiring)
{
    private static readonly (string Field, string Value)[] Filled =
        [("entitlement", TestCatalog.Logs), ("duration", "PT30M"), ("incident", "INC-77"), ("reason", "checkout <!channel> down"), ("confirm", TestCatalog.Logs)];

    [Fact]
    public async Task More_time_is_asked_for_by_the_button_of_the_notice_and_decided_in_the_thread_of_the_card()
    {
        await using var bench = await StartAsync(TestCatalog.Of(e => e with { MaxExtensions = 1 }));
        var card = await bench.AskAsync();
        await bench.PressAsync("bea", card, "approve");
        await bench.UntilCardAsync("ready for Ana");
        bench.Clock.Advance(TimeSpan.FromMinutes(54));
        await bench.PressAsync("ana", await bench.UntilCardAsync("ends in 6 min", "ana", Place.Direct), "extend");

        var asked = await bench.UntilCardAsync("asks for 30 min more of Logs");
        Assert.Equal(bench.IdOf(card), bench.ThreadOf(asked));
        await bench.PressAsync("bea", asked, "approve");

        await bench.UntilCardAsync("the access lasts until");
        Assert.Equal(["approved", "approved"], await bench.QueryAsync<string>("select state from requests"));
        Assert.Equal("2026-11-22T11:30:00.000000Z", Assert.Single(await bench.QueryAsync<string>("select ends_at from grants")));
        bench.Clock.Advance(TimeSpan.FromMinutes(28));
        Assert.False((await bench.UntilCardAsync("It ends by itself; ask again if you need longer.", "ana", Place.Direct)).Has("extend"));
    }

    [Fact]
    public async Task More_time_is_asked_for_by_words_and_refused_when_there_is_none()
    {
        await using var bench = await StartAsync();
        await bench.GrantedAsync();

        await bench.SayAsync("ana", "extend logs:read");
        await bench.UntilToldAsync("ana", "extend GRANT DURATION REASON");
        await bench.SayAsync("ana", "extend logs:read 30m INC-42 still looking");
        await bench.UntilToldAsync("ana", "is not extended");
    }

    [Fact]
    public async Task An_emergency_is_typed_out_told_loudly_and_reviewed_by_the_form()
    {
        await using var bench = await LoudAsync();
        await bench.SayAsync("cy", "breakglass logs:read 30m INC-77 checkout down");
        Assert.Equal("INC-77", (await bench.UntilFormAsync("cy", "This starts now, without approval"))["incident"]);
        var slip = await bench.SubmitAsync("cy", ("entitlement", TestCatalog.Logs), ("reason", "checkout down"), ("confirm", "logs"));
        Assert.Contains("Type logs:read here", slip.Faults["confirm"], StringComparison.Ordinal);
        Assert.Equal("checkout down", (await bench.FormAsync("cy"))!["reason"]);
        Assert.Empty(await bench.QueryAsync<string>("select id from requests"));

        Assert.True((await bench.SubmitAsync("cy", Filled)).IsAccepted);
        var loud = await bench.UntilCardAsync("EMERGENCY ACCESS · Cy took Logs for 30 min", "eli", Place.Loud);
        Assert.Contains("Skipped: data-owners (Bea, Dan, Eli)", loud.Text, StringComparison.Ordinal);
        Assert.Contains("on call: yes (oncall)", loud.Text, StringComparison.Ordinal);
        await bench.UntilCardAsync("EMERGENCY ACCESS");
        await bench.UntilCardAsync("EMERGENCY ACCESS", "eli", Place.Direct);
        await bench.UntilCardAsync("You took Logs", "cy", Place.Direct);
        await bench.UntilButtonAsync("cy", "collect");

        await bench.PressAsync("cy", (await bench.CardAsync("cy", Place.Loud))!, "review");
        await bench.UntilToldAsync("cy", "You can't review your own access");
        await bench.PressAsync("eli", await bench.UntilButtonAsync("eli", "end_now", Place.Loud), "end_now");
        await bench.UntilCardAsync("by Eli", "eli", Place.Loud);
        await bench.PressAsync("eli", await bench.UntilButtonAsync("eli", "review", Place.Loud), "review");
        await bench.UntilFormAsync("eli", "What do you find?");
        Assert.True((await bench.SubmitAsync("eli", ("verdict", "justified"), ("comment", "read the log"))).IsAccepted);

        Assert.False((await bench.UntilCardAsync("Reviewed by Eli", "eli", Place.Loud)).Has("review"));
        Assert.Equal("done", Assert.Single(await bench.QueryAsync<string>("select state from reviews")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_review_that_is_sent_empty_says_what_is_missing_and_an_opened_one_says_nothing(bool byWords)
    {
        await using var bench = await LoudAsync();
        var taken = (await bench.Get<TakeBreakGlass>().HandleAsync(TestBroker.As("cy"), new EmergencyOrder(TestCatalog.Logs, null, "INC-77", "checkout down"), null, CancellationToken.None)).Value!;
        if (byWords)
            await bench.SayAsync("eli", "review " + taken.Grant.Id);
        else
            await bench.PressAsync("eli", await bench.UntilButtonAsync("eli", "review", Place.Loud), "review");
        Assert.DoesNotContain("⚠", (await bench.UntilFormAsync("eli", "What do you find?")).Text, StringComparison.Ordinal);
        Assert.NotEmpty((await bench.SendEmptyAsync("eli")).Faults["verdict"]);
        Assert.NotEmpty((await bench.SubmitAsync("eli", ("verdict", "misuse"), ("comment", " "))).Faults["comment"]);
        Assert.Equal("misuse", (await bench.FormAsync("eli"))!["verdict"]);
        Assert.Equal("due", Assert.Single(await bench.QueryAsync<string>("select state from reviews")));
        Assert.Equal(2, (await bench.QueryAsync<string>("select id from events where type = 'refused'")).Count);

        Assert.True((await bench.SubmitAsync("eli", ("comment", "there was no incident"))).IsAccepted);
        Assert.Equal("done", Assert.Single(await bench.QueryAsync<string>("select state from reviews")));
    }

    [Fact]
    public async Task Somebody_not_on_call_gets_no_form_and_a_forged_one_takes_nothing()
    {
        await using var bench = await LoudAsync();
        await bench.SayAsync("ana", "breakglass");
        await bench.UntilToldAsync("ana", "You may take no emergency access now");
        await bench.SayAsync("ana", "breakglass logs:read");
        await bench.UntilToldAsync("ana", "for those on call in oncall");
        Assert.Null(await bench.FormAsync("ana"));
        Assert.Contains("for those on call in oncall", (await bench.ForgeFormAsync("ana", "breakglass", "", Filled)).Says, StringComparison.Ordinal);
        Assert.Empty(await bench.QueryAsync<string>("select id from requests"));
    }

    [Fact]
    public async Task An_open_request_is_escalated_by_its_button()
    {
        await using var bench = await LoudAsync();
        await bench.AskAsync("cy");
        await bench.PressAsync("cy", await bench.UntilButtonAsync("cy", "escalate"), "escalate");
        await bench.UntilFormAsync("cy", "This starts now, without approval");
        Assert.True((await bench.SubmitAsync("cy", Filled)).IsAccepted);

        await bench.UntilCardAsync("EMERGENCY ACCESS", "eli", Place.Loud);
        Assert.Equal(["approved", "cancelled"], await bench.QueryAsync<string>("select state from requests order by state"));
        await bench.UntilCardAsync("who took it as an emergency instead");
    }

    [Fact]
    public async Task A_review_that_is_due_overdue_misuse_and_lifted_is_told_to_those_concerned()
    {
        await using var bench = await LoudAsync();
        var taken = (await bench.Get<TakeBreakGlass>().HandleAsync(TestBroker.As("cy"), new EmergencyOrder(TestCatalog.Logs, null, "INC-77", "checkout down"), null, CancellationToken.None)).Value!;
        bench.Clock.Advance(TimeSpan.FromHours(12));
        await bench.Get<RemindReviews>().RunAsync(CancellationToken.None);
        await bench.UntilCardAsync("Review due by", "eli", Place.Direct);
        bench.Clock.Advance(TimeSpan.FromHours(12));
        await bench.Get<RemindReviews>().RunAsync(CancellationToken.None);
        await bench.UntilCardAsync("REVIEW OVERDUE", "eli", Place.Loud);
        await bench.SayAsync("cy", "breakglass logs:read");
        await bench.UntilToldAsync("cy", "is overdue");

        await bench.SayAsync("eli", $"review {taken.Grant.Id} misuse there was no incident");
        await bench.UntilCardAsync("misuse", "eli", Place.Loud);
        await bench.UntilCardAsync("gets no other emergency access", "cy", Place.Direct);
        await bench.SayAsync("fay", $"lift {taken.Grant.Id} we talked about it");
        await bench.UntilCardAsync("they may take emergency access again", "eli", Place.Loud);
    }

    [Fact]
    public async Task Items_of_a_bundle_stand_in_one_thread_each_decided_by_its_own_rule()
    {
        var catalog = TestCatalog.Of();
        await using var bench = await StartAsync(catalog with { Bundles = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["kit"] = [TestCatalog.Logs, TestCatalog.Two] }.ToFrozenDictionary(StringComparer.Ordinal) });

        await bench.SayAsync("ana", "request kit 1h INC-42");
        await bench.UntilAsync(async () =>
        {
            // The second waits for the first to be posted.
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            return (await bench.SeesAsync("bea")).Count(m => m.Has("approve")) == 2;
        });
        var cards = await bench.SeesAsync("bea");
        Assert.Equal(bench.IdOf(cards[0]), bench.ThreadOf(cards[1]));
        await bench.PressAsync("bea", cards[0], "approve");
        await bench.PressAsync("bea", cards[1], "approve");

        await bench.UntilCardAsync("1 of 2 approved");
        Assert.Equal(["approved", "pending"], await bench.QueryAsync<string>("select state from requests order by state"));
        Assert.Single(await bench.QueryAsync<string>("select id from grants"));
    }

    private Task<ChatBench> LoudAsync() => StartAsync(EmergencyCatalog.Of(), ["fay", "gus"], loud: true);
}

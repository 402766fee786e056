using System.Net;

namespace JitBroker.Tests.Playground;

/// <summary>response_url: five uses, thirty minutes, and the only way to touch an ephemeral message.</summary>
public sealed class ResponseUrlTests
{
    [Fact]
    public async Task It_works_five_times()
    {
        await using var bench = await Workbench.StartAsync();
        await bench.SayAsync("/access mine");
        var url = bench.App.Last.Form["response_url"];
        for (var i = 0; i < 5; i++) Assert.Equal((HttpStatusCode.OK, "ok"), await bench.AnswerAsync(url, new { text = "x" }));
        Assert.Equal((HttpStatusCode.NotFound, "used_url"), await bench.AnswerAsync(url, new { text = "x" }));
        Assert.Equal(5, (await bench.MessagesAsync()).Count);
    }

    [Fact]
    public async Task It_works_for_thirty_minutes()
    {
        await using var bench = await Workbench.StartAsync();
        await bench.SayAsync("/access mine");
        var url = bench.App.Last.Form["response_url"];
        bench.Clock.Advance(TimeSpan.FromMinutes(30) - TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, (await bench.AnswerAsync(url, new { text = "x" })).Status);
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((HttpStatusCode.NotFound, "expired_url"), await bench.AnswerAsync(url, new { text = "x" }));
    }

    [Fact]
    public async Task It_answers_the_caller_alone_unless_in_channel_is_asked_for()
    {
        await using var bench = await Workbench.StartAsync();
        await bench.SayAsync("/access mine");
        var url = bench.App.Last.Form["response_url"];
        await bench.AnswerAsync(url, new { text = "private" });
        Assert.Empty(await bench.MessagesAsync("bea"));
        await bench.AnswerAsync(url, new { text = "public", response_type = "in_channel" });
        Assert.Equal("public", (string)(await bench.MessagesAsync("bea"))[0]!["text"]!);
    }

    [Fact]
    public async Task It_replaces_and_deletes_the_ephemeral_message_whose_button_was_pressed()
    {
        await using var bench = await Workbench.StartAsync();
        var posted = await bench.CallAsync("chat.postEphemeral", ("channel", "C0ACCESS"), ("user", "U0ANA"), ("text", "x"), ("blocks", DeliveryTests.Card));
        await bench.DoAsync("act", new { person = "ana", conversation = "C0ACCESS", ts = (string)posted["message_ts"]!, action_id = "approve" });
        var url = (string)bench.App.Last.Json["response_url"]!;
        await bench.AnswerAsync(url, new { text = "replaced", replace_original = true });
        Assert.Equal("replaced", (string)Assert.Single(await bench.MessagesAsync())!["text"]!);
        await bench.AnswerAsync(url, new { text = "another", replace_original = false });
        Assert.Equal(2, (await bench.MessagesAsync()).Count);
        await bench.AnswerAsync(url, new { delete_original = true });
        Assert.Equal("another", (string)Assert.Single(await bench.MessagesAsync())!["text"]!);
    }

    [Fact]
    public async Task A_refused_answer_is_not_a_use()
    {
        await using var bench = await Workbench.StartAsync();
        await bench.SayAsync("/access mine");
        var url = bench.App.Last.Form["response_url"];
        for (var i = 0; i < 6; i++) Assert.Equal((HttpStatusCode.BadRequest, "no_text"), await bench.AnswerAsync(url, new { }));
        Assert.Equal(HttpStatusCode.OK, (await bench.AnswerAsync(url, new { text = "x" })).Status);
    }

    [Theory]
    [InlineData("""{"response_type":"in_channel","text":"to all"}""", true)]
    [InlineData("""{"text":"to one"}""", false)]
    public async Task The_body_of_a_commands_200_is_shown(string answer, bool toAll)
    {
        await using var bench = await Workbench.StartAsync();
        bench.App.Answers(answer);
        await bench.SayAsync("/access mine");
        Assert.Single(await bench.MessagesAsync());
        Assert.Equal(toAll ? 1 : 0, (await bench.MessagesAsync("bea")).Count);
    }
}

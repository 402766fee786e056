using System.Net;
using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;
using JitBroker.Bots.Teams;
using JitBroker.Scheduling;

namespace JitBroker.Tests.Teams;

/// <summary>What comes in from Teams has its effect once, whatever is delivered twice or dies in between.</summary>
public sealed class InboundTests
{
    [Fact]
    public async Task A_message_is_stored_before_its_200_and_worked_on_once()
    {
        await using var door = await TeamsDoor.StartAsync();
        var activity = door.Activity(id: "1700");

        for (var i = 0; i < 5; i++)
            Assert.Equal((HttpStatusCode.OK, ""), await door.DeliverAsync((JsonObject)activity.DeepClone()));

        await Eventually.TrueAsync(async () => (await door.QueryAsync<string>("select state from inbox")) is ["done"]);
        Assert.Single(door.Acting.Heard);

        // The same id in another conversation is another message.
        await door.DeliverAsync(door.Activity(person: "bea", id: "1700"));
        await Eventually.TrueAsync(async () => (await door.QueryAsync<string>("select state from inbox")) is ["done", "done"]);
        Assert.Equal(2, door.Acting.Heard.Count);
    }

    [Fact]
    public async Task The_mention_of_the_bot_is_no_part_of_what_was_typed_and_others_are()
    {
        await using var door = await TeamsDoor.StartAsync();
        var activity = door.Activity(text: "<at>JitBroker</at>&nbsp;request logs:read 1h for <at>Bea</at> AT&amp;T &lt;b&gt;", isChannel: true);
        activity["entities"] = new JsonArray(
            new JsonObject { ["type"] = "mention", ["text"] = "<at>JitBroker</at>", ["mentioned"] = new JsonObject { ["id"] = "28:" + FakeFramework.AppId } },
            new JsonObject { ["type"] = "mention", ["text"] = "<at>Bea</at>", ["mentioned"] = new JsonObject { ["id"] = "29:bea" } },
            new JsonObject { ["type"] = "clientInfo" });

        await door.DeliverAsync(activity);

        await Eventually.TrueAsync(() => Task.FromResult(!door.Acting.Heard.IsEmpty));
        Assert.True(door.Acting.Heard.TryDequeue(out var heard));
        Assert.Equal("request logs:read 1h for <at>Bea</at> AT&T <b>", heard.Text);
        Assert.Equal((TeamsDoor.Channel + ";messageid=1700", "channel", TeamsDoor.Channel), (heard.Conversation.Id, heard.Conversation.Kind, heard.Conversation.ChannelId));
        Assert.Equal((Guid.Parse(TeamsDoor.ObjectOf("ana")), false), (heard.From.ObjectId, heard.IsSubmit));
    }

    [Fact]
    public async Task An_invoke_is_answered_in_its_call_and_a_redelivery_gets_the_same_answer_and_no_second_effect()
    {
        await using var door = await TeamsDoor.StartAsync();
        var times = 0;
        door.Acting.OnInvoke = _ => Task.FromResult(new TeamsAnswer(200, new JsonObject { ["statusCode"] = 200, ["type"] = "application/vnd.microsoft.activity.message", ["value"] = $"answer {++times}" }));
        var press = door.Invoke(id: "f:1");

        var first = await door.DeliverAsync((JsonObject)press.DeepClone());
        var second = await door.DeliverAsync((JsonObject)press.DeepClone());

        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.Contains("answer 1", first.Body, StringComparison.Ordinal);
        Assert.Equal(first, second);
        Assert.Equal(("done", 1), (Assert.Single(await door.QueryAsync<string>("select state from inbox")), times));
    }

    [Fact]
    public async Task A_redelivery_while_the_first_is_still_worked_on_waits_for_its_answer()
    {
        await using var door = await TeamsDoor.StartAsync();
        var release = new TaskCompletionSource<TeamsAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        door.Acting.OnInvoke = _ => release.Task;
        var press = door.Invoke("task/submit", id: "f:1");

        var first = door.DeliverAsync((JsonObject)press.DeepClone());
        await Eventually.TrueAsync(async () => (await door.QueryAsync<string>("select id from inbox")).Count == 1);
        var second = door.DeliverAsync((JsonObject)press.DeepClone());
        release.SetResult(new TeamsAnswer(200, new JsonObject { ["task"] = new JsonObject { ["type"] = "message", ["value"] = "Saved." } }));
        await first;
        while (await Task.WhenAny(second, Task.Delay(50)) != second)
            door.Clock.Advance(TimeSpan.FromMilliseconds(50));

        Assert.Equal(await first, await second);
        Assert.Single(door.Acting.Invoked);
    }

    [Fact]
    public async Task An_invoke_that_fails_is_answered_with_a_sentence_and_not_done_again()
    {
        await using var door = await TeamsDoor.StartAsync();
        door.Acting.OnInvoke = _ => throw new InvalidOperationException("a secret detail");

        var press = await door.DeliverAsync(door.Invoke(id: "f:1"));
        var submit = await door.DeliverAsync(door.Invoke("task/submit", id: "f:2"));
        var again = await door.DeliverAsync(door.Invoke(id: "f:1"));

        Assert.Contains("Something went wrong on my side", press.Body, StringComparison.Ordinal);
        Assert.Contains("application/vnd.microsoft.error", press.Body, StringComparison.Ordinal);
        Assert.Contains("\"task\"", submit.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("secret detail", press.Body + submit.Body, StringComparison.Ordinal);
        Assert.Equal(press, again);
        Assert.Equal(2, door.Acting.Invoked.Count);
    }

    [Fact]
    public async Task What_only_shows_something_is_answered_anew_each_time_and_not_stored()
    {
        await using var door = await TeamsDoor.StartAsync();

        for (var i = 0; i < 3; i++)
        {
            await door.DeliverAsync(door.Invoke(verb: "refresh", id: "f:1"));
            await door.DeliverAsync(door.Invoke("task/fetch", id: "f:2"));
            await door.DeliverAsync(door.Invoke("composeExtension/fetchTask", id: "f:3"));
        }

        Assert.Equal(9, door.Acting.Invoked.Count);
        Assert.Empty(await door.QueryAsync<string>("select id from inbox"));
    }

    [Theory]
    [InlineData("signin/verifyState")]
    [InlineData("composeExtension/query")]
    [InlineData("")]
    public async Task An_invoke_that_is_not_known_is_answered_501(string name)
    {
        await using var door = await TeamsDoor.StartAsync();

        Assert.Equal(HttpStatusCode.NotImplemented, (await door.DeliverAsync(door.Invoke(name))).Status);

        Assert.Empty(door.Acting.Invoked);
        Assert.Empty(await door.QueryAsync<string>("select id from inbox"));
    }

    [Fact]
    public async Task What_is_neither_said_nor_pressed_is_acknowledged_and_forgotten()
    {
        await using var door = await TeamsDoor.StartAsync();

        foreach (var type in (string[])["typing", "messageReaction", "event", "endOfConversation", "messageUpdate"])
            Assert.Equal(HttpStatusCode.OK, (await door.DeliverAsync(door.Activity(type))).Status);

        Assert.Empty(door.Acting.Heard);
        Assert.Empty(await door.QueryAsync<string>("select id from inbox"));
    }

    [Fact]
    public async Task A_message_whose_process_died_is_taken_over_after_its_claim_and_done_once()
    {
        await using var door = await TeamsDoor.StartAsync(works: false);
        await door.DeliverAsync(door.Activity());
        await door.Get<WorkInbox>().RunAsync(CancellationToken.None);
        Assert.Empty(door.Acting.Heard);

        door.Clock.Advance(Replica.ClaimFor + TimeSpan.FromSeconds(1));
        await door.Get<WorkInbox>().RunAsync(CancellationToken.None);
        await door.Get<WorkInbox>().RunAsync(CancellationToken.None);

        Assert.Single(door.Acting.Heard);
        Assert.Equal("done", Assert.Single(await door.QueryAsync<string>("select state from inbox")));
    }

    [Fact]
    public async Task What_was_typed_again_before_it_was_taken_over_is_worked_on_once()
    {
        await using var door = await TeamsDoor.StartAsync(works: false);
        await door.DeliverAsync(door.Activity(text: "request logs:read 1h INC-1"));
        door.Clock.Advance(Replica.ClaimFor + TimeSpan.FromSeconds(1));
        await door.DeliverAsync(door.Activity(text: "request logs:read 1h INC-1"));

        await door.Get<WorkInbox>().RunAsync(CancellationToken.None);
        Assert.Empty(door.Acting.Heard);

        door.Clock.Advance(Replica.ClaimFor + TimeSpan.FromSeconds(1));
        await door.Get<WorkInbox>().RunAsync(CancellationToken.None);
        Assert.Single(door.Acting.Heard);
        Assert.Equal(["done", "done"], await door.QueryAsync<string>("select state from inbox"));
    }

    [Fact]
    public async Task An_invoke_whose_process_died_is_done_late_and_told_in_private_when_it_was_refused()
    {
        await using var door = await TeamsDoor.StartAsync(works: false);
        door.Acting.OnInvoke = _ => Task.FromResult(TeamsAnswer.Empty);
        await door.DeliverAsync(door.Invoke(id: "f:1"));
        await door.ExecuteAsync("update inbox set state = 'received', claimed_until = null, answer = null");
        door.Acting.OnInvoke = a => Task.FromResult(TeamsInvokes.Said(a, 400, "not_an_approver", "You are not among those who decide this."));

        door.Clock.Advance(Replica.ClaimFor);
        await door.Get<WorkInbox>().RunAsync(CancellationToken.None);

        Assert.Equal("done", Assert.Single(await door.QueryAsync<string>("select state from inbox")));
        var told = Assert.Single(door.Teams.Calls, c => c.Path.EndsWith("/activities", StringComparison.Ordinal));
        Assert.Equal("/amer/v3/conversations/a%3Aprivate-bea/activities", told.Path);
        Assert.Contains("not among those who decide", told.Body.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_keeps_failing_is_given_up_and_its_person_told()
    {
        await using var door = await TeamsDoor.StartAsync(works: false);
        door.Acting.OnMessage = _ => throw new InvalidOperationException("no");
        await door.DeliverAsync(door.Activity());

        door.Clock.Advance(Replica.ClaimFor);
        for (var i = 0; i < 5; i++)
        {
            door.Clock.Advance(TimeSpan.FromMinutes(2));
            await door.Get<WorkInbox>().RunAsync(CancellationToken.None);
        }

        Assert.Equal("dead", Assert.Single(await door.QueryAsync<string>("select state from inbox")));
        Assert.Contains(door.Teams.Calls, c => c.Body.ToJsonString().Contains("went wrong on my side", StringComparison.Ordinal));
    }
}

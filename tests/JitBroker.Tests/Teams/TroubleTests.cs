using System.Text.Json.Nodes;

namespace JitBroker.Tests.Teams;

/// <summary>Attack E6 and chat-wire B4: Teams is away, slow or full, loses answers, or has blocked us somewhere.</summary>
public sealed class TroubleTests
{
    [Theory]
    [InlineData(429)]
    [InlineData(412)]
    [InlineData(502)]
    [InlineData(504)]
    public async Task What_Teams_asks_to_be_tried_again_is_and_nothing_is_lost(int status)
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.InstallAsync();
        var left = 2;
        door.Teams.Answer = c => c.Path == "/amer/v3/conversations" && left-- > 0 ? (status, new JsonObject { ["error"] = new JsonObject { ["code"] = "Trouble" } }, status == 429 ? "20" : null) : null;
        await door.AskAsync();
        await door.UntilAsync(() => Task.FromResult(left <= 1));
        await door.UntilAsync(async () =>
        {
            door.Clock.Advance(TimeSpan.FromSeconds(5));
            return (await door.QueryAsync<string>("select id from copies where template = 'approval_card'")).Count == 1;
        });

        Assert.Equal("sent", Assert.Single(await door.QueryAsync<string>("select state from deliveries where template = 'approval_card'")));
        Assert.Equal(status == 429 ? 1 : 3, (await door.QueryAsync<long>("select attempts from deliveries where template = 'approval_card'"))[0]);
    }

    [Fact]
    public async Task After_a_429_nobody_calls_that_conversation_before_its_time()
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.InstallAsync();
        var left = 1;
        door.Teams.Answer = c => c.Path == "/amer/v3/conversations" && left-- > 0 ? (429, null, "20") : null;
        await door.AskAsync();
        await door.UntilAsync(() => Task.FromResult(left <= 0));
        for (var i = 0; i < 12; i++)
        {
            door.Clock.Advance(TimeSpan.FromSeconds(1));
            await door.RingAsync();
        }

        Assert.Single(door.Teams.Calls, c => c.Path == "/amer/v3/conversations");
        await door.UntilAsync(async () =>
        {
            door.Clock.Advance(TimeSpan.FromSeconds(1));
            return (await door.QueryAsync<string>("select id from copies where template = 'approval_card'")).Count == 1;
        });
        Assert.Equal(2, door.Teams.Calls.Count(c => c.Path == "/amer/v3/conversations"));
    }

    [Fact]
    public async Task A_post_whose_answer_was_lost_is_posted_again_and_an_edit_that_was_lost_is_repeated()
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.InstallAsync();
        var left = 1;
        door.Teams.Answer = c => c.Path == "/amer/v3/conversations" && left-- > 0 ? (500, null, null) : null;
        var id = await door.AskAsync();
        await door.UntilAsync(async () => (await door.QueryAsync<string>("select state from deliveries where template = 'approval_card'")) is ["uncertain"]);
        await door.UntilAsync(async () =>
        {
            door.Clock.Advance(TimeSpan.FromSeconds(5));
            return (await door.QueryAsync<string>("select id from copies")).Count == 2;
        });

        left = 2;
        door.Teams.Answer = c => c.Method == "PUT" && left-- > 0 ? (500, null, null) : null;
        await door.ApproveAsync("bea", id);
        await door.UntilAsync(async () =>
        {
            door.Clock.Advance(TimeSpan.FromSeconds(5));
            return (await door.QueryAsync<string>("select id from copies where revision < (select max(revision) from cards)")).Count == 0;
        });
        Assert.DoesNotContain("dead", await door.QueryAsync<string>("select state from deliveries"));
    }

    [Fact]
    public async Task Somebody_who_blocked_the_bot_is_given_up_and_not_written_to_there_again()
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.InstallAsync();
        door.Teams.Answer = c => c.Path.Contains("private-ana", StringComparison.Ordinal) || (string?)c.Body["members"]?[0]?["id"] == "29:ana" ? (403, new JsonObject { ["error"] = new JsonObject { ["code"] = "ConversationBlockedByUser" } }, null) : null;
        await door.AskAsync();
        await door.UntilAsync(async () => (await door.QueryAsync<string>("select state from deliveries where state = 'dead'")).Count == 1);

        Assert.Equal("ConversationBlockedByUser", Assert.Single(await door.QueryAsync<string>("select last_error from deliveries where state = 'dead'")));
        Assert.DoesNotContain("a:private-ana", await door.QueryAsync<string>("select conversation from conversations"));
        Assert.Single(await door.QueryAsync<string>("select id from copies where template = 'approval_card'"));
    }
}

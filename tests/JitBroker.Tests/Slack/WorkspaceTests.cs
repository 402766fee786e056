using JitBroker.Bots.Chat;
using JitBroker.Bots.Slack;

namespace JitBroker.Tests.Slack;

/// <summary>Empty <c>Slack:Workspaces</c>: the token's own, and nobody until Slack has said which that is. And what is redone late.</summary>
public sealed class WorkspaceTests
{
    [Fact]
    public async Task Without_named_workspaces_the_tokens_own_is_accepted_and_no_other()
    {
        await using var bench = await SlackBench.StartAsync(settings: o => o with { Workspaces = [] });
        var card = await bench.AskAsync();
        await bench.DoAsync("person", new { id = "U0DAN", team_id = "T0OTHER" });
        await bench.PressAsync("U0DAN", card, "approve");
        await bench.UntilWhisperAsync("dan", "another workspace");
        await bench.PressAsync("bea", card, "approve");
        await bench.UntilCardAsync("ready for Ana");
        Assert.All(await bench.QueryAsync<string>("select tenant from copies"), t => Assert.Equal("T0EX", t));
    }

    [Fact]
    public async Task Until_Slack_has_said_which_it_is_nobody_is_accepted_and_everybody_is_told_why()
    {
        await using var bench = await SlackBench.StartAsync(settings: o => o with { Workspaces = [], BotToken = () => "" });
        await bench.SayAsync("ana", "/access request logs:read 1h INC-1");
        await bench.UntilWhisperAsync("ana", "I don't know yet which workspace I belong to");
        Assert.Empty(await bench.QueryAsync<string>("select id from requests"));
    }

    [Fact]
    public async Task A_form_that_is_redone_later_and_refused_is_told_in_private()
    {
        await using var bench = await SlackBench.StartAsync(works: false);
        await bench.QueryAsync<string>(
            """
            insert into inbox (id, surface, kind, body, state, received_at, next_attempt_at, attempts)
            values ('t.late', 'slack', 'view_submission',
                    '{"type":"view_submission","team":{"id":"T0EX"},"user":{"id":"U0ANA","team_id":"T0EX"},"view":{"callback_id":"request","state":{"values":{"reason":{"value":{"type":"plain_text_input","value":"INC-1"}}}}}}',
                    'received', '2026-11-22T09:00:00.000000Z', '2026-11-22T09:00:00.000000Z', 0)
            returning id
            """);
        await bench.Get<WorkInbox>().RunAsync(CancellationToken.None);
        await bench.UntilCardAsync("The form you sent a while ago was not accepted", "ana", SlackBench.Direct("ana"));
        Assert.Equal("done", Assert.Single(await bench.QueryAsync<string>("select state from inbox")));
        Assert.Empty(await bench.QueryAsync<string>("select id from requests"));
    }

    [Fact]
    public async Task What_another_surface_took_is_left_to_it()
    {
        await using var bench = await SlackBench.StartAsync(works: false);
        await bench.QueryAsync<string>(
            "insert into inbox (id, surface, kind, body, state, received_at, next_attempt_at, attempts) values ('t.teams', 'teams', 'message', '{}', 'received', '2026-11-22T09:00:00.000000Z', '2026-11-22T09:00:00.000000Z', 0) returning id");
        await bench.Get<WorkInbox>().RunAsync(CancellationToken.None);
        Assert.Equal("received", Assert.Single(await bench.QueryAsync<string>("select state from inbox where claimed_by is null")));
    }
}

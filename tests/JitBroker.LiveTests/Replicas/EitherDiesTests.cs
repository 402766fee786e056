using System.Net.Http.Json;
using System.Text.Json.Nodes;
using JitBroker.Client;
using JitBroker.LiveTests.Crashes;
using JitBroker.LiveTests.Fixtures;

namespace JitBroker.LiveTests.Replicas;

/// <summary>Either of two replicas may die: the other hears, decides, tells and ends, and takes over what the dead one had claimed.</summary>
public sealed class EitherDiesTests
{
    private const int SocketsOfTwo = 4;

    [Fact]
    public async Task Over_sockets_either_replica_may_be_killed_and_the_other_hears_decides_tells_and_ends()
    {
        await using var replicas = await TwoReplicas.BothAsync(sockets: true);
        await OpenAsync(replicas.Workspace, SocketsOfTwo);
        var token = await replicas.Workspace.As("U0ANA").TokenAsync(replicas.First.Url);
        await Eventually.TrueAsync(async () => (await SocketsAsync(replicas.Workspace)).All(s => s["envelopes"]!.GetValue<int>() > 0) || await SpeakAsync(replicas.Workspace), "an envelope over each socket");
        foreach (var (dying, staying) in new[] { (replicas.First, replicas.Second!), (replicas.Second!, replicas.First) })
        {
            using var ana = new BrokerClient(dying.Url, token);
            var due = (await ana.SubmitAsync(new SubmitBody { Entitlement = LiveCatalog.Quick, Duration = "20s" }, null, CancellationToken.None)).Value.Grant!.Id;
            await ana.CollectAsync(due, CancellationToken.None);

            await dying.KillAsync();

            var grant = await AskedAndApprovedAsync(replicas, $"INC-{staying.Url.Port}");
            await UntilAsync(() => replicas.Workspace.As("U0ANA").TypeAsync($"/access done {grant}"), async () => await replicas.Evidence.CountAsync($"select count(*) from grants where id in ('{grant}', '{due}') and state = 'ended'") == 2);
            await dying.StartAsync();
            await OpenAsync(replicas.Workspace, SocketsOfTwo);
        }

        await Eventually.TrueAsync(new Rules(replicas.Evidence).IsAtRestAsync, "rest");
        await new Rules(replicas.Evidence).HoldAtRestAsync();
    }

    [Theory]
    [InlineData("after commit SlackInbox.StoreAsync")]
    [InlineData("after chat chat.postMessage")]
    public async Task What_a_replica_had_claimed_when_it_was_killed_is_the_others_after_fifteen_seconds_and_is_done_once(string point)
    {
        await using var replicas = await TwoReplicas.BothAsync(crashPoints: true);
        replicas.Workspace.ConnectTo(replicas.First.Url);

        // While the other stands still nobody but the first can claim.
        await replicas.Second!.Program.SignalAsync("STOP");
        replicas.First.Folder.Write(Path.Combine("crash-points", "armed"), $"{point}#1");

        await TryAsync(() => replicas.Workspace.As("U0ANA").TypeAsync($"/access request {LiveCatalog.Logs} 5m INC-15"));
        await Eventually.TrueAsync(() => Task.FromResult(replicas.First.Program.HasExited), "the death");

        foreach (var table in new[] { "inbox", "deliveries", "leases" })
            await replicas.Evidence.NoneAsync($"{table}: a claim that outlives its owner by more than fifteen seconds", $"select id from {table} where claimed_until > clock_timestamp() + interval '15 seconds'");
        Assert.Equal(1, await replicas.Evidence.CountAsync("select (select count(*) from inbox where state = 'received' and claimed_by is not null) + (select least(1, count(*)) from deliveries where state = 'pending' and claimed_by is not null)"));
        await replicas.Second.Program.SignalAsync("CONT");
        replicas.Workspace.ConnectTo(replicas.Second.Url);
        await Eventually.TrueAsync(async () => await replicas.Evidence.CountAsync("select count(*) from copies where template = 'approval_card'") == 1, "the card");
        await Eventually.TrueAsync(new Rules(replicas.Evidence).IsAtRestAsync, "rest");
        Assert.Equal(1, await replicas.Evidence.CountAsync("select count(*) from requests"));
        await replicas.Evidence.HoldsAsync();
    }

    /// <returns>The grant, asked for and approved in chat over whatever sockets there are.</returns>
    private static async Task<string> AskedAndApprovedAsync(TwoReplicas replicas, string ticket)
    {
        var (ana, bea) = (replicas.Workspace.As("U0ANA"), replicas.Workspace.As("U0BEA"));
        var grants = $"select id from grants where request_id in (select id from requests where reason = '{ticket}')";
        await UntilAsync(() => ana.TypeAsync($"/access request {LiveCatalog.Logs} 5m {ticket}"), async () => (await bea.ReadAsync()).Any(m => m.Says(ticket) && m.ButtonValue("approve") is not null));
        await UntilAsync(
            async () =>
            {
                if ((await bea.ReadAsync()).LastOrDefault(m => m.Says(ticket) && m.ButtonValue("approve") is not null) is { } card)
                    await bea.PressAsync(card, "approve", card.ButtonValue("approve"));
            },
            async () => (await replicas.Evidence.ReadAsync(grants)).Count == 1);
        return (await replicas.Evidence.ReadAsync(grants))[0];
    }

    /// <summary>A word to the bot that changes nothing.</summary>
    private static async Task<bool> SpeakAsync(ChatWorkspace workspace)
    {
        await workspace.As("U0CY").TypeAsync("/access whoami");
        return false;
    }

    /// <summary>Tells those who are told that nobody answers to try again, until it happened.</summary>
    private static async Task UntilAsync(Func<Task> act, Func<Task<bool>> done)
    {
        var tried = false;
        await Eventually.TrueAsync(async () =>
        {
            tried = tried || await TryAsync(act);
            return tried && await done();
        });
    }

    private static async Task<bool> TryAsync(Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (Server.Demo.TourException)
        {
            return false;
        }
    }

    private static Task OpenAsync(ChatWorkspace workspace, int count) =>
        Eventually.TrueAsync(async () => (await SocketsAsync(workspace)).Count == count, $"{count} open sockets");

    private static async Task<IReadOnlyList<JsonNode>> SocketsAsync(ChatWorkspace workspace)
    {
        using var answer = await workspace.Http.PostAsJsonAsync(new Uri("playground/sockets", UriKind.Relative), new JsonObject());
        return [.. (await answer.Content.ReadFromJsonAsync<JsonObject>())!["sockets"]!.AsArray().OfType<JsonNode>()];
    }
}

using System.Text.Json.Nodes;

namespace JitBroker.Tests.Playground.Teams;

/// <summary>What a bot is sent, shape by shape (chat-wire B5).</summary>
public sealed class ActivityTests
{
    [Fact]
    public async Task What_is_typed_in_a_personal_chat_reaches_the_bot_with_tenant_and_object_id()
    {
        await using var bench = await TeamsBench.StartAsync();
        var said = await bench.DoAsync("say", new { person = "ana", conversation = "personal", text = "request a <b> & c" });
        var activity = bench.Bot.Last.Activity();
        Assert.Equal(("message", "msteams", (string)said["id"]!), ((string)activity["type"]!, (string)activity["channelId"]!, (string)activity["id"]!));
        Assert.Equal("request a &lt;b&gt; &amp; c", (string)activity["text"]!);
        Assert.Equal((TeamsBench.Ana, "2b8f5a77-55d0-4b2e-8a42-1f0f4a0c9d10"), ((string)activity["from"]!["id"]!, (string)activity["from"]!["aadObjectId"]!));
        Assert.Equal("28:" + bench.Teams.Options.AppId, (string)activity["recipient"]!["id"]!);
        Assert.Equal(("personal", await bench.PersonalAsync()), ((string)activity["conversation"]!["conversationType"]!, (string)activity["conversation"]!["id"]!));
        Assert.Equal(bench.Teams.Options.TenantId.ToString(), (string)activity["channelData"]!["tenant"]!["id"]!);
        Assert.DoesNotContain((JsonArray)activity["entities"]!, e => (string)e!["type"]! == "mention");
    }

    [Fact]
    public async Task In_a_channel_the_bot_hears_only_what_mentions_it_and_in_which_thread()
    {
        await using var bench = await TeamsBench.StartAsync();
        var before = bench.Bot.Arrivals.Count;
        var quiet = await bench.DoAsync("say", new { person = "ana", conversation = "access-requests", text = "hello all" });
        Assert.False((bool)quiet["delivered"]!);
        Assert.Equal(before, bench.Bot.Arrivals.Count);
        await bench.DoAsync("say", new { person = "ana", conversation = "access-requests", text = "@JitBroker mine", thread = (string)quiet["id"]! });
        var activity = bench.Bot.Last.Activity();
        Assert.Equal("<at>JitBroker</at> mine", (string)activity["text"]!);
        var mention = Assert.Single((JsonArray)activity["entities"]!, e => (string)e!["type"]! == "mention")!;
        Assert.Equal(("28:" + bench.Teams.Options.AppId, "<at>JitBroker</at>"), ((string)mention["mentioned"]!["id"]!, (string)mention["text"]!));
        Assert.Equal($"{TeamsBench.Requests};messageid={quiet["id"]}", (string)activity["conversation"]!["id"]!);
        Assert.Equal(TeamsBench.Requests, (string)activity["channelData"]!["channel"]!["id"]!);
    }

    [Fact]
    public async Task Being_added_is_told_twice_over_for_the_team_and_for_each_person()
    {
        await using var bench = await TeamsBench.StartAsync(isInstalled: false);
        Assert.Equal(6, (int)(await bench.DoAsync("install", new { }))["installed"]!);
        var told = bench.Bot.Arrivals.Select(a => a.Activity()).ToList();
        Assert.Equal(12, told.Count);
        Assert.Equal(6, told.Count(a => (string)a["type"]! == "installationUpdate" && (string)a["action"]! == "add"));
        Assert.All(told.Where(a => (string)a["type"]! == "conversationUpdate"), a => Assert.Equal("28:" + bench.Teams.Options.AppId, (string)a["membersAdded"]![0]!["id"]!));
        Assert.Equal(2, told.Count(a => (string)a["conversation"]!["conversationType"]! == "channel" && (string)a["conversation"]!["id"]! == "19:general@thread.tacv2"));
    }

    [Fact]
    public async Task A_recorded_activity_goes_out_again_byte_for_byte()
    {
        await using var bench = await TeamsBench.StartAsync();
        var said = await bench.DoAsync("say", new { person = "ana", conversation = "personal", text = "mine" });
        var first = bench.Bot.Last;
        Assert.True((bool)(await bench.DoAsync("redeliver", new { id = (string)said["delivery"]! }))["ok"]!);
        Assert.NotSame(first, bench.Bot.Last);
        Assert.Equal((first.Text, first.Headers["Authorization"]), (bench.Bot.Last.Text, bench.Bot.Last.Headers["Authorization"]));
    }

    [Fact]
    public async Task An_account_that_shows_no_object_id_is_known_by_its_member_only()
    {
        await using var bench = await TeamsBench.StartAsync();
        await bench.DoAsync("person", new { person = "ana", shows_object_id = false });
        await bench.DoAsync("say", new { person = "ana", conversation = "personal", text = "mine" });
        Assert.Null(bench.Bot.Last.Activity()["from"]!["aadObjectId"]);
        var (status, member, _) = await bench.CallAsync(HttpMethod.Get, ["conversations", await bench.PersonalAsync(), "members", TeamsBench.Ana]);
        Assert.Equal((200, "2b8f5a77-55d0-4b2e-8a42-1f0f4a0c9d10"), (status, (string)member!["aadObjectId"]!));
    }

    [Fact]
    public async Task With_chaos_an_activity_comes_again_and_again_and_is_the_same_each_time()
    {
        await using var bench = await TeamsBench.StartAsync();
        await bench.DoAsync("faults", new { chaos = new { seed = 1, drop_acks = 1.0 } });
        await bench.DoAsync("say", new { person = "ana", conversation = "personal", text = "mine" });
        var came = bench.Bot.Arrivals.TakeLast(4).Select(a => a.Text).ToList();
        Assert.Single(came.Distinct(StringComparer.Ordinal));
        Assert.Contains("\"text\":\"mine\"", came[0], StringComparison.Ordinal);
    }
}

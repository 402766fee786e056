using System.Net;
using JitBroker.Playground.Chaos;

namespace JitBroker.Tests.Playground;

/// <summary>The chaos switch does what it says, and the same again with the same seed.</summary>
public sealed class ChaosTests
{
    [Fact]
    public async Task Two_runs_with_the_same_seed_meet_the_same_faults_and_another_seed_others()
    {
        var chaos = new { seed = 7, rate_limit = 0.3, error = 0.3, methods = new[] { "users.info" } };
        var first = await RunAsync(chaos);
        Assert.Equal(first, await RunAsync(chaos));
        Assert.NotEqual(first, await RunAsync(new { seed = 8, rate_limit = 0.3, error = 0.3, methods = new[] { "users.info" } }));
        Assert.Equal([200, 429, 500], first.Distinct().Order());
    }

    [Fact]
    public void What_else_goes_on_changes_nothing()
    {
        var (alone, crowded) = (new ChaosSwitch { Settings = ChaosSettings.Preset("storm", 3)! }, new ChaosSwitch { Settings = ChaosSettings.Preset("storm", 3)! });
        var quiet = Enumerable.Range(0, 100).Select(_ => alone.Happens("error", "chat.update")).ToList();
        var loud = Enumerable.Range(0, 100).Select(_ =>
        {
            crowded.Happens("error", "chat.postMessage");
            crowded.Happens("delay", "chat.update");
            return crowded.Happens("error", "chat.update");
        }).ToList();
        Assert.Equal(quiet, loud);
        Assert.InRange(quiet.Count(h => h), 15, 45);
    }

    [Fact]
    public async Task A_lost_answer_comes_after_the_effect()
    {
        await using var bench = await Workbench.StartAsync();
        await bench.DoAsync("faults", new { chaos = new { lose_answer = 1.0 } });
        await Assert.ThrowsAsync<HttpRequestException>(() => bench.CallAsync("chat.postMessage", ("channel", "C0ACCESS"), ("text", "x")));
        Assert.Single(await bench.MessagesAsync());
        Assert.Equal(1, (int)(await bench.StateAsync())["chaos"]!["happened"]!["lose_answer"]!);
    }

    [Fact]
    public async Task A_rate_limit_says_how_long_and_has_no_effect()
    {
        await using var bench = await Workbench.StartAsync();
        await bench.DoAsync("faults", new { chaos = new { rate_limit = 1.0, retry_after = 7 } });
        var (response, _) = await bench.SendAsync("chat.postMessage", ("channel", "C0ACCESS"), ("text", "x"));
        Assert.Equal((HttpStatusCode.TooManyRequests, 7.0), (response.StatusCode, response.Headers.RetryAfter!.Delta!.Value.TotalSeconds));
        Assert.Empty(await bench.MessagesAsync());
        Assert.True((bool)(await bench.CallAsync("users.info", ("user", "U0ANA")))["ok"]!);
    }

    [Fact]
    public async Task A_dropped_acknowledgement_brings_the_delivery_again_at_most_three_times()
    {
        await using var bench = await Workbench.StartAsync();
        await bench.DoAsync("faults", new { chaos = new { drop_acks = 1.0 } });
        Assert.True((bool)(await bench.SayAsync("/access mine"))["ok"]!);
        Assert.Equal(4, bench.App.Arrivals.Count);
        Assert.Single(bench.App.Arrivals.Select(a => a.Form["trigger_id"]).Distinct());
    }

    [Fact]
    public async Task A_duplicate_comes_later_with_the_same_ids()
    {
        await using var bench = await Workbench.StartAsync();
        await bench.DoAsync("faults", new { chaos = new { duplicate = 1.0 } });
        await bench.SayAsync("/access mine");
        await Workbench.EventuallyAsync(() =>
        {
            bench.Clock.Advance(TimeSpan.FromMilliseconds(500));
            return Task.FromResult(bench.App.Arrivals.Count == 2);
        });
        Assert.Single(bench.App.Arrivals.Select(a => a.Form["trigger_id"]).Distinct());
    }

    [Fact]
    public async Task A_delivery_out_of_order_waits_for_a_younger_one()
    {
        await using var bench = await Workbench.StartAsync();
        var seed = Enumerable.Range(1, 1000).First(s =>
        {
            var chaos = new ChaosSwitch { Settings = new ChaosSettings { Seed = s, Reorder = 0.5 } };
            return chaos.Happens("reorder", "slash_commands") && !chaos.Happens("reorder", "slash_commands");
        });
        await bench.DoAsync("faults", new { chaos = new { seed, reorder = 0.5 } });
        var older = bench.SayAsync("/access older");
        await Workbench.EventuallyAsync(() => Task.FromResult(bench.Clock.HasTimerIn(TimeSpan.FromMilliseconds(300))));
        await bench.SayAsync("/access younger");
        await older;
        Assert.Equal(["older", "younger"], bench.App.Arrivals.Select(a => a.Form["text"]).Order());
        Assert.Equal(1, (int)(await bench.StateAsync())["chaos"]!["happened"]!["reorder"]!);
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_with_a_sentence_and_clear_ends_it()
    {
        await using var bench = await Workbench.StartAsync();
        foreach (var (chaos, why) in new (object, string)[] { (new { drop_ack = 1 }, "drop_ack"), (new { error = 2 }, "from 0 to 1"), (new { error = "x" }, "wrong type"), ("hurricane", "no such preset") })
            Assert.Contains(why, (string)(await bench.DoAsync("faults", new { chaos }))["error"]!, StringComparison.Ordinal);
        Assert.True((bool)(await bench.DoAsync("faults", new { chaos = "storm" }))["chaos"]!["on"]!);
        Assert.False((bool)(await bench.DoAsync("faults", new { clear = true }))["chaos"]!["on"]!);
    }

    private static async Task<IReadOnlyList<int>> RunAsync(object chaos)
    {
        await using var bench = await Workbench.StartAsync();
        await bench.DoAsync("faults", new { chaos });
        var statuses = new List<int>();
        for (var i = 0; i < 40; i++)
        {
            var (response, _) = await bench.SendAsync("users.info", ("user", "U0ANA"));
            statuses.Add((int)response.StatusCode);
        }

        return statuses;
    }
}

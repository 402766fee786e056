using System.Text.Json.Nodes;
using JitBroker.Leases;
using JitBroker.Playground.Chaos;
using JitBroker.Tests.Chat;

namespace JitBroker.Tests.Slack;

/// <summary>
/// Attack E6 as a whole: everything goes wrong now and then, several people press the same card at once, and in the end nothing was lost, nothing was done twice,
/// every known card tells the truth and an unknown copy does from its first press on.
/// </summary>
public sealed class StormTests
{
    private const int Rounds = 4;

    [Theory]
    [InlineData(Wiring.HttpInChaos)]
    [InlineData(Wiring.SocketInChaos)]
    public async Task After_the_storm_everything_happened_once_and_every_card_is_true(Wiring wiring)
    {
        await using var bench = await SlackBench.StartAsync(wiring: wiring);
        for (var round = 1; round <= Rounds; round++)
            await WholeStoryAsync(bench, round);
        var chaos = (JsonObject)(await bench.DoAsync("faults", new { clear = false, chaos = "off" }))["chaos"]!;
        Assert.False((bool)chaos["on"]!);
        await bench.UntilAsync(async () =>
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            return (await bench.QueryAsync<string>("select id from deliveries where state in ('pending', 'uncertain') and template in ('approval_card', 'asker_card')")).Count == 0;
        });

        Assert.Equal(Rounds, (await bench.QueryAsync<string>("select id from requests where state = 'approved'")).Count);
        Assert.Equal(Rounds, (await bench.QueryAsync<string>("select id from grants where state = 'ended'")).Count);
        Assert.Equal(Rounds, (await bench.QueryAsync<string>("select id from decisions")).Count);
        Assert.Empty(await bench.QueryAsync<string>("select p.id from copies p join cards c on c.request_id = p.about_id where p.revision < c.revision"));
        await KnownCardsTellTheEndAsync(bench);
        await UnknownCopiesTellItAfterAPressAsync(bench);
    }

    [Theory]
    [InlineData(Wiring.HttpInChaos)]
    [InlineData(Wiring.SocketInChaos)]
    public async Task The_storm_is_a_storm(Wiring wiring)
    {
        await using var bench = await SlackBench.StartAsync(wiring: wiring);
        for (var round = 1; round <= 3; round++)
            await WholeStoryAsync(bench, round);
        var happened = (JsonObject)(await bench.StateAsync("ana"))["chaos"]!["happened"]!;
        Assert.Equal(ChaosSettings.Names.Order(StringComparer.Ordinal), happened.Select(h => h.Key));
    }

    /// <summary>Asked for, approved by three at once, ended by its holder, ended at the target.</summary>
    private static async Task WholeStoryAsync(SlackBench bench, int round)
    {
        Assert.True((bool)(await bench.SayAsync("ana", $"/access request logs:read 1h INC-{round}"))["ok"]!);
        await bench.UntilCardAsync($"INC-{round}");
        var card = (await bench.CardAsync())!;
        await Task.WhenAll(((string[])["bea", "dan", "eli"]).Select(person => bench.PressAsync(person, card, "approve")));
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select id from grants where state = 'active'")).Count == 1);
        Assert.True((bool)(await bench.SayAsync("ana", "/access done"))["ok"]!);
        await bench.UntilAsync(async () =>
        {
            await bench.Get<RevokeDueLeases>().RunAsync(CancellationToken.None);
            return (await bench.QueryAsync<string>("select id from grants where state = 'ended'")).Count == round;
        });
    }

    private static async Task KnownCardsTellTheEndAsync(SlackBench bench)
    {
        var channel = await bench.SeesAsync("bea");
        var direct = await bench.SeesAsync("ana", SlackBench.Direct("ana"));
        var known = await bench.QueryAsync<string>("select message from copies");
        Assert.True(known.Count >= 2 * Rounds);
        Assert.All(channel.Concat(direct).Where(m => known.Contains((string)m["ts"]!)), m => Assert.Contains("Ended", SlackBench.Text(m), StringComparison.Ordinal));
    }

    private static async Task UnknownCopiesTellItAfterAPressAsync(SlackBench bench)
    {
        foreach (var stale in (await bench.SeesAsync("bea")).Where(m => SlackBench.HasButton(m, "approve")))
            await bench.PressAsync("dan", stale, "approve");
        await bench.UntilAsync(async () => !(await bench.SeesAsync("bea")).Any(m => SlackBench.HasButton(m, "approve")));
        Assert.Equal(Rounds, (await bench.QueryAsync<string>("select id from grants")).Count);
    }
}

using System.Text.Json.Nodes;
using JitBroker.Leases;
using JitBroker.Playground.Chaos;

namespace JitBroker.Tests.Chat;

/// <summary>
/// Attack E6 as a whole: everything goes wrong now and then, several people press the same card at once, and in the end nothing was lost, nothing was done twice,
/// every known card tells the truth and an unknown copy does from its first press on.
/// </summary>
public abstract class StormSuite(Wiring wiring) : ChatSuite(wiring)
{
    private const int Rounds = 4;

    [Fact]
    public async Task After_the_storm_everything_happened_once_and_every_card_is_true()
    {
        await using var bench = await StartAsync();
        for (var round = 1; round <= Rounds; round++)
            await WholeStoryAsync(bench, round);
        var chaos = (JsonObject)(await bench.Host.DoAsync("faults", new { clear = false, chaos = "off" }))["chaos"]!;
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

    [Fact]
    public async Task The_storm_is_a_storm()
    {
        await using var bench = await StartAsync();
        for (var round = 1; round <= 3; round++)
            await WholeStoryAsync(bench, round);
        var happened = (JsonObject)(await bench.Host.StateAsync("ana"))["chaos"]!["happened"]!;
        Assert.Equal(ChaosSettings.Names.Order(StringComparer.Ordinal), happened.Select(h => h.Key));
    }

    /// <summary>Asked for, approved by three at once, ended by its holder, ended at the target.</summary>
    private static async Task WholeStoryAsync(ChatBench bench, int round)
    {
        await bench.SayAsync("ana", $"request logs:read 1h INC-{round}");
        var card = await bench.UntilCardAsync($"INC-{round}");
        await Task.WhenAll(((string[])["bea", "dan", "eli"]).Select(person => bench.PressAsync(person, card, "approve")));
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select id from grants where state = 'active'")).Count == 1);
        await bench.SayAsync("ana", "done");
        await bench.UntilAsync(async () =>
        {
            await bench.Get<RevokeDueLeases>().RunAsync(CancellationToken.None);
            return (await bench.QueryAsync<string>("select id from grants where state = 'ended'")).Count == round;
        });
    }

    private static async Task KnownCardsTellTheEndAsync(ChatBench bench)
    {
        var seen = (await bench.SeesAsync("bea")).Concat(await bench.SeesAsync("ana", Place.Direct)).ToList();
        var known = await bench.QueryAsync<string>("select message from copies");
        Assert.True(known.Count >= 2 * Rounds);
        Assert.All(seen.Where(m => known.Contains(bench.IdOf(m))), m => Assert.Contains("Ended", m.Text, StringComparison.Ordinal));
    }

    private static async Task UnknownCopiesTellItAfterAPressAsync(ChatBench bench)
    {
        foreach (var stale in (await bench.SeesAsync("bea")).Where(m => m.Has("approve")))
            await bench.PressAsync("dan", stale, "approve");
        await bench.UntilAsync(async () => !(await bench.SeesAsync("bea")).Any(m => m.Has("approve")));
        Assert.Equal(Rounds, (await bench.QueryAsync<string>("select id from grants")).Count);
    }
}

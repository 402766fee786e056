using JitBroker.Leases;
using JitBroker.Requests;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Slack;

/// <summary>What only Slack has: triggers that run out, answers that can be replaced, a Home.</summary>
public sealed class OwnWaysTests
{
    [Fact]
    public async Task A_trigger_that_came_too_late_is_told_privately()
    {
        await using var bench = await SlackBench.StartAsync();
        await bench.FaultAsync(new { method = "views.open", status = 200, error = "expired_trigger_id" });
        await bench.SayAsync("ana", "/access request");
        await bench.UntilWhisperAsync("ana", "took too long");
    }

    [Fact]
    public async Task The_private_answer_to_done_becomes_the_verified_end()
    {
        await using var bench = await SlackBench.StartAsync();
        await bench.AskAsync(entitlement: TestCatalog.Auto);
        var grant = (await bench.QueryAsync<string>("select id from grants"))[0];
        Assert.NotNull((await bench.Get<MintLease>().HandleAsync(TestBroker.As("ana"), grant, CancellationToken.None)).Value);

        await bench.SayAsync("ana", "/access done");
        await bench.UntilWhisperAsync("ana", "Ending *Logs* now");
        var said = (await bench.SeesAsync("ana")).Count;
        await bench.Get<RevokeDueLeases>().RunAsync(CancellationToken.None);
        await bench.Get<RevokeDueLeases>().IdleAsync(CancellationToken.None);
        await bench.UntilAsync(async () =>
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            return SlackBench.Text(await bench.WhisperAsync("ana")).Contains("Ended *Logs*, verified", StringComparison.Ordinal);
        });

        Assert.Equal(said, (await bench.SeesAsync("ana")).Count);
    }

    [Fact]
    public async Task Reviews_wait_in_pending_and_on_the_Home_and_emergencies_can_be_taken_there()
    {
        await using var bench = await StartAsync();
        Assert.Contains("Emergency access", SlackBench.Text(await bench.OpenHomeAsync("cy")), StringComparison.Ordinal);
        Assert.DoesNotContain("Emergency access", SlackBench.Text(await bench.OpenHomeAsync("ana")), StringComparison.Ordinal);
        await bench.OpenHomeAsync("gus");
        await bench.Get<TakeBreakGlass>().HandleAsync(TestBroker.As("cy"), new EmergencyOrder(TestCatalog.Logs, null, "INC-77", "checkout down"), null, CancellationToken.None);

        await bench.UntilHomeAsync("gus", "*Cy* took *Logs*");
        await bench.SayAsync("eli", "/access pending");
        await bench.UntilWhisperAsync("eli", "Emergencies to review");
        await bench.PressHomeAsync("cy", "break_glass");
        await bench.UntilAsync(async () => await bench.ModalAsync("cy") is not null);
    }

    private static async Task<SlackBench> StartAsync()
    {
        var bench = await SlackBench.StartAsync(EmergencyCatalog.Of(), settings: o => o with { BreakGlassChannel = SlackBench.Loud });
        foreach (var person in new[] { "fay", "gus" })
            await bench.DoAsync("person", new { id = "U0" + person.ToUpperInvariant(), handle = person, name = char.ToUpperInvariant(person[0]) + person[1..], join = new[] { SlackBench.Channel } });
        return bench;
    }
}

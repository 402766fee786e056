namespace JitBroker.Tests.Slack;

/// <summary>What only Slack has: triggers that run out.</summary>
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
}

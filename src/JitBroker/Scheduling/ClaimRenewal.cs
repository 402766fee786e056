using JitBroker.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Scheduling;

/// <summary>Work that may take longer than a claim holds: the living renew, so that only the dead lose theirs.</summary>
public static partial class ClaimRenewal
{
    /// <summary>Renews until <paramref name="work"/> is done, and ends as that does.</summary>
    /// <param name="renew">Gets until when. Whatever comes of it, the work goes on: a claim that runs out means work done twice, and that does no harm.</param>
    public static async Task RenewWhileAsync(this TimeProvider clock, Task work, Func<DateTimeOffset, Task> renew, ILogger log)
    {
        while (!work.IsCompleted)
        {
            using var enough = new CancellationTokenSource();
            if (await Task.WhenAny(work, Task.Delay(Replica.RenewEvery, clock, enough.Token)) != work)
                await TryAsync(() => renew(Instants.Truncate(clock.GetUtcNow() + Replica.ClaimFor)), log);
            await enough.CancelAsync();
        }

        await work;
    }

    private static async Task TryAsync(Func<Task> renew, ILogger log)
    {
        try
        {
            await renew();
        }
        catch (Exception e)
        {
            LogNotRenewed(log, e.GetType().Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Claims could not be renewed ({Why}); what takes long may be done twice")]
    private static partial void LogNotRenewed(ILogger log, string why);
}

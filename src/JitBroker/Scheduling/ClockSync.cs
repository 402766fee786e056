using JitBroker.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JitBroker.Scheduling;

/// <summary>Reads the database's clock every ten seconds (rule 16). While it does not answer, the stopwatch carries the last reading on.</summary>
internal sealed partial class ClockSync(BrokerClock clock, Database database, ILogger<ClockSync> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(BrokerClock.SyncEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await SyncAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            LogStopped(log);
        }
    }

    private async Task SyncAsync(CancellationToken cancellationToken)
    {
        try
        {
            await clock.SyncAsync(database, cancellationToken);
        }
        catch (DatabaseUnavailableException e)
        {
            LogAway(log, e.InnerException?.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The clock is not synchronised any more: the broker stops")]
    private static partial void LogStopped(ILogger log);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database did not tell its time ({Why}); the last reading is carried on by the stopwatch")]
    private static partial void LogAway(ILogger log, string? why);
}

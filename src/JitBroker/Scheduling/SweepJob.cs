using JitBroker.Storage;
using Microsoft.Extensions.Logging;
using Quartz;

namespace JitBroker.Scheduling;

/// <summary>Runs one sweep when the alarm clock rings for it. One run of a sweep at a time in a process; a failing one is logged and rings again.</summary>
[DisallowConcurrentExecution]
internal sealed partial class SweepJob(IEnumerable<ISweep> sweeps, AlarmClock alarm, ILogger<SweepJob> log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var name = Enum.Parse<Sweep>(context.JobDetail.Key.Name);
        alarm.Answered(name);
        try
        {
            foreach (var sweep in sweeps.Where(s => s.Sweep == name))
                await sweep.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LogStopped(log, name);
        }
        catch (DatabaseUnavailableException e)
        {
            LogAway(log, name, e.InnerException?.Message);
        }
        catch (Exception e)
        {
            LogFailed(log, name, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Sweep {Sweep} was interrupted by the stop")]
    private static partial void LogStopped(ILogger log, Sweep sweep);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sweep {Sweep} found the database away ({Why}); it looks again in a second")]
    private static partial void LogAway(ILogger log, Sweep sweep, string? why);

    [LoggerMessage(Level = LogLevel.Error, Message = "Sweep {Sweep} failed; it runs again in a second")]
    private static partial void LogFailed(ILogger log, Sweep sweep, Exception exception);
}

/// <summary>The one-shot: something is due now. Rings for everything that has due instants and arms itself for the next one.</summary>
[DisallowConcurrentExecution]
internal sealed partial class DueJob(AlarmClock alarm, ILogger<DueJob> log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await alarm.RingDueAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LogStopped(log);
        }
        catch (DatabaseUnavailableException e)
        {
            LogAway(log, e.InnerException?.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The one-shot was interrupted by the stop")]
    private static partial void LogStopped(ILogger log);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The one-shot found the database away ({Why}); the sweeps look each second all the same")]
    private static partial void LogAway(ILogger log, string? why);
}

using System.Collections.Concurrent;
using JitBroker.Catalog;
using Microsoft.Extensions.Logging;

namespace JitBroker.Leases;

/// <summary>One kind of work that is done at targets, lease by lease.</summary>
internal interface ILaneJob
{
    /// <summary>For the log: <c>the end</c>.</summary>
    string Work { get; }

    /// <summary>Claims up to <paramref name="most"/> leases at the target.</summary>
    Task<Turn> TakeAsync(string target, int most, CancellationToken cancellationToken);

    /// <summary>Works on one of them, once.</summary>
    Task AttemptAsync(Lease lease, bool isProbe, CancellationToken cancellationToken);
}

/// <summary>
/// Work under way in this process, one lane per target. A lane claims no more than it can work on at once, so a dead target holds up only its own leases and a
/// dead replica only what it was working on; what is done makes room for the next.
/// </summary>
internal sealed partial class WorkInLanes(CatalogHolder catalogs, ILogger log)
{
    private readonly ConcurrentDictionary<string, LaneWork> _lanes = new(StringComparer.Ordinal);

    /// <summary>Claims and dispatches; does not wait for the target.</summary>
    public Task FillAsync(string target, ILaneJob job, CancellationToken cancellationToken) =>
        FillAsync(_lanes.GetOrAdd(target, static _ => new LaneWork()), target, job, cancellationToken);

    /// <summary>Waits until no lane of this process has work under way: for an orderly stop, and for tests.</summary>
    public async Task IdleAsync(CancellationToken cancellationToken)
    {
        while (_lanes.Values.SelectMany(l => l.Running.Keys).ToList() is { Count: > 0 } running)
            await Task.WhenAll(running).WaitAsync(cancellationToken);
    }

    private async Task FillAsync(LaneWork lane, string target, ILaneJob job, CancellationToken cancellationToken)
    {
        var free = lane.Reserve(MintGates.WidthOf(catalogs.Current, target));
        if (free == 0)
            return;
        var started = 0;
        try
        {
            var turn = await job.TakeAsync(target, free, cancellationToken);
            foreach (var lease in turn.Leases)
            {
                lane.Start(() => WorkAsync(lane, lease, turn.IsProbe, job, cancellationToken));
                started++;
            }
        }
        finally
        {
            lane.GiveBack(free - started);
        }
    }

    private async Task WorkAsync(LaneWork lane, Lease lease, bool isProbe, ILaneJob job, CancellationToken cancellationToken)
    {
        try
        {
            await AttemptAsync(lane, lease, isProbe, job, cancellationToken);
            await FillAsync(lane, lease.Target, job, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LogStopped(log, job.Work, lease.Id);
        }
        catch (Exception e)
        {
            // The claim runs out and the lease is tried again.
            LogFailed(log, job.Work, lease.Id, e);
        }
    }

    private static async Task AttemptAsync(LaneWork lane, Lease lease, bool isProbe, ILaneJob job, CancellationToken cancellationToken)
    {
        try
        {
            await job.AttemptAsync(lease, isProbe, cancellationToken);
        }
        finally
        {
            lane.GiveBack(1);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "At the stop {Work} of lease {LeaseId} was interrupted; it is taken up again after its claim runs out")]
    private static partial void LogStopped(ILogger log, string work, string leaseId);

    [LoggerMessage(Level = LogLevel.Error, Message = "What came of {Work} of lease {LeaseId} could not be recorded; it is taken up again after its claim runs out")]
    private static partial void LogFailed(ILogger log, string work, string leaseId, Exception exception);
}

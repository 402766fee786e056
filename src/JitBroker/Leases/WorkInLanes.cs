using System.Collections.Concurrent;
using JitBroker.Catalog;
using Microsoft.Extensions.Logging;

namespace JitBroker.Leases;

/// <summary>One kind of work that is done at targets, lease by lease.</summary>
/// <typeparam name="TAnswer">What comes of one attempt.</typeparam>
internal interface ILaneJob<TAnswer>
{
    /// <summary>For the log: <c>the end</c>.</summary>
    string Work { get; }

    /// <summary>Claims up to <paramref name="most"/> leases at the target.</summary>
    Task<Turn> TakeAsync(string target, int most, CancellationToken cancellationToken);

    /// <summary>Asks the target for one of them, once.</summary>
    Task<TAnswer> AskAsync(Lease lease, CancellationToken cancellationToken);

    /// <summary>It did as it was asked, so it may be asked for the next before this is recorded; what else it says is learnt first.</summary>
    bool IsDone(TAnswer answer);

    Task RecordAsync(Lease lease, TAnswer answer, bool isProbe, CancellationToken cancellationToken);
}

/// <summary>
/// Work under way in this process, one lane per target. A lane claims no more than it can work on at once, so a dead target holds up only its own leases and a
/// dead replica only what it was working on; an answer makes room for the next, and what makes room while a claim is made is claimed together after it.
/// </summary>
internal sealed partial class WorkInLanes<TAnswer>(CatalogHolder catalogs, ILogger log)
{
    private readonly ConcurrentDictionary<string, LaneWork> _lanes = new(StringComparer.Ordinal);

    /// <summary>Claims and dispatches; does not wait for the target.</summary>
    public Task FillAsync(string target, ILaneJob<TAnswer> job, CancellationToken cancellationToken) =>
        FillAsync(_lanes.GetOrAdd(target, static _ => new LaneWork()), target, job, cancellationToken);

    /// <summary>Waits until no lane of this process has work under way: for an orderly stop, and for tests.</summary>
    public async Task IdleAsync(CancellationToken cancellationToken)
    {
        while (_lanes.Values.SelectMany(l => l.Running.Keys).ToList() is { Count: > 0 } running)
            await Task.WhenAll(running).WaitAsync(cancellationToken);
    }

    private async Task FillAsync(LaneWork lane, string target, ILaneJob<TAnswer> job, CancellationToken cancellationToken)
    {
        if (!lane.TryBeginFilling())
            return;
        try
        {
            await FillOnceAsync(lane, target, job, cancellationToken);
        }
        finally
        {
            if (lane.EndFilling())
                lane.Start(() => RefillAsync(lane, target, job, cancellationToken));
        }
    }

    private async Task FillOnceAsync(LaneWork lane, string target, ILaneJob<TAnswer> job, CancellationToken cancellationToken)
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

    private async Task RefillAsync(LaneWork lane, string target, ILaneJob<TAnswer> job, CancellationToken cancellationToken)
    {
        try
        {
            await FillAsync(lane, target, job, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Whoever starts next claims what is due.
        }
        catch (Exception e)
        {
            LogNotClaimed(log, job.Work, target, e);
        }
    }

    private async Task WorkAsync(LaneWork lane, Lease lease, bool isProbe, ILaneJob<TAnswer> job, CancellationToken cancellationToken)
    {
        try
        {
            await AttemptAsync(lane, lease, isProbe, job, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LogStopped(log, job.Work, lease.Id);
            return;
        }
        catch (Exception e)
        {
            // The claim runs out and the lease is tried again.
            LogFailed(log, job.Work, lease.Id, e);
            return;
        }

        await RefillAsync(lane, lease.Target, job, cancellationToken);
    }

    private async Task AttemptAsync(LaneWork lane, Lease lease, bool isProbe, ILaneJob<TAnswer> job, CancellationToken cancellationToken)
    {
        var giveBack = () => lane.GiveBack(1);
        try
        {
            var answer = await job.AskAsync(lease, cancellationToken);
            if (job.IsDone(answer))
            {
                lane.Answered();
                giveBack = lane.Recorded;
                lane.Start(() => RefillAsync(lane, lease.Target, job, cancellationToken));
            }

            await job.RecordAsync(lease, answer, isProbe, cancellationToken);
        }
        finally
        {
            giveBack();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "At the stop {Work} of lease {LeaseId} was interrupted; it is taken up again after its claim runs out")]
    private static partial void LogStopped(ILogger log, string work, string leaseId);

    [LoggerMessage(Level = LogLevel.Error, Message = "What came of {Work} of lease {LeaseId} could not be recorded; it is taken up again after its claim runs out")]
    private static partial void LogFailed(ILogger log, string work, string leaseId, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "What {Work} is due for next at {Target} could not be claimed; the sweep looks again within a second")]
    private static partial void LogNotClaimed(ILogger log, string work, string target, Exception exception);
}

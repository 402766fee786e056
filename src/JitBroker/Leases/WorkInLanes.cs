using System.Collections.Concurrent;
using JitBroker.Catalog;
using JitBroker.Scheduling;
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

    /// <summary>Gives back what was claimed and is not asked for.</summary>
    Task LetGoAsync(IReadOnlyList<Lease> claimed, CancellationToken cancellationToken);
}

/// <summary>
/// Work under way in this process, one lane per target (<see cref="LaneWork"/>), so that a dead target holds up only its own leases and a dead replica only what it
/// had claimed. An answer makes room for the next, before it is recorded.
/// </summary>
internal sealed partial class WorkInLanes<TAnswer>(CatalogHolder catalogs, MintOptions options, TimeProvider clock, ILogger log)
{
    private readonly ConcurrentDictionary<string, LaneWork> _lanes = new(StringComparer.Ordinal);
    private volatile bool _isStopping;

    /// <summary>Claims and dispatches; does not wait for the target.</summary>
    public Task FillAsync(string target, ILaneJob<TAnswer> job, CancellationToken cancellationToken) =>
        FillAsync(_lanes.GetOrAdd(target, static _ => new LaneWork()), target, job, cancellationToken);

    /// <summary>For an orderly stop: from now on nothing is claimed or begun, and what was claimed and not begun is let go, for whoever takes it next. What is under way goes on.</summary>
    public async Task StopAsync(ILaneJob<TAnswer> job, CancellationToken cancellationToken)
    {
        // Before the lanes are looked at: who adds to one after that sees it.
        _isStopping = true;
        await LetGoAsync(_lanes.Values.SelectMany(l => l.TakeBack()).ToList(), job, cancellationToken);
    }

    /// <summary>Waits until no lane of this process has work under way: for tests.</summary>
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
        if (!_isStopping && lane.Room(WidthOf(target)) is var room and > 0)
        {
            var askBefore = clock.GetUtcNow() + Replica.ClaimFor - options.EndTimeout;
            var turn = await job.TakeAsync(target, room, cancellationToken);
            lane.Add(turn.Leases.Select(lease => new Claimed(lease, turn.IsProbe, askBefore)));
        }

        if (_isStopping)
            await LetGoAsync(lane.TakeBack(), job, cancellationToken);
        StartNext(lane, target, job, cancellationToken);
    }

    private static Task LetGoAsync(IReadOnlyList<Lease> claimed, ILaneJob<TAnswer> job, CancellationToken cancellationToken) =>
        claimed.Count > 0 ? job.LetGoAsync(claimed, cancellationToken) : Task.CompletedTask;

    private void StartNext(LaneWork lane, string target, ILaneJob<TAnswer> job, CancellationToken cancellationToken)
    {
        while (!_isStopping && lane.Next(WidthOf(target), clock.GetUtcNow()) is { } next)
            lane.Start(() => WorkAsync(lane, next, job, cancellationToken));
    }

    private int WidthOf(string target) => MintGates.WidthOf(catalogs.Current, target);

    private async Task RefillAsync(LaneWork lane, string target, ILaneJob<TAnswer> job, CancellationToken cancellationToken)
    {
        try
        {
            // What was claimed ahead needs no claim to be awaited.
            StartNext(lane, target, job, cancellationToken);
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

    private async Task WorkAsync(LaneWork lane, Claimed claimed, ILaneJob<TAnswer> job, CancellationToken cancellationToken)
    {
        var lease = claimed.Lease;
        try
        {
            await AttemptAsync(lane, claimed, job, cancellationToken);
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
        }

        await RefillAsync(lane, lease.Target, job, cancellationToken);
    }

    private async Task AttemptAsync(LaneWork lane, Claimed claimed, ILaneJob<TAnswer> job, CancellationToken cancellationToken)
    {
        Action over = lane.GiveBack;
        try
        {
            var since = clock.GetTimestamp();
            var answer = await job.AskAsync(claimed.Lease, cancellationToken);
            if (job.IsDone(answer))
            {
                lane.Answered(clock.GetElapsedTime(since));
                over = lane.Recorded;
                lane.Start(() => RefillAsync(lane, claimed.Lease.Target, job, cancellationToken));
            }
            else
                await LetGoAsync(lane.Missed(), job, cancellationToken);

            await job.RecordAsync(claimed.Lease, answer, claimed.IsProbe, cancellationToken);
        }
        finally
        {
            over();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "At the stop {Work} of lease {LeaseId} was interrupted; it is taken up again after its claim runs out")]
    private static partial void LogStopped(ILogger log, string work, string leaseId);

    [LoggerMessage(Level = LogLevel.Error, Message = "What came of {Work} of lease {LeaseId} could not be recorded; it is taken up again after its claim runs out")]
    private static partial void LogFailed(ILogger log, string work, string leaseId, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "What {Work} is due for next at {Target} could not be claimed; the sweep looks again within a second")]
    private static partial void LogNotClaimed(ILogger log, string work, string target, Exception exception);
}

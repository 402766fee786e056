using System.Collections.Concurrent;
using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Scheduling;
using JitBroker.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Leases;

/// <summary>
/// Sweep: moves overdue mints and expired credentials to <c>revoking</c>, then claims what is due to be ended and hands it to one lane per target.
/// A lane claims no more than it can work on at once, so a dead target holds up only its own leases and a dead replica only what it was working on.
/// </summary>
public sealed partial class RevokeDueLeases(
    Database database,
    GrantStore grants,
    LeaseStore leases,
    LeaseMoves moves,
    Lanes lanes,
    HoldDueLeases hold,
    RevokeLease revoke,
    CatalogHolder catalogs,
    Replica replica,
    TimeProvider clock,
    ILogger<RevokeDueLeases> log)
{
    private const int Batch = 200;

    private readonly ConcurrentDictionary<string, LaneWork> _lanes = new(StringComparer.Ordinal);

    /// <summary>Claims and dispatches; does not wait for the targets.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await MoveOverdueAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var targets = await database.ReadAsync(session => leases.DueTargetsAsync(session, now, cancellationToken), cancellationToken);
        foreach (var target in targets)
            await FillAsync(_lanes.GetOrAdd(target, static _ => new LaneWork()), target, cancellationToken);
        await hold.RunAsync(cancellationToken);
    }

    /// <summary>Waits until no lane of this process has work under way: for an orderly stop, and for tests.</summary>
    public async Task IdleAsync(CancellationToken cancellationToken)
    {
        while (_lanes.Values.SelectMany(l => l.Running.Keys).ToList() is { Count: > 0 } running)
            await Task.WhenAll(running).WaitAsync(cancellationToken);
    }

    private async Task MoveOverdueAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var overdue = await database.ReadAsync(session => leases.OverdueAsync(session, now, Batch, cancellationToken), cancellationToken);
        foreach (var lease in overdue)
        {
            await database.WriteAsync(
                async session =>
                {
                    var grant = await grants.LockAsync(session, lease.GrantId, cancellationToken);
                    var because = lease.State == "minting" ? LeaseMoves.Because.MintFailed : LeaseMoves.Because.Expired;
                    if (await moves.BeginRevokingAsync(session, lease, grant!.RequestId, because, now, cancellationToken) is null)
                        session.Doom();
                },
                cancellationToken);
        }
    }

    private async Task FillAsync(LaneWork lane, string target, CancellationToken cancellationToken)
    {
        var free = lane.Reserve(MintGates.WidthOf(catalogs.Current, target));
        if (free == 0)
            return;
        var started = 0;
        try
        {
            var now = clock.GetUtcNow();
            var until = Instants.Truncate(now + Replica.ClaimFor);
            var turn = await database.WriteAsync(session => lanes.TakeAsync(session, target, replica.Id, free, now, until, cancellationToken), cancellationToken);
            foreach (var lease in turn.Leases)
            {
                lane.Start(() => WorkAsync(lane, lease, turn.IsProbe, cancellationToken));
                started++;
            }
        }
        finally
        {
            lane.GiveBack(free - started);
        }
    }

    private async Task WorkAsync(LaneWork lane, Lease lease, bool isProbe, CancellationToken cancellationToken)
    {
        try
        {
            await AttemptAsync(lane, lease, isProbe, cancellationToken);
            await FillAsync(lane, lease.Target, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LogStopped(log, lease.Id);
        }
        catch (Exception e)
        {
            // The claim runs out and the lease is tried again.
            LogFailed(log, lease.Id, e);
        }
    }

    private async Task AttemptAsync(LaneWork lane, Lease lease, bool isProbe, CancellationToken cancellationToken)
    {
        try
        {
            await revoke.HandleAsync(lease, isProbe, cancellationToken);
        }
        finally
        {
            lane.GiveBack(1);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The end of lease {LeaseId} was interrupted by the stop; it is taken up again after its claim runs out")]
    private static partial void LogStopped(ILogger log, string leaseId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The end of lease {LeaseId} could not be recorded; it is taken up again after its claim runs out")]
    private static partial void LogFailed(ILogger log, string leaseId, Exception exception);
}

using System.Collections.Concurrent;
using JitBroker.Scheduling;
using JitBroker.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Leases;

/// <summary>Sweep: claims leases whose grant was extended and gives them their later end at their targets, one target beside the other, so that a dead one delays nobody else.</summary>
public sealed partial class ProlongDueLeases(
    Database database, LeaseStore leases, ProlongLease prolong, Replica replica, TimeProvider clock, ILogger<ProlongDueLeases> log)
{
    /// <summary>Claimed at a time at one target, one after the other within the claim.</summary>
    private const int Width = 4;

    private readonly ConcurrentDictionary<string, Task> _running = new(StringComparer.Ordinal);

    /// <summary>Claims and dispatches; does not wait for the targets.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var targets = await database.ReadAsync(session => leases.ProlongingTargetsAsync(session, now, cancellationToken), cancellationToken);
        foreach (var target in targets.Where(t => _running.GetValueOrDefault(t) is not { IsCompleted: false }))
            _running[target] = Task.Run(() => WorkAsync(target, cancellationToken), CancellationToken.None);
    }

    /// <summary>Waits until no target has work under way here: for an orderly stop, and for tests.</summary>
    public Task IdleAsync(CancellationToken cancellationToken) => Task.WhenAll(_running.Values).WaitAsync(cancellationToken);

    private async Task WorkAsync(string target, CancellationToken cancellationToken)
    {
        try
        {
            while (await ClaimAsync(target, cancellationToken) is { Count: > 0 } claimed)
                await Task.WhenAll(claimed.Select(lease => prolong.HandleAsync(lease, cancellationToken)));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LogStopped(log, target);
        }
        catch (Exception e)
        {
            // The claims run out and the leases are tried again.
            LogFailed(log, target, e);
        }
    }

    private Task<IReadOnlyList<Lease>> ClaimAsync(string target, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return database.WriteAsync(
            session => leases.ClaimToProlongAsync(session, target, replica.Id, now, Instants.Truncate(now + Replica.ClaimFor), Width, cancellationToken), cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Prolonging at {Target} was interrupted by the stop; it is taken up again after its claim runs out")]
    private static partial void LogStopped(ILogger log, string target);

    [LoggerMessage(Level = LogLevel.Error, Message = "What came of prolonging at {Target} could not be recorded; it is taken up again after its claim runs out")]
    private static partial void LogFailed(ILogger log, string target, Exception exception);
}

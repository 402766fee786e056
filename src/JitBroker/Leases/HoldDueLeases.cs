using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Grants;
using JitBroker.Outbox;
using JitBroker.Storage;

namespace JitBroker.Leases;

/// <summary>
/// Ends that are due at a paused target and do not get their turn: they are shown as stuck, like those that were tried, and an operator may act on them.
/// Operations heard of the target and are not told of each.
/// </summary>
public sealed class HoldDueLeases(Database database, GrantStore grants, DueLeaseStore due, LaneStore lanes, EventStore events, Announcer announcer, TimeProvider clock)
{
    private const int Batch = 100;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        foreach (var lease in await database.ReadAsync(session => due.HeldAsync(session, now, Batch, cancellationToken), cancellationToken))
            await database.WriteAsync(session => HoldAsync(session, lease, now, cancellationToken), cancellationToken);
    }

    private async Task HoldAsync(Session session, Lease seen, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var grant = (await grants.LockAsync(session, seen.GrantId, cancellationToken))!;
        if (await lanes.FindAsync(session, seen.Target, cancellationToken) is not { PausedSince: { } since } lane)
            return;
        var why = string.Create(CultureInfo.InvariantCulture, $"{seen.Target} has not answered since {since:HH:mm:ss} UTC; this end waits until it does. {lane.LastError}");
        var held = seen with { Version = seen.Version + 1, LastError = why.TrimEnd(), StuckSince = now };
        if (!await due.HoldAsync(session, seen, held, now, cancellationToken))
            return;
        var data = new JsonObject { ["why"] = held.LastError };
        await events.AppendAsync(session, AuditEvent.BySystem("lease", held.Id, held.Version, "lease.stuck", now, grant.RequestId, data), cancellationToken);
        await announcer.MovedAsync(session, grant.RequestId, now, cancellationToken);
    }
}

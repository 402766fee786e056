using JitBroker.Outbox;
using JitBroker.Scheduling;
using JitBroker.Storage;

namespace JitBroker.Bots.Slack;

/// <summary>Sweep: takes over acknowledged deliveries whose process died or whose work failed. Harmless on several replicas at once.</summary>
internal sealed class WorkInbox(Database database, InboxStore inbox, SlackWork work, Replica replica, TimeProvider clock) : ISweep
{
    private const int Batch = 20;

    public Sweep Sweep => Sweep.WorkInbox;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var now = clock.GetUtcNow();
            var until = Instants.Truncate(now + Replica.ClaimFor);
            var claimed = await database.WriteAsync(session => inbox.ClaimAsync(session, SlackInbox.SurfaceName, replica.Id, now, until, Batch, cancellationToken), cancellationToken);

            // What was claimed here has been tried or abandoned at least once already.
            await Task.WhenAll(claimed.Select(i => work.WorkAsync(StoredDelivery.Of(i), Math.Max(1, i.Attempts), cancellationToken)));
            if (claimed.Count < Batch)
                return;
        }
    }
}

using JitBroker.Outbox;
using JitBroker.Scheduling;
using JitBroker.Storage;

namespace JitBroker.Bots.Chat;

/// <summary>Sweep: takes over acknowledged deliveries whose process died or whose work failed. Harmless on several replicas at once.</summary>
internal sealed class WorkInbox(Database database, InboxStore inbox, IEnumerable<IInboxWork> works, Replica replica, TimeProvider clock) : ISweep
{
    private const int Batch = 20;

    public Sweep Sweep => Sweep.WorkInbox;

    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(works.Select(w => RunAsync(w, cancellationToken)));

    private async Task RunAsync(IInboxWork work, CancellationToken cancellationToken)
    {
        while (true)
        {
            var now = clock.GetUtcNow();
            var until = Instants.Truncate(now + Replica.ClaimFor);
            var claimed = await database.WriteAsync(session => inbox.ClaimAsync(session, work.Surface, replica.Id, now, until, Batch, cancellationToken), cancellationToken);
            await Task.WhenAll(claimed.Select(i => work.WorkAgainAsync(i, cancellationToken)));
            if (claimed.Count < Batch)
                return;
        }
    }
}

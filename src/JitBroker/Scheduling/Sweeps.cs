using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.Requests;
using JitBroker.Storage;

namespace JitBroker.Scheduling;

/// <summary>
/// Seals what was committed, signs the head when it is time, and copies checkpoints out of the database's reach. Ends that are being recorded go first, but not so
/// long that an event waited two seconds for its seal.
/// </summary>
internal sealed class SealAuditSweep(SealEvents seal, TakeCheckpoints checkpoints, AnchorFile anchor, RecordEnds ends) : ISweep
{
    private static readonly TimeSpan EndsGoFirstFor = TimeSpan.FromMilliseconds(800);

    public Sweep Sweep => Sweep.SealAudit;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await ends.IdleAsync(EndsGoFirstFor, cancellationToken);
        await seal.RunAsync(cancellationToken);
        await checkpoints.RunAsync(cancellationToken);
        await anchor.RunAsync(cancellationToken);
    }
}

/// <summary>Removes what has served its time. The audit is never pruned.</summary>
internal sealed class PruneSweep(Database database, OutboxStore outbox, InboxStore inbox, IdempotencyStore idempotency, CatalogStore catalogs, TimeProvider clock) : ISweep
{
    /// <summary>How long settled deliveries and worked-on inbox rows are kept: longer than any chat redelivers.</summary>
    public static readonly TimeSpan ChatKeptFor = TimeSpan.FromDays(7);

    /// <summary>How long a catalog may wait for an admin.</summary>
    public static readonly TimeSpan ProposalsKeptFor = TimeSpan.FromDays(30);

    public Sweep Sweep => Sweep.Prune;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await database.PruneAsync((session, limit) => outbox.PruneAsync(session, now - ChatKeptFor, limit, cancellationToken), cancellationToken);
        await database.PruneAsync((session, limit) => inbox.PruneAsync(session, now - ChatKeptFor, limit, cancellationToken), cancellationToken);
        await database.PruneAsync((session, limit) => idempotency.PruneAsync(session, now, limit, cancellationToken), cancellationToken);
        await database.PruneAsync((session, limit) => catalogs.PruneAsync(session, now - ProposalsKeptFor, limit, cancellationToken), cancellationToken);
    }
}

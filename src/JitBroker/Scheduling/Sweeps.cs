using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.Requests;
using JitBroker.Reviews;
using JitBroker.Storage;

namespace JitBroker.Scheduling;

/// <summary>The sweeps of the core, each a thin ring of the slice that does the work.</summary>
internal sealed class StartGrantsSweep(StartDueGrants start) : ISweep
{
    public Sweep Sweep => Sweep.StartGrants;

    public Task RunAsync(CancellationToken cancellationToken) => start.RunAsync(cancellationToken);
}

/// <inheritdoc cref="StartGrantsSweep"/>
internal sealed class EndGrantsSweep(EndDueGrants end) : ISweep
{
    public Sweep Sweep => Sweep.EndGrants;

    public Task RunAsync(CancellationToken cancellationToken) => end.RunAsync(cancellationToken);
}

/// <inheritdoc cref="StartGrantsSweep"/>
internal sealed class RevokeLeasesSweep(RevokeDueLeases revoke) : ISweep
{
    public Sweep Sweep => Sweep.RevokeLeases;

    public Task RunAsync(CancellationToken cancellationToken) => revoke.RunAsync(cancellationToken);
}

/// <inheritdoc cref="StartGrantsSweep"/>
internal sealed class ProlongLeasesSweep(ProlongDueLeases prolong) : ISweep
{
    public Sweep Sweep => Sweep.ProlongLeases;

    public Task RunAsync(CancellationToken cancellationToken) => prolong.RunAsync(cancellationToken);
}

/// <inheritdoc cref="StartGrantsSweep"/>
internal sealed class LapseRequestsSweep(LapseRequests lapse) : ISweep
{
    public Sweep Sweep => Sweep.LapseRequests;

    public Task RunAsync(CancellationToken cancellationToken) => lapse.RunAsync(cancellationToken);
}

/// <inheritdoc cref="StartGrantsSweep"/>
internal sealed class RemindReviewsSweep(RemindReviews remind) : ISweep
{
    public Sweep Sweep => Sweep.RemindReviews;

    public Task RunAsync(CancellationToken cancellationToken) => remind.RunAsync(cancellationToken);
}

/// <inheritdoc cref="StartGrantsSweep"/>
internal sealed class DeliverOutboxSweep(DeliverOutbox deliver) : ISweep
{
    public Sweep Sweep => Sweep.DeliverOutbox;

    public Task RunAsync(CancellationToken cancellationToken) => deliver.RunAsync(cancellationToken);
}

/// <summary>Seals what was committed, signs the head when it is time, and copies checkpoints out of the database's reach.</summary>
internal sealed class SealAuditSweep(SealEvents seal, TakeCheckpoints checkpoints, AnchorFile anchor) : ISweep
{
    public Sweep Sweep => Sweep.SealAudit;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
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

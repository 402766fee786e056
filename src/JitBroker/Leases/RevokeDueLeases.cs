using JitBroker.Catalog;
using JitBroker.Issuing;
using JitBroker.Scheduling;
using JitBroker.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Leases;

/// <summary>
/// Sweep: moves overdue leases to <c>revoking</c> (<see cref="MoveOverdueLeases"/>), then claims what is due to be ended and hands it to one lane per target (<see cref="WorkInLanes"/>).
/// </summary>
public sealed class RevokeDueLeases(
    Database database,
    LeaseStore leases,
    DueLeaseStore due,
    Lanes lanes,
    MoveOverdueLeases overdue,
    HoldDueLeases hold,
    RevokeLease revoke,
    RecordEnds record,
    CatalogHolder catalogs,
    Replica replica,
    MintOptions options,
    TimeProvider clock,
    ILogger<RevokeDueLeases> log) : ILaneJob<EndOutcome>
{
    private readonly WorkInLanes<EndOutcome> _work = new(catalogs, options, clock, log);

    string ILaneJob<EndOutcome>.Work => "the end";

    /// <summary>Claims and dispatches; does not wait for the targets.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await overdue.RunAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var targets = await database.ReadAsync(session => due.DueTargetsAsync(session, now, cancellationToken), cancellationToken);
        foreach (var target in targets)
            await _work.FillAsync(target, this, cancellationToken);
        await hold.RunAsync(cancellationToken);
    }

    /// <inheritdoc cref="WorkInLanes.StopAsync"/>
    public Task StopAsync(CancellationToken cancellationToken) => _work.StopAsync(this, cancellationToken);

    /// <inheritdoc cref="WorkInLanes.IdleAsync"/>
    public Task IdleAsync(CancellationToken cancellationToken) => _work.IdleAsync(cancellationToken);

    async Task<Turn> ILaneJob<EndOutcome>.TakeAsync(string target, int most, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return await database.WriteAsync(session => lanes.TakeAsync(session, target, replica.Id, most, now, Instants.Truncate(now + Replica.ClaimFor), cancellationToken), cancellationToken);
    }

    Task<EndOutcome> ILaneJob<EndOutcome>.AskAsync(Lease lease, CancellationToken cancellationToken) => revoke.AskAsync(lease, cancellationToken);

    bool ILaneJob<EndOutcome>.IsDone(EndOutcome answer) => answer is EndOutcome.Ended;

    Task ILaneJob<EndOutcome>.RecordAsync(Lease lease, EndOutcome answer, bool isProbe, CancellationToken cancellationToken) => record.HandleAsync(lease, answer, isProbe);

    Task ILaneJob<EndOutcome>.LetGoAsync(IReadOnlyList<Lease> claimed, CancellationToken cancellationToken) =>
        database.WriteAsync(session => leases.LetGoAsync(session, claimed, replica.Id, cancellationToken), cancellationToken);
}

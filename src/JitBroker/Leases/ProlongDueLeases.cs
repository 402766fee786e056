using JitBroker.Catalog;
using JitBroker.Issuing;
using JitBroker.Scheduling;
using JitBroker.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Leases;

/// <summary>
/// Sweep: claims leases whose grant was extended and gives them their later end at their targets, in the lanes in which ends and mints go there too
/// (<see cref="WorkInLanes"/>): a target that is paused or asked for patience is left alone, and nobody waits for it but its own leases.
/// </summary>
public sealed class ProlongDueLeases(
    Database database, LeaseStore leases, ProlongStore prolongs, Lanes lanes, ProlongLease prolong, CatalogHolder catalogs, Replica replica, MintOptions options, TimeProvider clock, ILogger<ProlongDueLeases> log) : ILaneJob<ProlongOutcome>
{
    private readonly WorkInLanes<ProlongOutcome> _work = new(catalogs, options, clock, log);

    string ILaneJob<ProlongOutcome>.Work => "prolonging";

    /// <summary>Claims and dispatches; does not wait for the targets.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        foreach (var target in await database.ReadAsync(session => prolongs.DueTargetsAsync(session, now, cancellationToken), cancellationToken))
            await _work.FillAsync(target, this, cancellationToken);
    }

    /// <inheritdoc cref="WorkInLanes.StopAsync"/>
    public Task StopAsync(CancellationToken cancellationToken) => _work.StopAsync(this, cancellationToken);

    /// <inheritdoc cref="WorkInLanes.IdleAsync"/>
    public Task IdleAsync(CancellationToken cancellationToken) => _work.IdleAsync(cancellationToken);

    async Task<Turn> ILaneJob<ProlongOutcome>.TakeAsync(string target, int most, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return await database.WriteAsync(
            session => lanes.TakeToProlongAsync(session, target, replica.Id, most, now, Instants.Truncate(now + Replica.ClaimFor), cancellationToken), cancellationToken);
    }

    Task<ProlongOutcome> ILaneJob<ProlongOutcome>.AskAsync(Lease lease, CancellationToken cancellationToken) => prolong.AskAsync(lease, cancellationToken);

    bool ILaneJob<ProlongOutcome>.IsDone(ProlongOutcome answer) => answer is ProlongOutcome.Prolonged;

    Task ILaneJob<ProlongOutcome>.RecordAsync(Lease lease, ProlongOutcome answer, bool isProbe, CancellationToken cancellationToken) =>
        prolong.RecordAsync(lease, answer, isProbe, cancellationToken);

    Task ILaneJob<ProlongOutcome>.LetGoAsync(IReadOnlyList<Lease> claimed, CancellationToken cancellationToken) =>
        database.WriteAsync(session => leases.LetGoAsync(session, claimed, replica.Id, cancellationToken), cancellationToken);
}

using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Issuing;
using JitBroker.Scheduling;
using JitBroker.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Leases;

/// <summary>
/// Sweep: moves overdue mints and expired credentials to <c>revoking</c>, then claims what is due to be ended and hands it to one lane per target (<see cref="WorkInLanes"/>).
/// </summary>
public sealed class RevokeDueLeases(
    Database database,
    GrantStore grants,
    LeaseStore leases,
    DueLeaseStore due,
    LeaseMoves moves,
    Lanes lanes,
    HoldDueLeases hold,
    RevokeLease revoke,
    RecordEnds record,
    CatalogHolder catalogs,
    Replica replica,
    TimeProvider clock,
    ILogger<RevokeDueLeases> log) : ILaneJob<EndOutcome>
{
    private const int Batch = 200;

    private readonly WorkInLanes<EndOutcome> _work = new(catalogs, log);

    string ILaneJob<EndOutcome>.Work => "the end";

    /// <summary>Claims and dispatches; does not wait for the targets.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await MoveOverdueAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var targets = await database.ReadAsync(session => due.DueTargetsAsync(session, now, cancellationToken), cancellationToken);
        foreach (var target in targets)
            await _work.FillAsync(target, this, cancellationToken);
        await hold.RunAsync(cancellationToken);
    }

    /// <inheritdoc cref="WorkInLanes.IdleAsync"/>
    public Task IdleAsync(CancellationToken cancellationToken) => _work.IdleAsync(cancellationToken);

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

    async Task<Turn> ILaneJob<EndOutcome>.TakeAsync(string target, int most, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return await database.WriteAsync(session => lanes.TakeAsync(session, target, replica.Id, most, now, Instants.Truncate(now + Replica.ClaimFor), cancellationToken), cancellationToken);
    }

    Task<EndOutcome> ILaneJob<EndOutcome>.AskAsync(Lease lease, CancellationToken cancellationToken) => revoke.AskAsync(lease, cancellationToken);

    bool ILaneJob<EndOutcome>.IsDone(EndOutcome answer) => answer is EndOutcome.Ended;

    Task ILaneJob<EndOutcome>.RecordAsync(Lease lease, EndOutcome answer, bool isProbe, CancellationToken cancellationToken) => record.HandleAsync(lease, answer, isProbe);
}

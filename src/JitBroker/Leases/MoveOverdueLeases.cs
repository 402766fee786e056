using JitBroker.Grants;
using JitBroker.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Leases;

/// <summary>
/// Mints past their deadline and credentials past their expiry become <c>revoking</c>. A credential that expires with its grant is left to the end of the grant,
/// which moves both at once; only if that has not come after <see cref="Grace"/> it is moved here all the same.
/// </summary>
public sealed partial class MoveOverdueLeases(Database database, GrantStore grants, LeaseStore leases, LeaseMoves moves, EndGrant endGrant, TimeProvider clock, ILogger<MoveOverdueLeases> log)
{
    /// <summary>Moved in one transaction.</summary>
    private const int Batch = 200;

    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var overdue = await database.ReadAsync(session => leases.OverdueAsync(session, now, now - Grace, Batch, cancellationToken), cancellationToken);
        if (overdue.Count == 0)
            return;
        try
        {
            await MoveAsync(overdue, now, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException and not DatabaseUnavailableException)
        {
            LogOneByOne(log, e);
            foreach (var lease in overdue)
                await MoveAloneAsync(lease, now, cancellationToken);
        }
    }

    /// <summary>A lease that cannot be moved must not keep the others from their end.</summary>
    private async Task MoveAloneAsync(Lease lease, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            await MoveAsync([lease], now, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException and not DatabaseUnavailableException)
        {
            LogNotMoved(log, lease.Id, e);
        }
    }

    private Task MoveAsync(IReadOnlyList<Lease> overdue, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(session => MoveAsync(session, overdue, now, cancellationToken), cancellationToken);

    /// <summary>What somebody moved since it was seen is theirs.</summary>
    private async Task MoveAsync(Session session, IReadOnlyList<Lease> seen, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ids = seen.Select(l => l.GrantId).Distinct(StringComparer.Ordinal).ToList();
        var held = await grants.LockAllAsync(session, ids, cancellationToken);
        var leasesOf = await leases.OfGrantsAsync(session, ids, cancellationToken);
        var versions = seen.ToDictionary(l => l.Id, l => l.Version, StringComparer.Ordinal);
        var set = new EndingSet();
        foreach (var grant in held)
        {
            foreach (var lease in leasesOf[grant.Id].Where(l => l.IsLive && versions.TryGetValue(l.Id, out var version) && version == l.Version))
                set.Move(moves.Revoking(session, lease, grant.RequestId, lease.State == "minting" ? LeaseMoves.Because.MintFailed : LeaseMoves.Because.Expired, now));
        }

        await endGrant.SaveAsync(session, set, now, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The leases that are overdue could not be moved together; each is moved by itself")]
    private static partial void LogOneByOne(ILogger log, Exception exception);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Lease {LeaseId} is overdue and its end could not be begun; it is tried again each second")]
    private static partial void LogNotMoved(ILogger log, string leaseId, Exception exception);
}

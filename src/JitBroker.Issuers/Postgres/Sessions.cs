using System.Globalization;

namespace JitBroker.Issuers.Postgres;

/// <summary>The live sessions of one role, and those that may yet turn out to be its.</summary>
internal sealed class Sessions(PostgresSession session, uint role, TimeProvider clock)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    /// <summary>What a backend whose login was checked before the block needs to show itself.</summary>
    private static readonly TimeSpan SecondLook = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>
    /// A login that is under way has a transaction (InitPostgres begins one before it looks the role up) but no user in <c>pg_stat_activity</c> yet.
    /// Where none was under way at the block, nobody can slip in after it, and there is nothing to wait for.
    /// </summary>
    private const string LogsIn = """
        select l.pid::text || ' ' || l.virtualtransaction
          from pg_locks l
         where l.locktype = 'virtualxid'
           and l.granted
           and l.pid <> pg_backend_pid()
           and not exists (select 1 from pg_stat_activity a where a.pid = l.pid and (a.usesysid is not null or a.datid is not null))
        """;

    private string OfRole => string.Create(CultureInfo.InvariantCulture, $"pg_stat_activity where usesysid = {role} and pid <> pg_backend_pid()");

    /// <summary>One blow, without waiting for them to go. How many there were.</summary>
    public async Task<long> TerminateAsync(CancellationToken cancellationToken) =>
        (await session.ReadAsync($"select count(pg_terminate_backend(pid)) from {OfRole}", static r => r.GetInt64(0), cancellationToken))[0];

    /// <summary>
    /// Cuts them until none is left, and again once every login that was under way when it was called has gone in or out. Call it after logins are blocked.
    /// </summary>
    /// <returns>Pids that did not go; empty when the role has no session and can get none.</returns>
    public async Task<IReadOnlyList<string>> CutAsync(CancellationToken cancellationToken)
    {
        var entering = await session.TextsAsync(LogsIn, cancellationToken);
        var left = await CutSeenAsync(cancellationToken);
        if (entering.Count == 0 || left.Count > 0)
            return left;
        var since = clock.GetTimestamp();
        while (clock.GetElapsedTime(since) < SecondLook && (await session.TextsAsync(LogsIn, cancellationToken)).Intersect(entering, StringComparer.Ordinal).Any())
            await Task.Delay(Glance, clock, cancellationToken);
        return await CutSeenAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<string>> CutSeenAsync(CancellationToken cancellationToken)
    {
        var since = clock.GetTimestamp();
        while (await TerminateAsync(cancellationToken) > 0)
        {
            if (clock.GetElapsedTime(since) > Patience)
                return await session.TextsAsync($"select pid::text from {OfRole}", cancellationToken);
            await Task.Delay(Glance, clock, cancellationToken);
        }

        return [];
    }
}

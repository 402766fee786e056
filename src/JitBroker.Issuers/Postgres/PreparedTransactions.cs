using Npgsql;

namespace JitBroker.Issuers.Postgres;

/// <summary>
/// Prepared transactions of one role. They outlive its sessions, keep its locks, and whoever commits one later brings its changes in. Only the role
/// itself or a superuser may roll one back, in its own database; the broker, a member of the role, does it as the role.
/// </summary>
internal sealed class PreparedTransactions(PostgresTarget target, string role)
{
    public async Task RollBackAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        var found = await session.ReadAsync(
            $"select gid, database::text from pg_prepared_xacts where owner = {Quoted.Text(role)}", static r => (Gid: r.GetString(0), Database: r.GetString(1)), cancellationToken);
        foreach (var ofDatabase in found.GroupBy(p => p.Database, p => p.Gid, StringComparer.Ordinal))
        {
            await using var there = await target.OpenAsync(ofDatabase.Key, cancellationToken);
            await there.ExecuteAsync($"set role {Quoted.Name(role)}", cancellationToken);
            foreach (var gid in ofDatabase)
                await RollBackAsync(there, gid, cancellationToken);
        }
    }

    private static async Task RollBackAsync(PostgresSession there, string gid, CancellationToken cancellationToken)
    {
        try
        {
            await there.ExecuteAsync($"rollback prepared {Quoted.Text(gid)}", cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedObject)
        {
            // Settled meanwhile; the caller looks at what it left behind anyway.
            return;
        }
    }
}

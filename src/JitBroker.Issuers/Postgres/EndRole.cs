using System.Globalization;
using JitBroker.Issuing;
using Npgsql;

namespace JitBroker.Issuers.Postgres;

/// <summary>
/// Ends one role, in this order: no new logins; no rights; no sessions and no prepared transactions; nothing planted, the rest handed over; no role; and
/// all that read back. Each step may be done again, so an end that broke off is taken up from the start.
/// </summary>
internal sealed class EndRole(PostgresTarget target, RoleHandle handle, TimeProvider clock)
{
    private const int Rounds = 3;

    private readonly string _role = Quoted.Name(handle.Role);
    private bool _isLost;
    private bool _wasThere;
    private string _doing = $"ending role {handle.Role}";

    public async Task<EndOutcome> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await AttemptAsync(cancellationToken);
        }
        catch (Exception e) when (Trouble.IsExpected(e) && !_isLost)
        {
            return new EndOutcome.Failed(Trouble.Of(target, _doing, e), Trouble.ObstacleOf(e));
        }
        catch (Exception e) when (Trouble.IsExpected(e))
        {
            return await AgainAsync(cancellationToken);
        }
    }

    /// <summary>The session broke in the middle of it; that may have been this one session only.</summary>
    private async Task<EndOutcome> AgainAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await AttemptAsync(cancellationToken);
        }
        catch (Exception e) when (Trouble.IsExpected(e))
        {
            return new EndOutcome.Failed(Trouble.Of(target, _doing, e), Trouble.ObstacleOf(e));
        }
    }

    private async Task<EndOutcome> AttemptAsync(CancellationToken cancellationToken)
    {
        await using var session = await target.OpenAsync(null, cancellationToken);
        try
        {
            var found = await session.TextsAsync($"select oid::text from pg_roles where rolname = {Quoted.Text(handle.Role)}", cancellationToken);
            _wasThere |= found.Count > 0;
            return found.Count == 0
                ? new EndOutcome.Ended(_wasThere)
                : await EndAsync(session, uint.Parse(found[0], CultureInfo.InvariantCulture), cancellationToken);
        }
        finally
        {
            _isLost = session.IsBroken;
        }
    }

    private async Task<EndOutcome> EndAsync(PostgresSession session, uint oid, CancellationToken cancellationToken)
    {
        var sessions = new Sessions(session, oid, clock);
        var prepared = new PreparedTransactions(target, handle.Role);
        await BlockAsync(session, sessions, prepared, oid, cancellationToken);
        await DisarmAsync(session, oid, cancellationToken);
        _doing = $"cutting the sessions of {handle.Role}";
        if (await sessions.CutAsync(cancellationToken) is { Count: > 0 } left)
            return new EndOutcome.Failed($"Sessions of {handle.Role} at {target} do not go: pid {string.Join(", ", left)}. Its logins are blocked and its rights are gone.");
        _doing = $"rolling back prepared transactions of {handle.Role}";
        await prepared.RollBackAsync(session, cancellationToken);
        await RemoveAsync(session, oid, cancellationToken);
        return await VerifyAsync(session, sessions, oid, cancellationToken);
    }

    /// <summary>
    /// The holder may change their own password and leave that transaction open, or do so in a loop; the role's row is locked then. Whoever holds it
    /// is cut, and it is tried again at once.
    /// </summary>
    private async Task BlockAsync(PostgresSession session, Sessions sessions, PreparedTransactions prepared, uint oid, CancellationToken cancellationToken)
    {
        _doing = $"blocking the logins of {handle.Role}";
        while (true)
        {
            try
            {
                await session.ExecuteAsync($"set lock_timeout = '200ms'; alter role {_role} with nologin connection limit 0 password null valid until '-infinity'; set lock_timeout = '2s'", cancellationToken);
                return;
            }
            catch (PostgresException e) when (!session.IsBroken && IsContention(e))
            {
                // XX000 is "tuple concurrently updated": their change came first.
                cancellationToken.ThrowIfCancellationRequested();
            }

            await DisarmAsync(session, oid, cancellationToken);
            await sessions.TerminateAsync(cancellationToken);
            await prepared.RollBackAsync(session, cancellationToken);
        }
    }

    private static bool IsContention(PostgresException e) =>
        e.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.InternalError;

    /// <summary>
    /// Its rights are gone at the next statement of any live session. What somebody else made it a member of cannot be taken away by the broker; that
    /// goes with the role. From here on the broker is a member of the role, so as to cut, roll back and hand over in its name.
    /// </summary>
    private async Task DisarmAsync(PostgresSession session, uint oid, CancellationToken cancellationToken)
    {
        _doing = $"taking the rights of {handle.Role}";
        var memberships = await session.TextsAsync(Memberships(session, oid), cancellationToken);
        foreach (var membership in memberships)
        {
            try
            {
                await session.ExecuteAsync($"revoke {membership}", cancellationToken);
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                continue;
            }
        }

        await session.ExecuteAsync($"grant {_role} to current_user{(session.Is16 ? " with inherit true, set true" : "")}", cancellationToken);
    }

    private static string Memberships(PostgresSession session, uint oid) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        select format('%I from %I', b.rolname, r.rolname){(session.Is16 ? " || ' granted by ' || quote_ident(g.rolname)" : "")}
          from pg_auth_members m
          join pg_roles r on r.oid = m.member
          join pg_roles b on b.oid = m.roleid
          {(session.Is16 ? "join pg_roles g on g.oid = m.grantor" : "")}
         where m.member = {oid}
        """);

    /// <summary>Somebody may grant it something while this goes on; then it is looked at again.</summary>
    private async Task RemoveAsync(PostgresSession session, uint oid, CancellationToken cancellationToken)
    {
        for (var round = 1; ; round++)
        {
            foreach (var database in await DatabasesAsync(session, oid, cancellationToken))
            {
                _doing = $"handing over what {handle.Role} owns in {database ?? "the broker's database"}";
                await new HandOver(target, handle, oid).RunAsync(database, cancellationToken);
            }

            _doing = $"dropping role {handle.Role}";
            try
            {
                await session.ExecuteAsync($"drop role if exists {_role}", cancellationToken);
                return;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DependentObjectsStillExist && round < Rounds)
            {
                continue;
            }
        }
    }

    /// <summary>Null stands for what belongs to no database, such as a right to connect; any will do for it.</summary>
    private static async Task<List<string?>> DatabasesAsync(PostgresSession session, uint oid, CancellationToken cancellationToken) =>
        await session.ReadAsync(
            string.Create(CultureInfo.InvariantCulture, $"""
            select distinct d.datname::text
              from pg_shdepend s
              left join pg_database d on d.oid = s.dbid
             where s.refclassid = 'pg_authid'::regclass
               and s.refobjid = {oid}
            """),
            static r => r.IsDBNull(0) ? null : r.GetString(0),
            cancellationToken);

    private async Task<EndOutcome> VerifyAsync(PostgresSession session, Sessions sessions, uint oid, CancellationToken cancellationToken)
    {
        _doing = $"reading back that {handle.Role} is gone";
        if (await session.HoldsAsync($"exists (select 1 from pg_roles where rolname = {Quoted.Text(handle.Role)})", cancellationToken))
            return new EndOutcome.Failed($"Role {handle.Role} still stands at {target} after it was dropped.");
        // By the role's number: its name is no longer known to the server, but a session keeps the number.
        if (await session.HoldsAsync(string.Create(CultureInfo.InvariantCulture, $"exists (select 1 from pg_stat_activity where usesysid = {oid})"), cancellationToken)
            && await sessions.CutAsync(cancellationToken) is { Count: > 0 } left)
            return new EndOutcome.Failed($"Role {handle.Role} is dropped, but sessions of it live on at {target}: pid {string.Join(", ", left)}. Terminate them by hand.");
        return new EndOutcome.Ended(Existed: true);
    }
}

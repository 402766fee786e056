using Npgsql;

namespace JitBroker.Issuers.Postgres;

/// <summary>
/// The NOLOGIN roles that DBAs make and grant rights to; a holder becomes a member of them. Some roles would let a holder outlive or undo the end, and
/// are never given.
/// </summary>
internal static class Bundles
{
    private static readonly string[] Dangerous =
        ["pg_execute_server_program", "pg_read_server_files", "pg_write_server_files", "pg_signal_backend", "pg_create_subscription"];

    /// <summary>Why these roles must not be given to anybody; empty when they may.</summary>
    public static async Task<IReadOnlyList<string>> ObjectionsAsync(PostgresSession session, IReadOnlyList<string> bundles, CancellationToken cancellationToken)
    {
        var reached = await session.ReadAsync(Reach(bundles), Read, cancellationToken);
        var missing = bundles.Except(reached.Select(r => r.Bundle), StringComparer.Ordinal).Select(b => $"The role {b} does not exist.");
        return [.. missing, .. reached.SelectMany(Objections)];
    }

    private static IEnumerable<string> Objections(Reached role)
    {
        var who = role.Bundle == role.Name ? $"The role {role.Name}" : $"The role {role.Bundle} is a member of {role.Name}, which";
        if (role.IsSuperuser)
            yield return $"{who} is a superuser: its holder could undo any end.";
        if (role.MakesRoles)
            yield return $"{who} has CREATEROLE or CREATEDB: its holder could make themselves another way in.";
        if (role.Replicates)
            yield return $"{who} has REPLICATION: its holder could read everything.";
        if (role.IsBroker)
            yield return $"{who} is the broker's own role.";
        if (role.IsAdmin)
            yield return $"{who} has the ADMIN option on another role: its holder could give that away for ever.";
        if (Dangerous.Contains(role.Name, StringComparer.Ordinal))
            yield return $"{who} lets its holder reach the server's files, programs or other sessions, past any end.";
    }

    /// <summary>Everything a member of them would be, directly and by way of others.</summary>
    private static string Reach(IReadOnlyList<string> bundles) => $"""
        with recursive asked(name) as (values {string.Join(", ", bundles.Select(b => $"({Quoted.Text(b)})"))}),
        up(name, oid) as (
            select a.name, r.oid from asked a join pg_roles r on r.rolname = a.name
             union
            select u.name, m.roleid from up u join pg_auth_members m on m.member = u.oid)
        select u.name, r.rolname::text, r.rolsuper, r.rolcreaterole or r.rolcreatedb, r.rolreplication, r.rolname = current_user,
               exists (select 1 from pg_auth_members m where m.member = u.oid and m.admin_option)
          from up u
          join pg_roles r on r.oid = u.oid
         order by 1, 2
        """;

    private static Reached Read(NpgsqlDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetBoolean(2), row.GetBoolean(3), row.GetBoolean(4), row.GetBoolean(5), row.GetBoolean(6));

    private sealed record Reached(string Bundle, string Name, bool IsSuperuser, bool MakesRoles, bool Replicates, bool IsBroker, bool IsAdmin);
}

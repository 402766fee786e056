using JitBroker.Issuing;
using Npgsql;

namespace JitBroker.Issuers.Postgres;

/// <summary>
/// Rights of a bundle role by which a holder could leave something behind that the end does not find, because it is not the holder's own role that did it.
/// Remarks, not problems: a DBA may have reasons.
/// </summary>
internal static class BundleRisks
{
    public static async Task<IReadOnlyList<TargetFinding>> FindAsync(PostgresTarget server, string database, IReadOnlyList<string> bundles, CancellationToken cancellationToken)
    {
        if (bundles.Count == 0)
            return [];
        await using var session = await server.OpenAsync(database, cancellationToken);
        var found = await session.ReadAsync(Sql(bundles), Read, cancellationToken);
        return [.. found.SelectMany(f => Remarks(session, database, f))];
    }

    private static IEnumerable<TargetFinding> Remarks(PostgresSession session, string database, Risk risk)
    {
        if (risk.CanLogin)
            yield return Remark($"The role {risk.Bundle} can log in by itself, past the broker.", $"alter role {Quoted.Name(risk.Bundle)} nologin;");
        if (risk.Owns > 0)
            yield return Remark($"The role {risk.Bundle} owns {risk.Owns} objects: whoever holds it can give rights on them to anybody, which last.", "Let another role own them, and grant the bundle what its holders need.");
        if (risk.GrantOptions > 0)
            yield return Remark($"The role {risk.Bundle} holds grant options on {risk.GrantOptions} objects in {database}: what its holders grant with them lasts.", "Revoke grant option for them.");
        if (risk.Triggers > 0)
            yield return Remark($"The role {risk.Bundle} has TRIGGER on {risk.Triggers} tables in {database}: a trigger that calls a routine of somebody else lasts.", "Revoke trigger on them.");
        if (risk.MayCreate && !session.Is16)
            yield return Remark($"The role {risk.Bundle} may create objects in {database}; before PostgreSQL 16 its holders can SET ROLE to it, and what they make so is the bundle's and lasts.", "Revoke create from it, or upgrade to 16.");
    }

    private static TargetFinding Remark(string what, string remedy) => new(false, what, remedy);

    private static string Sql(IReadOnlyList<string> bundles) => $"""
        select r.rolname::text,
               r.rolcanlogin,
               (select count(*) from pg_shdepend s where s.refclassid = 'pg_authid'::regclass and s.refobjid = r.oid and s.deptype = 'o'),
               (select count(distinct c.oid) from pg_class c, lateral aclexplode(c.relacl) a where a.grantee = r.oid and a.is_grantable),
               (select count(distinct c.oid) from pg_class c, lateral aclexplode(c.relacl) a where a.grantee = r.oid and a.privilege_type = 'TRIGGER'),
               exists (select 1 from pg_namespace n where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and has_schema_privilege(r.oid, n.oid, 'create'))
                   or has_database_privilege(r.oid, current_database(), 'create')
          from pg_roles r
         where r.rolname in ({string.Join(", ", bundles.Select(Quoted.Text))})
         order by 1
        """;

    private static Risk Read(NpgsqlDataReader row) =>
        new(row.GetString(0), row.GetBoolean(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetBoolean(5));

    private sealed record Risk(string Bundle, bool CanLogin, long Owns, long GrantOptions, long Triggers, bool MayCreate);
}

using Npgsql;

namespace JitBroker.Issuers.Postgres;

/// <summary>
/// The role that what holders leave behind is handed to. Whatever was planted in it then runs with the heir's rights, so it must have none: not the
/// broker's, not an owner's.
/// </summary>
internal static class Heir
{
    /// <summary>Why objects must not be handed to it; empty when it is powerless. Whoever set the lease up refuses to mint otherwise.</summary>
    public static async Task<IReadOnlyList<string>> ObjectionsAsync(PostgresSession session, string heir, CancellationToken cancellationToken)
    {
        var facts = (await session.ReadAsync(FactsOf(heir), Read, cancellationToken))[0];
        if (!facts.Exists)
            return [$"The heir {heir} does not exist."];
        List<string> objections = [];
        if (facts.CanLogin)
            objections.Add($"The heir {heir} can log in.");
        if (facts.HasAttributes)
            objections.Add($"The heir {heir} is a superuser or has CREATEROLE, CREATEDB, REPLICATION or BYPASSRLS.");
        if (facts.MemberOf is { } groups)
            objections.Add($"The heir {heir} is a member of {groups}, so it has their rights.");
        if (facts.Members is { } members)
            objections.Add($"The heir {heir} has members: {members}. They would own what holders leave behind.");
        if (facts.Rights > 0)
            objections.Add($"The heir {heir} has been granted rights on {facts.Rights} objects.");
        return objections;
    }

    /// <summary>Rights that a holder of a live lease gives it on objects of their own do not count: those come to it anyway, and nobody may stop the mints of others that way.</summary>
    private static string FactsOf(string heir) => $$"""
        select r.oid is not null,
               coalesce(r.rolcanlogin, false),
               coalesce(r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolbypassrls, false),
               (select string_agg(distinct g.rolname::text, ', ') from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = r.oid),
               (select string_agg(distinct g.rolname::text, ', ') from pg_auth_members m join pg_roles g on g.oid = m.member where m.roleid = r.oid and g.rolname <> current_user),
               (select count(*)
                  from pg_shdepend a
                 where a.refclassid = 'pg_authid'::regclass
                   and a.refobjid = r.oid
                   and a.deptype in ('a', 'r')
                   and not exists (select 1
                                     from pg_shdepend o
                                     join pg_roles w on w.oid = o.refobjid
                                    where (o.dbid, o.classid, o.objid) = (a.dbid, a.classid, a.objid)
                                      and o.refclassid = 'pg_authid'::regclass
                                      and o.deptype = 'o'
                                      and w.rolname ~ '^jit_[0-9a-z]{26}$'))
          from (values ({{Quoted.Text(heir)}})) as asked(name)
          left join pg_roles r on r.rolname = asked.name
        """;

    private static Facts Read(NpgsqlDataReader row) =>
        new(row.GetBoolean(0), row.GetBoolean(1), row.GetBoolean(2), row.IsDBNull(3) ? null : row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4), row.GetInt64(5));

    private sealed record Facts(bool Exists, bool CanLogin, bool HasAttributes, string? MemberOf, string? Members, long Rights);
}

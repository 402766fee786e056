namespace JitBroker.Issuers.Postgres;

/// <summary>
/// Finds, in the current database, what a role leaves behind that runs by itself or for others. All of it is read from the shared dependencies by the
/// role's number, so no name that the holder chose can hide or redirect anything; <c>pg_identify_object</c> and <c>%I</c> quote.
/// </summary>
internal static class Plants
{
    private const int Batch = 100;

    private static string Mine(string role) => $"""
        mine as (
            select s.classid, s.objid
              from pg_shdepend s
             where s.refclassid = 'pg_authid'::regclass
               and s.refobjid = {role}
               and s.deptype = 'o'
               and s.dbid = (select oid from pg_database where datname = current_database())),
        tables as (
            select c.oid, c.relkind, c.oid::regclass::text as name
              from mine join pg_class c on mine.classid = 'pg_class'::regclass and c.oid = mine.objid)
        """;

    /// <summary>
    /// Statements, at most <see cref="Batch"/>: everything but what holds data or cannot do anything. All routines go, not only SECURITY DEFINER ones: one
    /// without it runs with the rights of whoever is led to call it, by a trigger on their table or a name on their path. Members of extensions stay
    /// with them; rules, triggers and policies go from the tables that are handed over; on others' tables they go with the routine they call.
    /// </summary>
    public static string DropsOf(string role) => $"""
        with {Mine(role)}
        select * from (
            select format('drop %s if exists %s cascade', case i.type when 'statistics object' then 'statistics' else i.type end, i.identity)
              from mine, lateral pg_identify_object(mine.classid, mine.objid, 0) i
             where i.identity is not null
               and mine.classid not in ('pg_class'::regclass, 'pg_type'::regclass, 'pg_namespace'::regclass, 'pg_largeobject'::regclass,
                                        'pg_extension'::regclass, 'pg_default_acl'::regclass, 'pg_user_mapping'::regclass)
               and not exists (select 1 from pg_depend d where (d.classid, d.objid) = (mine.classid, mine.objid) and d.deptype in ('e', 'i'))
             union all
            select format('drop %s if exists %s cascade', case relkind when 'm' then 'materialized view' else 'view' end, name) from tables where relkind in ('v', 'm')
             union all
            select format('drop rule if exists %I on %s cascade', r.rulename, t.name) from tables t join pg_rewrite r on r.ev_class = t.oid where t.relkind not in ('v', 'm')
             union all
            select format('drop trigger if exists %I on %s cascade', g.tgname, t.name) from tables t join pg_trigger g on g.tgrelid = t.oid where not g.tgisinternal and g.tgparentid = 0
             union all
            select format('drop policy if exists %I on %s', p.polname, t.name) from tables t join pg_policy p on p.polrelid = t.oid) as planted
         limit {Batch}
        """;

    /// <summary>Rights that the role gave to others on what it owns: with them a copy of guarded data would stay open to somebody.</summary>
    public static string RevokesOf(string role) => $"""
        with {Mine(role)},
        given as (
            select case t.relkind when 'S' then 'sequence ' else 'table ' end || t.name as what, a.grantee
              from tables t join pg_class c on c.oid = t.oid, lateral aclexplode(c.relacl) a
             where t.relkind in ('r', 'p', 'f', 'S')
             union
            select 'table ' || t.name, a.grantee
              from tables t join pg_attribute c on c.attrelid = t.oid and not c.attisdropped, lateral aclexplode(c.attacl) a
             where t.relkind in ('r', 'p', 'f')
             union
            select 'schema ' || quote_ident(n.nspname), a.grantee
              from mine join pg_namespace n on mine.classid = 'pg_namespace'::regclass and n.oid = mine.objid, lateral aclexplode(n.nspacl) a
             union
            select 'large object ' || l.oid::text, a.grantee
              from mine join pg_largeobject_metadata l on mine.classid = 'pg_largeobject'::regclass and l.oid = mine.objid, lateral aclexplode(l.lomacl) a)
        select format('revoke all on %s from %s cascade', given.what, case when given.grantee = 0 then 'public' else quote_ident(r.rolname) end)
          from given
          left join pg_roles r on r.oid = given.grantee
         where given.grantee <> {role}
           and (given.grantee = 0 or r.oid is not null)
        """;

    /// <summary>Whether anything is left for the heir, here or among what all databases share.</summary>
    public static string OwnsAnything(string role) => $"""
        exists (select 1
                  from pg_shdepend s
                 where s.refclassid = 'pg_authid'::regclass
                   and s.refobjid = {role}
                   and s.deptype = 'o'
                   and s.dbid in (0, (select oid from pg_database where datname = current_database())))
        """;
}

using System.Reflection;
using JitBroker.Storage;

namespace JitBroker.Tests.Storage;

public sealed class SchemaTests
{
    private static readonly string[] Verbs = ["select", "insert", "update", "delete"];

    [Theory]
    [MemberData(nameof(Databases.Engines), MemberType = typeof(Databases))]
    public async Task The_migrations_in_order_give_exactly_the_schema(Engine engine)
    {
        await using var migrated = await Databases.NewAsync(engine);
        await using var written = await Databases.NewAsync(engine, migrate: false);
        var schema = Migration.ReadText($"sql/{(engine == Engine.Postgres ? "postgres" : "sqlite")}/schema.sql");
        await written.Database.WriteAsync(session => session.ExecuteAsync(schema, null, CancellationToken.None), CancellationToken.None);

        Assert.Equal(await DescribeAsync(written.Database), await DescribeAsync(migrated.Database));
    }

    [Theory]
    [MemberData(nameof(Databases.Engines), MemberType = typeof(Databases))]
    public async Task A_database_is_fresh_until_it_is_migrated_and_asking_leaves_it_so(Engine engine)
    {
        await using var databases = await Databases.NewAsync(engine, migrate: false);
        var migrator = new Migrator(databases.Database, new ManualClock());

        Assert.True(await migrator.IsFreshAsync(CancellationToken.None));
        Assert.Empty(await DescribeAsync(databases.Database));
        Assert.True(await migrator.IsFreshAsync(CancellationToken.None));
        await migrator.ApplyAsync(CancellationToken.None);

        Assert.False(await migrator.IsFreshAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Both_engines_have_the_same_tables_columns_and_indexes()
    {
        await using var sqlite = await Databases.NewAsync(Engine.Sqlite);
        await using var postgres = await Databases.NewAsync(Engine.Postgres);

        Assert.Equal(await ColumnsAsync(sqlite.Database), await ColumnsAsync(postgres.Database));
        Assert.Equal(await IndexesAsync(sqlite.Database), await IndexesAsync(postgres.Database));
    }

    [Fact]
    public void Every_statement_that_reads_rows_can_be_written_for_one()
    {
        var ofRows = Statements().Where(s => s.Sql.Contains("json_to_recordset", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(ofRows);
        Assert.All(ofRows, s => Assert.DoesNotContain("json_to_recordset", Dialect.OfOne(s.Sql), StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Databases.Engines), MemberType = typeof(Databases))]
    public async Task Every_statement_prepares(Engine engine)
    {
        await using var databases = await Databases.NewAsync(engine);
        var statements = Statements().ToList();
        Assert.NotEmpty(statements);

        var failures = new List<string>();
        foreach (var (name, sql) in statements)
        {
            try
            {
                await databases.Database.PrepareAsync(sql);
                await databases.Database.PrepareAsync(Dialect.OfOne(sql));
            }
            catch (System.Data.Common.DbException e)
            {
                failures.Add($"{name}: {e.Message}");
            }
        }

        Assert.Empty(failures);
    }

    [Theory]
    [MemberData(nameof(Databases.Engines), MemberType = typeof(Databases))]
    public async Task Every_constraint_is_named_after_its_rule(Engine engine)
    {
        await using var databases = await Databases.NewAsync(engine);

        // A generated name ends in _check, _key, _fkey or _pkey (PostgreSQL), or stands as sqlite_autoindex (SQLite, primary keys of rowid tables only).
        var schema = Migration.ReadText($"sql/{(engine == Engine.Postgres ? "postgres" : "sqlite")}/schema.sql");
        var unnamed = schema.Split('\n')
            .Where(line => !line.Contains("constraint ", StringComparison.Ordinal)
                && (line.Contains(" check ", StringComparison.Ordinal) || line.Contains(" references ", StringComparison.Ordinal) || line.Contains("primary key", StringComparison.Ordinal)));

        Assert.Empty(unnamed);
    }

    /// <summary>Every SQL constant of the core: the stores keep each statement whole, in one.</summary>
    private static IEnumerable<(string Name, string Sql)> Statements() =>
        from type in typeof(Database).Assembly.GetTypes()
        from field in type.GetFields(BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
        where field.IsLiteral && field.FieldType == typeof(string)
        let sql = ((string)field.GetRawConstantValue()!).Trim()
        where Verbs.Any(v => sql.StartsWith(v + " ", StringComparison.Ordinal))
        select ($"{type.Name}.{field.Name}", sql);

    private static Task<IReadOnlyList<string>> DescribeAsync(Database database) =>
        database.ReadAsync(
            session => session.QueryAsync<string>(
                session.Engine == Engine.Sqlite
                    ? "select sql from sqlite_master where sql is not null and name <> 'schema_migrations' order by name"
                    : """
                      select d from (
                        select 'c ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || coalesce(column_default, '') as d
                          from information_schema.columns where table_schema = 'public' and table_name <> 'schema_migrations'
                        union all select 'i ' || indexdef from pg_indexes where schemaname = 'public' and tablename <> 'schema_migrations'
                        union all select 'k ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
                          where connamespace = 'public'::regnamespace and conrelid <> coalesce(to_regclass('schema_migrations'), 0::oid)) x
                      order by d
                      """,
                null,
                CancellationToken.None),
            CancellationToken.None);

    private static Task<IReadOnlyList<string>> ColumnsAsync(Database database) =>
        database.ReadAsync(
            session => session.QueryAsync<string>(
                session.Engine == Engine.Sqlite
                    ? """
                      select m.name || '.' || c.name || case when c."notnull" = 1 then ' not null' else '' end as d
                        from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' order by 1
                      """
                    : """
                      select table_name || '.' || column_name || case when is_nullable = 'NO' then ' not null' else '' end as d
                        from information_schema.columns where table_schema = 'public' order by d
                      """,
                null,
                CancellationToken.None),
            CancellationToken.None);

    private static Task<IReadOnlyList<string>> IndexesAsync(Database database) =>
        database.ReadAsync(
            session => session.QueryAsync<string>(
                session.Engine == Engine.Sqlite
                    ? "select name from sqlite_master where type = 'index' and sql is not null order by name"
                    : """
                      select indexname from pg_indexes
                       where schemaname = 'public' and indexname not in (select conname from pg_constraint) order by indexname
                      """,
                null,
                CancellationToken.None),
            CancellationToken.None);
}

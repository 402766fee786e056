using JitBroker.Storage;

namespace JitBroker.Benchmarks.Lifecycle;

/// <summary>The SQL by which a database writes down what is written to it.</summary>
internal static class RecordingTriggers
{
    public static string Tables(Engine engine) => engine == Engine.Sqlite
        ? """
          create table recorded (n integer primary key autoincrement, tx integer, tbl text, was text, became text);
          create table recording_clock (tx integer);
          insert into recording_clock values (0);
          """
        : """
          create table recorded (n bigserial primary key, tx bigint, tbl text, was text, became text);
          create table recording_clock (tx bigint);
          insert into recording_clock values (0);
          create function record_row() returns trigger language plpgsql as $$
          begin
            insert into recorded (tx, tbl, was, became)
            select c.tx, tg_table_name,
                   case when tg_op <> 'INSERT' then to_jsonb(old)::text end,
                   case when tg_op <> 'DELETE' then to_jsonb(new)::text end
              from recording_clock c;
            return null;
          end $$;
          """;

    public static string Columns(Engine engine) => engine == Engine.Sqlite
        ? """
          select m.name as tbl, c.name as name, lower(c.type) as type, c.pk as key
            from sqlite_master m join pragma_table_info(m.name) c
           where m.type = 'table' and m.name not like 'sqlite_%' and m.name not in ('schema_migrations', 'recorded', 'recording_clock')
           order by m.name, c.cid
          """
        : """
          select c.table_name as tbl, c.column_name as name, c.data_type as type, coalesce(k.ordinal_position, 0)::bigint as key
            from information_schema.columns c
            left join information_schema.table_constraints t
              on t.table_schema = c.table_schema and t.table_name = c.table_name and t.constraint_type = 'PRIMARY KEY'
            left join information_schema.key_column_usage k on k.constraint_name = t.constraint_name and k.column_name = c.column_name
           where c.table_schema = 'public' and c.table_name not in ('schema_migrations', 'recorded', 'recording_clock')
           order by c.table_name, c.ordinal_position
          """;

    public static IEnumerable<string> On(IEnumerable<RecordedColumn> columns, Engine engine) =>
        columns.GroupBy(c => c.Tbl, StringComparer.Ordinal).SelectMany(t => engine == Engine.Sqlite ? Sqlite(t.Key, [.. t.Select(c => c.Name)]) : [Postgres(t.Key)]);

    private static string Postgres(string table) =>
        $"create trigger record_{table} after insert or update or delete on {table} for each row execute function record_row()";

    private static IEnumerable<string> Sqlite(string table, IReadOnlyList<string> columns)
    {
        yield return Trigger("insert", "null", Row("new"));
        yield return Trigger("update", Row("old"), Row("new"));
        yield return Trigger("delete", Row("old"), "null");

        string Row(string of) => $"json_object({string.Join(", ", columns.Select(c => $"'{c}', {of}.{c}"))})";

        string Trigger(string when, string was, string became) =>
            $"""
            create trigger record_{when}_{table} after {when} on {table} begin
              insert into recorded (tx, tbl, was, became) select tx, '{table}', {was}, {became} from recording_clock;
            end
            """;
    }
}

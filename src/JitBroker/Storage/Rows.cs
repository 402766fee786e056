using System.Data.Common;
using System.Globalization;
using Dapper;

namespace JitBroker.Storage;

/// <summary>How a row becomes a <typeparamref name="T"/>: a record by Dapper's mapping of names, a single value by itself.</summary>
internal static class Rows<T>
{
    private static readonly Type Target = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
    private static readonly bool IsSingle = Target.IsValueType || Target == typeof(string);

    public static async Task<IReadOnlyList<T>> AllAsync(DbDataReader reader, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        var parse = ParserOf(reader);
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(parse(reader));
        return rows;
    }

    public static async Task<T?> FirstAsync(DbDataReader reader, CancellationToken cancellationToken) =>
        await reader.ReadAsync(cancellationToken) ? ParserOf(reader)(reader) : default;

    private static Func<DbDataReader, T> ParserOf(DbDataReader reader) => IsSingle ? Single : reader.GetRowParser<T>();

    private static T Single(DbDataReader reader) => reader.GetValue(0) switch
    {
        DBNull => default!,
        T value => value,
        string text when Target == typeof(DateTimeOffset) => (T)(object)Instants.FromText(text),
        DateTime time when Target == typeof(DateTimeOffset) => (T)(object)new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)),
        var value => (T)Convert.ChangeType(value, Target, CultureInfo.InvariantCulture),
    };
}

using System.Globalization;
using System.Text.Json;
using JitBroker.Catalog;
using JitBroker.Storage;

namespace JitBroker.Benchmarks.Lifecycle;

/// <summary>
/// Finds out what a lifecycle really writes, by running one over a database that writes it down. The yardstick is made from this and from nothing else, so
/// it follows the code when the code changes.
/// </summary>
internal static class LifecycleRecorder
{
    public static async Task<Recording> RecordAsync(PrivateDatabase place, CatalogSnapshot catalog, int turn, CancellationToken cancellationToken)
    {
        await using var database = await RecordingDatabase.OpenAsync(place, cancellationToken);
        await using var lifecycle = await LifecycleUnderTest.StartAsync(database, catalog, Path.Combine(place.Folder, "keys"), cancellationToken);
        await database.TakeAsync(cancellationToken);
        await lifecycle.RunAsync(turn, cancellationToken);
        var rows = await database.TakeAsync(cancellationToken);
        var columns = (await database.ColumnsAsync()).ToLookup(c => c.Tbl, StringComparer.Ordinal);
        return new Recording([.. rows.GroupBy(r => r.Tx).Select(IReadOnlyList<RowWrite> (t) => [.. t.Select(r => Of(r, [.. columns[r.Tbl]], place.Engine))])]);
    }

    private static RowWrite Of(RecordedRow row, IReadOnlyList<RecordedColumn> columns, Engine engine)
    {
        using var was = row.Was is null ? null : JsonDocument.Parse(row.Was);
        using var became = row.Became is null ? null : JsonDocument.Parse(row.Became);
        var set = became is null ? [] : columns.Where(c => IsWritten(c, was, became)).Select(c => (c.Name, Value(became, c, engine))).ToList();
        if (was is null)
            return new RowWrite(row.Tbl, null, set);
        var key = columns.Single(c => c.Key == 1);
        return new RowWrite(row.Tbl, (key.Name, Value(was, key, engine)!), set);
    }

    private static bool IsWritten(RecordedColumn column, JsonDocument? was, JsonDocument became)
    {
        var now = became.RootElement.GetProperty(column.Name);
        return was is null ? now.ValueKind != JsonValueKind.Null : !JsonElement.DeepEquals(was.RootElement.GetProperty(column.Name), now);
    }

    private static object? Value(JsonDocument row, RecordedColumn column, Engine engine)
    {
        var value = row.RootElement.GetProperty(column.Name);
        return (value.ValueKind, column.Type) switch
        {
            (JsonValueKind.Null, _) => null,
            (JsonValueKind.True or JsonValueKind.False, _) => value.GetBoolean(),
            (JsonValueKind.Number, "integer") when engine == Engine.Postgres => value.GetInt32(),
            (JsonValueKind.Number, _) => value.GetInt64(),
            (_, "timestamp with time zone") => DateTimeOffset.Parse(value.GetString()!, CultureInfo.InvariantCulture).UtcDateTime,
            _ => value.GetString(),
        };
    }
}

using System.Data;
using Dapper;
using Microsoft.Data.Sqlite;

namespace JitBroker.Storage;

/// <summary>Teaches Dapper, once per process, how this project writes instants and booleans on both engines.</summary>
internal static class DapperSetup
{
    private static int _done;

    public static void Once()
    {
        if (Interlocked.Exchange(ref _done, 1) == 1)
            return;

        // Dapper ignores a handler for a type it maps itself until that mapping is removed.
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
        SqlMapper.AddTypeHandler(typeof(DateTimeOffset), new InstantHandler());
        SqlMapper.AddTypeHandler(typeof(DateTimeOffset?), new InstantHandler());
        SqlMapper.RemoveTypeMap(typeof(bool));
        SqlMapper.RemoveTypeMap(typeof(bool?));
        SqlMapper.AddTypeHandler(new BooleanHandler());
        DefaultTypeMap.MatchNamesWithUnderscores = true;
    }

    /// <summary>Not of Dapper's generic base: that one cannot say null, and <c>select min(…)</c> over no rows is one.</summary>
    private sealed class InstantHandler : SqlMapper.ITypeHandler
    {
        public object? Parse(Type destinationType, object value) => value switch
        {
            DBNull => null,
            string text => Instants.FromText(text),
            DateTime time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)),
            DateTimeOffset instant => instant.ToUniversalTime(),
            _ => throw new InvalidCastException($"An instant cannot be read from {value.GetType().Name}."),
        };

        public void SetValue(IDbDataParameter parameter, object value) => parameter.Value = value switch
        {
            DateTimeOffset instant when parameter is SqliteParameter => Instants.ToText(instant),
            DateTimeOffset instant => instant.UtcDateTime,
            _ => DBNull.Value,
        };
    }

    private sealed class BooleanHandler : SqlMapper.TypeHandler<bool>
    {
        public override bool Parse(object value) => value switch
        {
            bool flag => flag,
            long number => number != 0,
            _ => throw new InvalidCastException($"A boolean cannot be read from {value.GetType().Name}."),
        };

        public override void SetValue(IDbDataParameter parameter, bool value) =>
            parameter.Value = parameter is SqliteParameter ? (value ? 1L : 0L) : value;
    }
}

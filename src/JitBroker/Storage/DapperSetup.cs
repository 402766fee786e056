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
        SqlMapper.AddTypeHandler(new InstantHandler());
        SqlMapper.RemoveTypeMap(typeof(bool));
        SqlMapper.RemoveTypeMap(typeof(bool?));
        SqlMapper.AddTypeHandler(new BooleanHandler());
        DefaultTypeMap.MatchNamesWithUnderscores = true;
    }

    private sealed class InstantHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) => value switch
        {
            string text => Instants.FromText(text),
            DateTime time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)),
            DateTimeOffset instant => instant.ToUniversalTime(),
            _ => throw new InvalidCastException($"An instant cannot be read from {value.GetType().Name}."),
        };

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) =>
            parameter.Value = parameter is SqliteParameter ? Instants.ToText(value) : value.UtcDateTime;
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

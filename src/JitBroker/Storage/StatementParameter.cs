using System.Data;
using System.Linq.Expressions;
using System.Reflection;

namespace JitBroker.Storage;

/// <summary>One parameter: the property it is read from, and how its value is written on each engine.</summary>
internal sealed class StatementParameter
{
    private readonly Func<object, object?> _read;

    /// <exception cref="InvalidOperationException">There is no such property, or it is of a type that has no column type here.</exception>
    public StatementParameter(string name, Type from)
    {
        Name = name;
        var property = from.GetProperty(name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase)
            ?? throw new InvalidOperationException($"A statement's parameter @{name} is missing.");
        Type = TypeOf(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);
        var instance = Expression.Parameter(typeof(object));
        var value = Expression.Property(Expression.Convert(instance, from), property);
        _read = Expression.Lambda<Func<object, object?>>(Expression.Convert(value, typeof(object)), instance).Compile();
    }

    public string Name { get; }

    public DbType Type { get; }

    public object ValueIn(object parameters, Engine engine) => (_read(parameters), engine) switch
    {
        (null, _) => DBNull.Value,
        (DateTimeOffset instant, Engine.Sqlite) => Instants.ToText(instant),
        (DateTimeOffset instant, _) => instant.UtcDateTime,
        (bool flag, Engine.Sqlite) => flag ? 1L : 0L,
        (var value, _) => value,
    };

    private static DbType TypeOf(Type type) => type switch
    {
        _ when type == typeof(string) => DbType.String,
        _ when type == typeof(int) => DbType.Int32,
        _ when type == typeof(long) => DbType.Int64,
        _ when type == typeof(bool) => DbType.Boolean,
        _ when type == typeof(DateTimeOffset) => DbType.DateTime,
        _ => throw new InvalidOperationException($"No column holds a {type.Name}."),
    };
}

using System.Collections.Concurrent;
using System.Data.Common;

namespace JitBroker.Storage;

/// <summary>
/// A statement as one engine reads it, and where each of its parameters comes from: the property of that name. Worked out once per statement and type of
/// parameters; both are constants of the code, so there is a fixed, small number of them.
/// </summary>
internal sealed class Statement
{
    private static readonly ConcurrentDictionary<(Engine Engine, string Sql, Type? From), Statement> Known = new();

    private readonly Engine _engine;
    private readonly IReadOnlyList<StatementParameter> _parameters;

    private Statement(Engine engine, string sql, Type? from)
    {
        _engine = engine;
        var text = Dialect.For(engine, from == typeof(OneRow) ? Dialect.OfOne(sql) : sql);
        Text = engine == Engine.Postgres && from is not null ? Dialect.Numbered(text) : text;
        _parameters = from is null ? [] : [.. Dialect.ParametersOf(text).Select(name => new StatementParameter(name, from))];
    }

    public string Text { get; }

    /// <exception cref="InvalidOperationException">The statement names a parameter that <paramref name="parameters"/> lacks: a bug.</exception>
    public static Statement For(Engine engine, string sql, object? parameters) =>
        Known.GetOrAdd((engine, sql, parameters?.GetType()), static key => new Statement(key.Engine, key.Sql, key.From));

    /// <summary>Adds the parameters, or gives them new values when the command has been used before.</summary>
    public void Bind(DbParameterCollection into, Func<DbParameter> create, object? parameters)
    {
        if (parameters is null)
            return;
        var isNew = into.Count == 0;
        for (var i = 0; i < _parameters.Count; i++)
        {
            var value = _parameters[i].ValueIn(parameters, _engine);
            if (isNew)
                into.Add(New(_parameters[i], create(), value));
            else
                into[i].Value = value;
        }
    }

    private DbParameter New(StatementParameter from, DbParameter parameter, object value)
    {
        // Numbered parameters have no name. Their type is said, since a null has none and a statement is prepared for its types.
        if (_engine == Engine.Postgres)
            parameter.DbType = from.Type;
        else
            parameter.ParameterName = "@" + from.Name;
        parameter.Value = value;
        return parameter;
    }
}

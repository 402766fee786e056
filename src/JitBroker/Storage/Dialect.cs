using System.Globalization;
using System.Text.RegularExpressions;

namespace JitBroker.Storage;

/// <summary>Turns a statement as written into the statement of one engine. See <see cref="Session"/>.</summary>
internal static partial class Dialect
{
    public static string For(Engine engine, string sql) =>
        engine == Engine.Postgres ? PostgresOnly().Replace(PostgresInstead().Replace(sql, "${instead}"), "${only}") : sql;

    /// <summary>
    /// As the statement is written for one row of <c>@rows</c>: PostgreSQL then comes by its key, whatever it takes for likely. What comes out of JSON it takes for many
    /// rows, and would read a young table as a whole for one.
    /// </summary>
    public static string OfOne(string sql) => RowsOfJson().Replace(sql, static m => $"(select {string.Join(", ", m.Groups["columns"].Value.Split(',').Select(ColumnOfFirst))}) as r");

    private static string ColumnOfFirst(string column)
    {
        var (name, type) = column.Trim().Split(' ', 2) is [var n, var t] ? (n, t) : throw new FormatException($"A column of rows is a name and a type, and this is not: {column}");
        return $"cast(cast(@rows as json) -> 0 ->> '{name.Trim('"')}' as {type}) as {name}";
    }

    /// <summary>The names of the parameters, each once, in the order they appear.</summary>
    public static IReadOnlyList<string> ParametersOf(string sql) => [.. Parameter().Matches(sql).Select(m => m.Groups["name"].Value).Where(n => n.Length > 0).Distinct(StringComparer.Ordinal)];

    /// <summary>With <c>$1</c>, <c>$2</c>… for the parameters in the order of <see cref="ParametersOf"/>, as PostgreSQL itself reads them.</summary>
    public static string Numbered(string sql)
    {
        var names = ParametersOf(sql).ToList();
        return Replaced(sql, name => string.Create(CultureInfo.InvariantCulture, $"${names.IndexOf(name) + 1}"));
    }

    /// <summary>With another text in the place of each parameter.</summary>
    public static string WithParameters(string sql, string replacement) => Replaced(sql, _ => replacement);

    private static string Replaced(string sql, Func<string, string> replacement) =>
        Parameter().Replace(sql, m => m.Groups["name"] is { Success: true } name ? replacement(name.Value) : m.Value);

    [GeneratedRegex(@"json_to_recordset\(cast\(@rows as json\)\) as r \((?<columns>[^)]*)\)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RowsOfJson();

    [GeneratedRegex(@"/\* pg instead: (?<instead>.*?) \*/.*?/\* end \*/", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PostgresInstead();

    [GeneratedRegex(@"/\* pg: (?<only>.*?) \*/", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PostgresOnly();

    // A quoted text is passed over as a whole: what looks like a parameter in it is none.
    [GeneratedRegex("'[^']*'|@(?<name>[A-Za-z]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameter();
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace JitBroker.Storage;

/// <summary>Turns a statement as written into the statement of one engine. See <see cref="Session"/>.</summary>
internal static partial class Dialect
{
    public static string For(Engine engine, string sql) =>
        engine == Engine.Postgres ? PostgresOnly().Replace(PostgresInstead().Replace(sql, "${instead}"), "${only}") : sql;

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

    [GeneratedRegex(@"/\* pg instead: (?<instead>.*?) \*/.*?/\* end \*/", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PostgresInstead();

    [GeneratedRegex(@"/\* pg: (?<only>.*?) \*/", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PostgresOnly();

    // A quoted text is passed over as a whole: what looks like a parameter in it is none.
    [GeneratedRegex("'[^']*'|@(?<name>[A-Za-z]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameter();
}

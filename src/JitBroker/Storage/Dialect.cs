using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace JitBroker.Storage;

/// <summary>Turns a statement as written into the statement of one engine. See <see cref="Session"/>.</summary>
internal static partial class Dialect
{
    // Statements are constants of the code, so this holds a fixed, small number of them.
    private static readonly ConcurrentDictionary<string, string> Postgres = new(StringComparer.Ordinal);

    public static string For(Engine engine, string sql) =>
        engine == Engine.Postgres ? Postgres.GetOrAdd(sql, static s => PostgresOnly().Replace(s, "${only}")) : sql;

    [GeneratedRegex(@"/\* pg: (?<only>.*?) \*/", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PostgresOnly();
}

namespace JitBroker.Issuers.Postgres;

/// <summary>
/// Names and texts inside DDL, which takes no parameters. Sound while <c>standard_conforming_strings</c> is on, which <see cref="PostgresTarget"/> sets.
/// </summary>
internal static class Quoted
{
    /// <summary>What PostgreSQL keeps of a name (NAMEDATALEN - 1); the rest it cuts off silently, and the name could then be another's.</summary>
    public const int LongestName = 63;

    /// <exception cref="ArgumentException">No server can have such a name.</exception>
    public static string Name(string name) =>
        name.Length == 0 || name.Contains('\0', StringComparison.Ordinal) ? throw new ArgumentException("A name is empty or holds a NUL.", nameof(name)) : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <exception cref="ArgumentException">No server can have such a text.</exception>
    public static string Text(string text) =>
        text.Contains('\0', StringComparison.Ordinal) ? throw new ArgumentException("A text holds a NUL.", nameof(text)) : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}

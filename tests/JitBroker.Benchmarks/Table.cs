using System.Globalization;
using JitBroker.Storage;

namespace JitBroker.Benchmarks;

/// <summary>The lines of a benchmark's table, alike in all of them.</summary>
internal static class Table
{
    public static string Row(string first, params string[] cells) =>
        string.Concat([first.PadRight(12), .. cells[..^1].Select(c => c.PadLeft(13)), "   ", cells[^1]]);

    public static string NameOf(Engine engine) => engine == Engine.Postgres ? "PostgreSQL" : "SQLite";

    public static string Milliseconds(TimeSpan time) => Text($"{time.TotalMilliseconds:0.0} ms");

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    public static string Lines(IEnumerable<string> lines) => string.Join(Environment.NewLine, lines);
}

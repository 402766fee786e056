using Spectre.Console;

namespace JitBroker.Cli.Terminal;

/// <summary>A grid for a pipe: every row on one line, columns two spaces apart, nothing cut, no blanks at the end.</summary>
internal static class PlainTable
{
    internal static void Write(TextWriter writer, Grid grid)
    {
        var lines = grid.Rows.Select(row => row.Select(cell => cell.Text).ToArray()).ToList();
        if (grid.Columns.Any(column => column.Heading.Length > 0))
            lines.Insert(0, [.. grid.Columns.Select(column => column.Heading)]);
        var widths = Enumerable.Range(0, grid.Columns.Count).Select(index => lines.Max(line => line[index].GetCellWidth())).ToArray();
        foreach (var line in lines)
            writer.WriteLine(string.Join("  ", line.Select((cell, index) => cell + new string(' ', widths[index] - cell.GetCellWidth()))).TrimEnd());
    }
}

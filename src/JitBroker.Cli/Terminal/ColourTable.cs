using Spectre.Console;

namespace JitBroker.Cli.Terminal;

/// <summary>A grid for a person: borderless, headings quiet; side by side where the terminal is wide enough, else one block for each row.</summary>
internal static class ColourTable
{
    private const int Gap = 2;

    // Narrower than this, a column of prose is a ladder of syllables.
    private const int LeastProse = 14;

    internal static Table Of(Grid grid, int width) => Fits(grid, width) ? SideBySide(grid) : Stacked(grid);

    private static bool Fits(Grid grid, int width)
    {
        var needed = grid.Columns.Select((column, index) =>
        {
            var natural = grid.Rows.Select(row => row[index].Text.GetCellWidth()).Append(column.Heading.GetCellWidth()).Max();
            return Gap + (column.Whole ? natural : Math.Min(natural, LeastProse));
        });
        // Tables of labels and values have nothing to gain from blocks.
        return grid.Columns.All(column => column.Heading.Length == 0) || needed.Sum() - Gap <= width;
    }

    private static Table Stacked(Grid grid)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = false };
        table.AddColumn(new TableColumn("") { NoWrap = true, Padding = new Padding(0, 0, Gap, 0) });
        table.AddColumn(new TableColumn("") { Padding = new Padding(0, 0, 0, 0) });
        foreach (var row in grid.Rows)
        {
            if (table.Rows.Count > 0)
                table.AddEmptyRow();
            foreach (var (column, cell) in grid.Columns.Zip(row).Where(pair => pair.Second.Text.Length > 0))
                table.AddRow(new Paragraph(column.Heading.ToLowerInvariant(), StyleOf(Tone.Dim)), Paragraph(cell));
        }

        return table;
    }

    private static Table SideBySide(Grid grid)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = grid.Columns.Any(column => column.Heading.Length > 0), Expand = false };
        foreach (var column in grid.Columns)
        {
            table.AddColumn(new TableColumn(new Paragraph(column.Heading, StyleOf(Tone.Dim)))
            {
                NoWrap = column.Whole,
                Padding = new Padding(0, 0, Gap, 0),
            });
        }

        foreach (var row in grid.Rows)
            table.AddRow(row.Select(Paragraph));
        return table;
    }

    internal static Paragraph Paragraph(Words words)
    {
        var paragraph = new Paragraph();
        foreach (var piece in words.Pieces)
            paragraph.Append(piece.Text, StyleOf(piece.Tone));
        return paragraph;
    }

    // The sixteen colours of the terminal's own theme: they are the ones its owner can read.
    private static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Strong => new Style(decoration: Decoration.Bold),
        Tone.Dim => new Style(decoration: Decoration.Dim),
        Tone.Good => new Style(Color.Green),
        Tone.Warn => new Style(Color.Olive),
        Tone.Bad => new Style(Color.Maroon, decoration: Decoration.Bold),
        Tone.Accent => new Style(Color.Teal),
        _ => Style.Plain,
    };
}

using Spectre.Console;

namespace JitBroker.Cli.Terminal;

/// <summary>A grid for a person: borderless, fitted to the width, headings quiet.</summary>
internal static class ColourTable
{
    internal static Table Of(Grid grid)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = grid.Columns.Any(column => column.Heading.Length > 0), Expand = false };
        foreach (var column in grid.Columns)
        {
            table.AddColumn(new TableColumn(new Paragraph(column.Heading, StyleOf(Tone.Dim)))
            {
                NoWrap = column.Whole,
                Padding = new Padding(0, 0, 2, 0),
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

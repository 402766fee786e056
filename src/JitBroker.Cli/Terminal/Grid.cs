namespace JitBroker.Cli.Terminal;

/// <summary>Rows under headings. A column that is <c>Whole</c> is never broken, however narrow the terminal: ids must stay copyable.</summary>
internal sealed class Grid(params Column[] columns)
{
    private readonly List<Words[]> rows = [];

    public IReadOnlyList<Column> Columns => columns;

    public IReadOnlyList<Words[]> Rows => rows;

    public Grid Add(params Words[] cells)
    {
        if (cells.Length != columns.Length)
            throw new ArgumentException($"{columns.Length} cells make a row.", nameof(cells));
        rows.Add(cells);
        return this;
    }
}

/// <summary>One column; an empty heading for label columns.</summary>
internal readonly record struct Column(string Heading, bool Whole = false)
{
    public static implicit operator Column(string heading) => new(heading);
}

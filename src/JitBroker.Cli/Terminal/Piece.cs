namespace JitBroker.Cli.Terminal;

/// <summary>What a word means to its reader; the terminal gives it a colour, a pipe gets the word alone.</summary>
internal enum Tone
{
    Plain,
    Strong,
    Dim,
    Good,
    Warn,
    Bad,
    Accent,
}

/// <summary>A run of text in one tone. Its text is clean by construction.</summary>
internal readonly record struct Piece
{
    public Piece(string? text, Tone tone = Tone.Plain)
    {
        Text = Clean.Of(text);
        Tone = tone;
    }

    private Piece(string trusted, Tone tone, bool _)
    {
        Text = trusted;
        Tone = tone;
    }

    public string Text { get; }

    public Tone Tone { get; }

    /// <summary>Our own words, spaces at the ends kept.</summary>
    public static Piece Ours(string text, Tone tone = Tone.Plain) => new(text, tone, true);

    public static implicit operator Piece(string? text) => new(text);
}

/// <summary>A table cell or a line: pieces side by side, nothing between them.</summary>
internal sealed class Words(params IEnumerable<Piece> pieces)
{
    public IReadOnlyList<Piece> Pieces { get; } = [.. pieces];

    public string Text => string.Concat(Pieces.Select(piece => piece.Text));

    public static Words None { get; } = new();

    public static implicit operator Words(Piece piece) => new([piece]);

    public static implicit operator Words(string? text) => new([new Piece(text)]);
}

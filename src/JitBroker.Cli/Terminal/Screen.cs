using System.Text;
using JitBroker.Cli.Running;
using Spectre.Console;

namespace JitBroker.Cli.Terminal;

/// <summary>Standard output and error of one run: colours and fitted tables for a person, plain aligned text for a pipe, bytes for <c>-o json</c>.</summary>
internal sealed class Screen : IDisposable
{
    private readonly Stream output;
    private readonly StreamWriter plain;
    private readonly TextWriter error;
    private readonly IAnsiConsole? terminal;
    private readonly IAnsiConsole? errorTerminal;

    internal Screen(Surroundings around)
    {
        output = around.Output;
        error = around.Error;
        ErrorIsTerminal = around.ErrorIsTerminal;
        OutputIsTerminal = around.OutputIsTerminal;
        plain = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { AutoFlush = true, NewLine = "\n" };
        var colours = around.Environment("NO_COLOR") is null && around.Environment("TERM") is not "dumb";
        terminal = around.OutputIsTerminal ? Console(plain, colours, around.Width) : null;
        errorTerminal = around.ErrorIsTerminal ? Console(error, colours, around.Width) : null;
    }

    public bool OutputIsTerminal { get; }

    public bool ErrorIsTerminal { get; }

    /// <summary>The broker's bytes, and the line break it did not send.</summary>
    public void Json(ReadOnlyMemory<byte> body)
    {
        output.Write(body.Span);
        if (body.IsEmpty || body.Span[^1] != (byte)'\n')
            output.WriteByte((byte)'\n');
        output.Flush();
    }

    /// <summary>Exact text that a program reads: no cleaning, no wrapping, no colour.</summary>
    public void Exact(string text)
    {
        plain.Write(text);
        plain.Flush();
    }

    public void Blank() => plain.WriteLine();

    public void Line(params Piece[] pieces) => Line(new Words(pieces));

    public void Line(Words words)
    {
        if (terminal is null)
            plain.WriteLine(words.Text);
        else
            WriteWrapped(terminal, words);
    }

    /// <summary>What one could do now; only for a person.</summary>
    public void Hint(string text)
    {
        if (OutputIsTerminal)
            Line(Piece.Ours(text, Tone.Dim));
    }

    public void Table(Grid grid)
    {
        if (terminal is null)
            PlainTable.Write(plain, grid);
        else
            terminal.Write(ColourTable.Of(grid, terminal.Profile.Width));
    }

    /// <summary>Code, sentence, next step, on standard error; the code is the first word of the first line.</summary>
    public void Complain(string code, string sentence, string? next)
    {
        if (errorTerminal is null)
            error.WriteLine($"{Clean.Of(code)}  {Clean.Of(sentence)}");
        else
            WriteWrapped(errorTerminal, new Words([new Piece(code, Tone.Bad), Piece.Ours("  "), new Piece(sentence)]));
        if (next is not null)
            NextLine(next);
    }

    public void NextLine(string next) => ErrorLine($"  → {Clean.Of(next)}");

    /// <summary>A line on standard error; leading spaces are kept.</summary>
    public void ErrorLine(string text)
    {
        var indent = text.Length - text.TrimStart(' ').Length;
        error.WriteLine(new string(' ', indent) + Clean.Of(text));
    }

    /// <summary>Replaces the live line on standard error; a null erases it. Without a terminal nothing is written.</summary>
    public void Live(string? text)
    {
        if (errorTerminal is null)
            return;
        error.Write("\r\u001b[2K");
        if (text is not null)
            error.Write(Shorten(Clean.Of(text), errorTerminal.Profile.Width - 1));
        error.Flush();
    }

    public void Dispose() => plain.Dispose();

    private static string Shorten(string text, int width) => text.GetCellWidth() <= width ? text : text[..Math.Min(text.Length, Math.Max(1, width - 1))] + "…";

    private static void WriteWrapped(IAnsiConsole console, Words words)
    {
        console.Write(ColourTable.Paragraph(words));
        console.WriteLine();
    }

    private static IAnsiConsole Console(TextWriter writer, bool colours, int width)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        console.Profile.Width = width;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}

using System.Globalization;
using Spectre.Console;

namespace JitBroker.Server.Demo;

/// <summary>How the tour looks: colour on a terminal, plain text in a pipe.</summary>
internal sealed class TourScreen(IAnsiConsole console)
{
    private int _steps;

    public void Chapter(string title)
    {
        console.WriteLine();
        console.MarkupLineInterpolated($"[bold]{title}[/]");
    }

    /// <summary>Somebody did something, and what came of it.</summary>
    public void Says(string typed, string outcome) => console.MarkupLineInterpolated($"    [blue]{typed}[/] [grey]{outcome}[/]");

    /// <summary>A step that held.</summary>
    public void Held(string what)
    {
        _steps++;
        console.MarkupLineInterpolated($"  [green]ok[/] {what}");
    }

    public void Line(string text) => console.MarkupLineInterpolated($"     [grey]{text}[/]");

    public void LeftOut(string title, string because)
    {
        console.WriteLine();
        console.MarkupLineInterpolated($"[grey]Left out: {title} ({because})[/]");
    }

    public void Finished() => console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"\n[green]The tour held: {_steps} steps.[/]");

    public void Failed(string why) => console.MarkupLineInterpolated($"  [red]not ok[/] {why}");
}

using System.Text;
using JitBroker.Cli.Collecting;

namespace JitBroker.Cli.Running;

/// <summary>All that a run takes from the machine, so that a test can be the machine.</summary>
internal sealed record Surroundings
{
    /// <summary>An environment variable, or null when unset or empty.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>Standard output, as bytes: <c>-o json</c> hands the broker's own through.</summary>
    public required Stream Output { get; init; }

    /// <summary>Standard error.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Standard input, for a question that a person is asked.</summary>
    public TextReader Input { get; init; } = TextReader.Null;

    /// <summary>Whether a person reads standard output.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>Whether a person reads standard error.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>A line that a person types; null where nobody does, as in a script.</summary>
    public Func<string?>? ReadLine { get; init; }

    /// <summary>Columns of the terminal.</summary>
    public int Width { get; init; } = 120;

    /// <summary>The only clock: relative times, polling, session ends. The broker's own clock decides everything that matters.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>What this machine is called; told to the broker at sign-in.</summary>
    public required string MachineName { get; init; }

    /// <summary>Where relative paths begin.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Runs the child of <c>exec</c>.</summary>
    public required IChildRunner Children { get; init; }

    /// <summary>Ctrl-C and its kin.</summary>
    public required Interrupts Interrupts { get; init; }

    internal static Surroundings OfThisProcess(Interrupts interrupts) => new()
    {
        Environment = name => System.Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null,
        Output = Console.OpenStandardOutput(),
        Error = new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false)) { AutoFlush = true },
        Input = Console.In,
        OutputIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        ReadLine = Console.IsInputRedirected ? null : Console.ReadLine,
        Width = TerminalWidth(),
#pragma warning disable RS0030 // The clock of a person's own machine, for showing and polling; nothing is decided by it.
        Clock = TimeProvider.System,
#pragma warning restore RS0030
        MachineName = System.Environment.MachineName,
        WorkingDirectory = Directory.GetCurrentDirectory(),
        Children = new ChildRunner(),
        Interrupts = interrupts,
    };

    private static int TerminalWidth()
    {
        if (Console.IsOutputRedirected)
            return 120;
        try
        {
            return Console.WindowWidth is > 20 and var width ? width : 120;
        }
        catch (IOException)
        {
            // A terminal without a size, as some build runners give: the usual width serves.
            return 120;
        }
    }
}

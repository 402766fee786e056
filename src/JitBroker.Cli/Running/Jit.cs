using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using JitBroker.Cli.Commands;
using JitBroker.Cli.Terminal;

namespace JitBroker.Cli.Running;

/// <summary>One run of <c>jit</c>: parses, acts, turns what went wrong into words and an exit code.</summary>
internal static class Jit
{
    internal static async Task<int> RunAsync(IReadOnlyList<string> args, Surroundings around)
    {
        using var screen = new Screen(around);
        var options = new GlobalOptions();
        var root = Root(new Runner(around, screen, options), options, around);
        // "@bea please look" is a reason, not a response file.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction or null)
            return NotUnderstood(parsed, screen);
        using var text = new StreamWriter(around.Output, leaveOpen: true) { AutoFlush = true, NewLine = "\n" };
        var invocation = new InvocationConfiguration { Output = text, Error = around.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return await parsed.InvokeAsync(invocation, around.Interrupts.Token);
    }

    private static RootCommand Root(Runner run, GlobalOptions options, Surroundings around)
    {
        var root = new RootCommand("Just-in-time access: ask for it, decide on it, collect it, give it back.") { options.Url, options.Output };
        foreach (var verb in All(run))
            root.Add(verb);
        foreach (var option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction help } helpOption)
                helpOption.Action = new ExampledHelp(help, around);
            else if (option is VersionOption version)
                version.Action = new PrintVersion();
        }

        return root;
    }

    private static IEnumerable<Command> All(Runner run) =>
    [
        LoginCommand.Create(run), LogoutCommand.Create(run), WhoamiCommand.Create(run),
        ListCommand.Create(run), WhyCommand.Create(run), RequestCommand.Create(run), MineCommand.Create(run), CancelCommand.Create(run),
        CredsCommand.Create(run), ExecCommand.Create(run), PsqlCommand.Create(run), AwsCommand.Create(run), ExtendCommand.Create(run), BreakGlassCommand.Create(run), EndCommands.Done(run),
        PendingCommand.Create(run), DecideCommands.Approve(run), DecideCommands.Deny(run), EndCommands.Revoke(run),
        ReviewCommands.List(run), ReviewCommands.Review(run), ReviewCommands.Lift(run),
        StuckCommands.List(run), StuckCommands.Retry(run), StuckCommands.Abandon(run), ReconcileCommand.Create(run),
        LinkCommand.Create(run), IdentitiesCommand.Create(run),
        AuditCommand.Create(run), CatalogCommand.Create(run), DoctorCommand.Create(run), CompletionCommand.Create(run),
    ];

    private static int NotUnderstood(ParseResult parsed, Screen screen)
    {
        var at = parsed.CommandResult.Command;
        var path = string.Join(' ', Path(at));
        if (at.Subcommands.Count > 0 && parsed.UnmatchedTokens is [var word, ..])
            screen.Complain("usage", $"'{word}' is no verb of {path}.", Nearest.To(word, at.Subcommands.Select(verb => verb.Name)) is { } near ? $"did you mean {path} {near}?" : $"{path} --help");
        else if (at.Subcommands.Count > 0)
            screen.Complain("usage", "Say what to do.", $"{path} --help");
        else
            screen.Complain("usage", string.Join(' ', parsed.Errors.Select(Said).Distinct(StringComparer.Ordinal)), $"{path} --help");
        return Exits.Usage;
    }

    /// <summary>The library names the verb whose argument is missing; which one is missing helps more.</summary>
    private static string Said(ParseError error) =>
        error.SymbolResult is ArgumentResult { Parent: CommandResult, Tokens.Count: 0 } missing ? $"{missing.Argument.Name} is missing."
        : error.Message.EndsWith('.') ? error.Message
        : error.Message + ".";

    private static IEnumerable<string> Path(Command command)
    {
        var names = new Stack<string>();
        for (var at = command; at is not null and not RootCommand; at = at.Parents.OfType<Command>().FirstOrDefault())
            names.Push(at.Name);
        return names.Prepend("jit");
    }

    private sealed class PrintVersion : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine($"jit {typeof(Jit).Assembly.GetName().Version?.ToString(3)}");
            return Exits.Done;
        }
    }
}

using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace JitBroker.Cli.Running;

/// <summary>The library's help, followed by the verb's examples.</summary>
internal sealed class ExampledHelp : SynchronousCommandLineAction
{
    private const string Start = """

        Begin here:
          jit login                                    sign in, confirmed in chat
          jit list                                     what you may ask for
          jit request orders-db:read 1h INC-42 --wait  ask, and wait for the decision
          jit exec orders-db:read -- psql              use it
          jit done orders-db:read                      give it back

        Environment:
          JIT_URL    the broker's address, as --url
          JIT_TOKEN  a session's token, in place of the stored sessions
          JIT_HOME   where sessions are kept (default: $XDG_CONFIG_HOME/jit, or ~/.config/jit)

        Exit codes: 0 done, 1 refused (the code is the first word on standard error), 2 not understood, 3 broker unreachable.

        """;

    private readonly HelpAction inner;

    public ExampledHelp(HelpAction inner, Surroundings around)
    {
        this.inner = inner;
        inner.MaxWidth = Math.Min(around.Width, 110);
    }

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        inner.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is Verb { Examples.Count: > 0 } verb)
        {
            output.WriteLine("Examples:");
            foreach (var example in verb.Examples)
                output.WriteLine($"  {example}");
            output.WriteLine();
        }
        else if (parseResult.CommandResult.Command is RootCommand)
            output.Write(Start.ReplaceLineEndings("\n")[1..]);

        return Exits.Done;
    }
}

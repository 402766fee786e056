using System.CommandLine;
using JitBroker.Cli.Terminal;

namespace JitBroker.Cli.Running;

/// <summary>Runs a verb's act and answers its exit code, whatever happens.</summary>
internal sealed class Runner(Surroundings around, Screen screen, GlobalOptions options)
{
    public async Task<int> ActAsync(ParseResult parsed, Func<Invocation, Task<int>> act)
    {
        using var invocation = new Invocation(around, screen, parsed, options);
        try
        {
            return await act(invocation);
        }
        catch (Exception fault)
        {
            screen.Live(null);
            return Complaint.Print(fault, screen);
        }
    }
}

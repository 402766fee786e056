using System.CommandLine;
using JitBroker.Cli.Finding;
using JitBroker.Cli.Running;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit extend</c>: asks for more time on a grant.</summary>
internal static class ExtendCommand
{
    internal static Verb Create(Runner run)
    {
        var grant = new Argument<string>("GRANT") { Description = "An id, the first 6 or more of it, or an entitlement with one live grant." };
        var duration = new Argument<string>("DURATION") { Description = "How much more, such as 30m." };
        var reason = new Argument<string[]>("REASON") { Description = "Why.", Arity = ArgumentArity.ZeroOrMore };
        return new Verb("extend", "Ask for more time on a grant.", "jit extend orders-db:read 30m INC-42 still looking") { grant, duration, reason }.Does(run, async invocation =>
        {
            var broker = invocation.For(SessionUse.Ask);
            var id = await Grants.MineAsync(invocation, broker, invocation.Get(grant)!);
            var body = new ExtendBody { Duration = invocation.Get(duration)!, Reason = invocation.Sentence(reason) };
            return RequestView.Print(invocation, await broker.ExtendAsync(id, body, Invocation.NewKey(), invocation.Cancel));
        });
    }
}

using System.CommandLine;
using JitBroker.Cli.Finding;
using JitBroker.Cli.Running;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit approve</c> and <c>jit deny</c>, with the session that may decide.</summary>
internal static class DecideCommands
{
    private const string RequestHelp = "An id, the first 6 or more of it, or an entitlement with one pending request.";

    internal static Verb Approve(Runner run)
    {
        var request = new Argument<string>("REQUEST") { Description = RequestHelp };
        var time = new Option<string?>("--for") { Description = "Approve for less than was asked.", HelpName = "DURATION" };
        var comment = new Option<string?>("--comment") { Description = "A word to the asker.", HelpName = "TEXT" };
        return new Verb("approve", "Approve a request.", "jit approve 01KAJ5W4", "jit approve orders-db:read --for 30m --comment \"one table only\"") { request, time, comment }
            .Does(run, invocation => DecideAsync(invocation, invocation.Get(request)!,
                new DecideBody { Verdict = Verdict.Approve, Comment = invocation.Get(comment), Duration = invocation.Get(time) }));
    }

    internal static Verb Deny(Runner run)
    {
        var request = new Argument<string>("REQUEST") { Description = RequestHelp };
        var reason = new Argument<string[]>("REASON") { Description = "Why; the asker reads it.", Arity = ArgumentArity.OneOrMore };
        return new Verb("deny", "Deny a request.", "jit deny orders-db:read use the replica") { request, reason }
            .Does(run, invocation => DecideAsync(invocation, invocation.Get(request)!, new DecideBody { Verdict = Verdict.Deny, Comment = invocation.Sentence(reason) }));
    }

    private static async Task<int> DecideAsync(Invocation run, string text, DecideBody body)
    {
        var broker = run.For(SessionUse.Decide);
        var id = await Requests.ToDecideAsync(run, broker, text);
        return RequestView.Print(run, await broker.DecideAsync(id, body, Invocation.NewKey(), run.Cancel));
    }
}

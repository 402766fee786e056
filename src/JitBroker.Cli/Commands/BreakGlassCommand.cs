using System.CommandLine;
using JitBroker.Cli.Finding;
using JitBroker.Cli.Running;
using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit breakglass</c>: takes an access at once, without approval. At a terminal its name is typed once more; in a script the words are the confirmation.</summary>
internal static class BreakGlassCommand
{
    private const string Means = "This starts now, without approval. Those who review it, the owners and everyone who would have been asked are told at once, and somebody else reviews it.";

    internal static Verb Create(Runner run)
    {
        var entitlement = new Argument<string>("ENTITLEMENT") { Description = "What you need." };
        var duration = new Argument<string>("DURATION") { Description = "For how long, such as 30m; the catalog sets a hard limit." };
        var incident = new Argument<string>("INCIDENT") { Description = "What it is for, such as INC-77." };
        var reason = new Argument<string[]>("REASON") { Description = "What is happening.", Arity = ArgumentArity.OneOrMore };
        var escalates = new Option<string?>("--escalates") { Description = "An own request for the same that waits; it is withdrawn.", HelpName = "REQUEST" };
        var yes = new Option<bool>("--yes") { Description = "At a terminal, do not ask to type the name once more. A script is never asked." };
        return new Verb("breakglass", "Take access at once in an emergency, if you are on call.", "jit breakglass orders-db:admin 30m INC-77 checkout is down") { entitlement, duration, incident, reason, escalates, yes }
            .Does(run, async invocation =>
            {
                var name = invocation.Get(entitlement)!;
                Confirm(invocation, name, invocation.Get(yes));
                var broker = invocation.For(SessionUse.Ask);
                var body = new SubmitBody
                {
                    Entitlement = name, Duration = invocation.Get(duration), Incident = invocation.Get(incident), Reason = invocation.Sentence(reason), BreakGlass = true,
                    Escalates = invocation.Get(escalates) is { } open ? await Requests.MineAsync(invocation, broker, open) : null,
                };
                return Print(invocation, await broker.SubmitAsync(body, Invocation.NewKey(), invocation.Cancel));
            });
    }

    private static void Confirm(Invocation run, string name, bool yes)
    {
        if (yes || run.Around.ReadLine is not { } read || !run.Screen.ErrorIsTerminal)
            return;
        run.Screen.ErrorLine(Means);
        run.Screen.ErrorLine($"Type {name} to take it:");
        if (read()?.Trim() != name)
            throw new RefusedHereException(Codes.InvalidValue, "That is not its name, so nothing was taken.", "run it again, or ask with jit request");
    }

    private static int Print(Invocation run, BrokerReply<RequestResource> reply)
    {
        if (run.Json)
        {
            run.Screen.Json(reply.Body);
            return Exits.Done;
        }

        RequestView.Asked(run, reply.Value);
        run.Screen.Hint($"jit exec {reply.Value.Entitlement} -- CMD uses it; jit done {reply.Value.Entitlement} ends it. Somebody else reviews it.");
        return Exits.Done;
    }
}

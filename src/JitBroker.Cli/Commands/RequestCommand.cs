using System.CommandLine;
using JitBroker.Cli.Running;
using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit request</c>: asks, and with <c>--wait</c> stays until it is decided.</summary>
internal static class RequestCommand
{
    internal static Verb Create(Runner run)
    {
        var entitlement = new Argument<string>("ENTITLEMENT") { Description = "What you need, as jit list names it." };
        var words = new Argument<string[]>("DURATION/REASON") { Description = "For how long (such as 1h30m; left out: the usual time), then why.", Arity = ArgumentArity.ZeroOrMore };
        var wait = new Option<bool>("--wait") { Description = "Wait for the decision: exit 0 once the access is active, 1 when denied, lapsed or cancelled." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show who would decide; nothing is asked." };
        var bundle = new Option<bool>("--bundle") { Description = "ENTITLEMENT is a bundle: all of it, or nothing." };
        return new Verb("request", "Ask for access.",
            "jit request orders-db:read 1h INC-42 slow checkout", "jit request orders-db:read INC-42 --wait", "jit request incident-kit --bundle 30m INC-42") { entitlement, words, wait, dryRun, bundle }
            .Does(run, async invocation =>
            {
                var ask = Ask(invocation.Get(entitlement)!, invocation.Get(words) ?? [], invocation.Get(bundle));
                if (invocation.Get(dryRun))
                    return await DryRunAsync(invocation, ask);
                if (ask.Bundle is not null)
                    return await BundleAsync(invocation, ask, invocation.Get(wait));
                return await SubmitAsync(invocation, ask, invocation.Get(wait));
            });
    }

    /// <summary>The first word is the duration only if all of it is one; the broker judges it.</summary>
    private static SubmitBody Ask(string name, string[] words, bool bundle)
    {
        var timed = words.Length > 0 && Durations.LooksLikeOne(words[0]);
        var reason = string.Join(' ', words.Skip(timed ? 1 : 0)).Trim();
        return new SubmitBody
        {
            Entitlement = bundle ? null : name,
            Bundle = bundle ? name : null,
            Duration = timed ? words[0] : null,
            Reason = reason.Length > 0 ? reason : null,
        };
    }

    private static async Task<int> SubmitAsync(Invocation run, SubmitBody ask, bool wait)
    {
        var broker = run.For(SessionUse.Ask);
        var reply = await broker.SubmitAsync(ask, Invocation.NewKey(), run.Cancel);
        if (!run.Json)
            RequestView.Asked(run, reply.Value);
        if (wait)
            return await Waiting.ForGrantAsync(run, broker, reply);
        if (run.Json)
            run.Screen.Json(reply.Body);
        else
            Next(run, reply.Value);
        return Exits.Done;
    }

    private static void Next(Invocation run, RequestResource request) => run.Screen.Hint(request.State is RequestState.Approved
        ? $"jit exec {request.Entitlement} -- CMD uses it, jit creds {request.Entitlement} shows it."
        : $"jit mine shows how it goes; jit cancel {request.Entitlement} withdraws it.");

    private static async Task<int> BundleAsync(Invocation run, SubmitBody ask, bool wait)
    {
        if (wait)
            throw new UsageFaultException("--wait follows one request, and a bundle is several.", "leave --wait out, then jit mine");
        var reply = await run.For(SessionUse.Ask).SubmitBundleAsync(ask, Invocation.NewKey(), run.Cancel);
        if (run.Json)
            run.Screen.Json(reply.Body);
        else
            reply.Value.Items.ToList().ForEach(request => RequestView.Asked(run, request));
        return Exits.Done;
    }

    private static async Task<int> DryRunAsync(Invocation run, SubmitBody ask)
    {
        var reply = await run.For(SessionUse.Ask).DryRunAsync(ask, run.Cancel);
        var result = reply.Value;
        if (run.Json)
            run.Screen.Json(reply.Body);
        else if (result.Allowed)
            run.Screen.Line(Piece.Ours("You may ask. ", Tone.Good), new Piece(result.Approvers.Count == 0
                ? "It is approved at once."
                : $"These would decide: {string.Join(", ", result.Approvers.Select(person => person.Name))}{(result.LapsesAt is { } lapses ? $"; it would lapse {run.Times.Both(lapses)}" : "")}."));
        if (result.Allowed)
            return Exits.Done;
        throw new RefusedHereException(result.Code ?? Codes.Forbidden, "This would be refused; nothing was asked.", $"jit why {ask.Entitlement ?? ask.Bundle}");
    }
}

using System.CommandLine;
using JitBroker.Cli.Finding;
using JitBroker.Cli.Running;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit done</c> gives one's own access back; <c>jit revoke</c> takes another's away.</summary>
internal static class EndCommands
{
    internal static Verb Done(Runner run)
    {
        var grant = new Argument<string?>("GRANT") { Description = "An id, the first 6 or more of it, or an entitlement with one live grant. Left out: your only active one.", Arity = ArgumentArity.ZeroOrOne };
        return new Verb("done", "Give access back.", "jit done", "jit done orders-db:read") { grant }.Does(run, async invocation =>
        {
            var broker = invocation.For(SessionUse.Ask);
            var id = invocation.Get(grant) is { } given ? await Grants.MineAsync(invocation, broker, given) : await Grants.OnlyActiveAsync(invocation, broker);
            var reply = await broker.EndAsync(id, new EndBody(), Invocation.NewKey(), invocation.Cancel);
            invocation.Credentials(SessionUse.Ask).ForgetGrant(id);
            return GrantView.Print(invocation, reply);
        });
    }

    internal static Verb Revoke(Runner run)
    {
        var grant = new Argument<string>("GRANT") { Description = "An id, the first 6 or more of it, or an entitlement with one live grant." };
        var reason = new Argument<string[]>("REASON") { Description = "Why; its holder is told.", Arity = ArgumentArity.OneOrMore };
        return new Verb("revoke", "End somebody's access now.", "jit revoke 01KAJ5W4 wrong database") { grant, reason }.Does(run, async invocation =>
        {
            var broker = invocation.For(SessionUse.EndOther);
            var id = await Grants.AnyAsync(invocation, broker, invocation.Get(grant)!);
            var body = new EndBody { Reason = invocation.Sentence(reason) };
            return GrantView.Print(invocation, await broker.EndAsync(id, body, Invocation.NewKey(), invocation.Cancel));
        });
    }
}

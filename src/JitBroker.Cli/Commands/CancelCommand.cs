using System.CommandLine;
using JitBroker.Cli.Finding;
using JitBroker.Cli.Running;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit cancel</c>: withdraws a request of one's own.</summary>
internal static class CancelCommand
{
    internal static Verb Create(Runner run)
    {
        var request = new Argument<string>("REQUEST") { Description = "An id, the first 6 or more of it, or an entitlement with one pending request." };
        return new Verb("cancel", "Withdraw a request of yours.", "jit cancel orders-db:read") { request }.Does(run, async invocation =>
        {
            var broker = invocation.For(SessionUse.Ask);
            var id = await Requests.MineAsync(invocation, broker, invocation.Get(request)!);
            return RequestView.Print(invocation, await broker.CancelAsync(id, Invocation.NewKey(), invocation.Cancel));
        });
    }
}

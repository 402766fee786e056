using System.CommandLine;
using JitBroker.Cli.Finding;
using JitBroker.Cli.Running;
using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary>For operators: ends that cannot be done for now. <c>jit stuck</c> lists them, <c>jit retry</c> tries one now, <c>jit abandon</c> gives one up.</summary>
internal static class StuckCommands
{
    internal static Verb List(Runner run) =>
        new Verb("stuck", "List ends that cannot be done for now. For operators, admins and auditors.", "jit stuck").Does(run, async invocation =>
        {
            var broker = invocation.For(SessionUse.EndOther);
            if (invocation.Json)
            {
                invocation.Screen.Json((await broker.ListStuckAsync(null, Pages.Size, invocation.Cancel)).Body);
                return Exits.Done;
            }

            var stuck = await Pages.AllAsync(cursor => broker.ListStuckAsync(cursor, Pages.Size, invocation.Cancel));
            if (stuck.Count == 0)
                invocation.Screen.Line("Nothing is stuck.");
            else
                Show(invocation, stuck);
            return Exits.Done;
        });

    internal static Verb Retry(Runner run)
    {
        var lease = Lease();
        var reason = new Argument<string[]>("REASON") { Description = "What was mended, for the record.", Arity = ArgumentArity.ZeroOrMore };
        return new Verb("retry", "Have a stuck end tried again now. For operators.", "jit retry 01KAJ5W4", "jit retry 01KAJ5W4 the target is back") { lease, reason }.Does(run, async invocation =>
        {
            var broker = invocation.For(SessionUse.EndOther);
            var body = new LeaseBody { Reason = invocation.Sentence(reason) };
            var reply = await broker.RetryLeaseAsync(await FindAsync(invocation, broker, invocation.Get(lease)!), body, Invocation.NewKey(), invocation.Cancel);
            return Print(invocation, reply, "is tried again now");
        });
    }

    internal static Verb Abandon(Runner run)
    {
        var lease = Lease();
        var reason = new Argument<string[]>("REASON") { Description = "Why nobody needs to see it verified; it stays in all evidence.", Arity = ArgumentArity.OneOrMore };
        return new Verb("abandon", "Give a stuck end up: it is over for the broker and never verified. For operators.", "jit abandon 01KAJ5W4 the server was scrapped") { lease, reason }.Does(run, async invocation =>
        {
            var broker = invocation.For(SessionUse.EndOther);
            var body = new LeaseBody { Reason = invocation.Sentence(reason) };
            var reply = await broker.AbandonLeaseAsync(await FindAsync(invocation, broker, invocation.Get(lease)!), body, Invocation.NewKey(), invocation.Cancel);
            return Print(invocation, reply, "ABANDONED, NOT VERIFIED");
        });
    }

    private static Argument<string> Lease() => new("LEASE") { Description = "The lease's id, or the first 6 or more of it, as jit stuck shows it." };

    private static Task<string> FindAsync(Invocation run, BrokerClient broker, string text) =>
        new Finder("stuck lease", "jit stuck lists them").FindAsync(text, new Source(true, async () =>
            (await Pages.AllAsync(cursor => broker.ListStuckAsync(cursor, Pages.Size, run.Cancel))).Select(lease => new Candidate(lease.Id, lease.Entitlement, $"{lease.Entitlement}, {lease.Holder.Name}"))));

    private static void Show(Invocation run, IReadOnlyList<LeaseDetailResource> stuck)
    {
        var grid = new Grid(new Column("LEASE", Whole: true), "ENTITLEMENT", "HOLDER", "TARGET", "STUCK SINCE", "ATTEMPTS", "LAST ERROR");
        foreach (var lease in stuck)
            grid.Add(lease.Id, new Piece(lease.Entitlement, Tone.Strong), lease.Holder.Name, lease.Target, new Piece(lease.StuckSince is { } since ? run.Times.Both(since) : "", Tone.Bad), $"{lease.Attempts}", lease.LastError);
        run.Screen.Table(grid);
        run.Screen.Hint("jit retry LEASE tries one now; jit abandon LEASE REASON gives one up.");
    }

    private static int Print(Invocation run, BrokerReply<LeaseDetailResource> reply, string what)
    {
        if (run.Json)
            run.Screen.Json(reply.Body);
        else
            run.Screen.Line(new Piece(reply.Value.Id), Piece.Ours("  "), new Piece(reply.Value.Entitlement, Tone.Strong), Piece.Ours("  "), Piece.Ours(what, reply.Value.Verified is false ? Tone.Bad : Tone.Plain));
        return Exits.Done;
    }
}

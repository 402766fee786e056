using System.CommandLine;
using JitBroker.Cli.Running;
using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit catalog accept [HASH]</c>: lets a held catalog come into force; without a hash, shows what is held and what it would do. For admins.</summary>
internal static class CatalogAcceptCommand
{
    private const int HashShown = 12;

    internal static Verb Create(Runner run)
    {
        var hash = new Argument<string?>("HASH") { Description = "The catalog's hash, or its first digits (at least 6). Without it: what waits.", Arity = ArgumentArity.ZeroOrOne, HelpName = "HASH" };
        return new Verb("accept", "Let a catalog come into force that the broker holds because of what it would end or drop.", "jit catalog accept", "jit catalog accept 3f2a9c1b") { hash }
            .Does(run, invocation => invocation.Get(hash) is { } given ? AcceptAsync(invocation, given) : ShowAsync(invocation));
    }

    private static async Task<int> AcceptAsync(Invocation run, string hash)
    {
        var reply = await run.For(SessionUse.Decide).AcceptCatalogAsync(hash.Trim().ToLowerInvariant(), run.Cancel);
        if (run.Json)
        {
            run.Screen.Json(reply.Body);
            return Exits.Done;
        }

        var done = reply.Value;
        run.Screen.Line(Piece.Ours("In force", Tone.Good), Piece.Ours(": "), new Piece(Short(done.Hash), Tone.Accent), Piece.Ours($" ({Count(done.Entitlements, "entitlement", "entitlements")}, {Count(done.People, "person", "people")})."));
        if (done.EndedGrants + done.LapsedRequests > 0)
            run.Screen.Line(Piece.Ours($"{Count(done.EndedGrants, "live grant", "live grants")} ended, {Count(done.LapsedRequests, "pending request", "pending requests")} lapsed."));
        return Exits.Done;
    }

    private static async Task<int> ShowAsync(Invocation run)
    {
        var reply = await run.For(SessionUse.EndOther).GetCatalogAsync(run.Cancel);
        if (run.Json)
        {
            run.Screen.Json(reply.Body);
            return Exits.Done;
        }

        var catalog = reply.Value;
        run.Screen.Line(Piece.Ours("In force since "), new Piece(run.Times.Both(catalog.InForce.AcceptedAt)), Piece.Ours(": "), new Piece(Short(catalog.InForce.Hash), Tone.Accent));
        if (catalog.File.Remark is { } remark)
            run.Screen.Line(new Piece(remark, Tone.Warn));
        CatalogCommand.ShowProblems(run, catalog.File.Problems);
        if (catalog.Waiting.Count == 0)
            run.Screen.Line(Piece.Ours("No catalog waits."));
        foreach (var waiting in catalog.Waiting)
            Show(run, waiting);
        return Exits.Done;
    }

    private static void Show(Invocation run, WaitingCatalogResource waiting)
    {
        run.Screen.Line(Piece.Ours("Waiting since "), new Piece(run.Times.Both(waiting.Since)), Piece.Ours(": "), new Piece(Short(waiting.Hash), Tone.Accent));
        foreach (var line in waiting.Effect)
            run.Screen.Line(Piece.Ours("    "), new Piece(line));
        run.Screen.Line(Piece.Ours("    → ", Tone.Dim), new Piece($"jit catalog accept {Short(waiting.Hash)}"));
    }

    private static string Short(string hash) => hash.Length > HashShown ? hash[..HashShown] : hash;

    private static string Count(int count, string one, string many) => FormattableString.Invariant($"{count} {(count == 1 ? one : many)}");
}

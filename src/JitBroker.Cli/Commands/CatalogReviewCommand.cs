using System.CommandLine;
using System.Globalization;
using JitBroker.Cli.Running;
using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit catalog review</c>: how access is used, what to keep and what to remove; and the patch that removes it. Exit 0 whether or not there is anything to remove.</summary>
internal static class CatalogReviewCommand
{
    private const string TooEarly = "The broker has not looked for long enough to propose anything for removal.";

    internal static Verb Create(Runner run)
    {
        var unused = new Option<string?>("--unused") { Description = "What counts as unused (default: not in 90 days).", HelpName = "DURATION" };
        var patch = new Option<bool>("--patch") { Description = "Print nothing but the patch of the catalog, for git apply." };
        return new Verb("review", "Who could ask, who did, what was never used; and the patch that removes it.", "jit catalog review", "jit catalog review --unused 180d", "jit catalog review --patch | git apply --check") { unused, patch }
            .Does(run, invocation => ReviewAsync(invocation, invocation.Get(unused), invocation.Get(patch)));
    }

    private static async Task<int> ReviewAsync(Invocation run, string? unused, bool patchOnly)
    {
        var reply = await run.For(SessionUse.Ask).ReviewAccessAsync(unused, run.Cancel);
        if (run.Json)
            run.Screen.Json(reply.Body);
        else if (!patchOnly)
            Show(run, reply.Value);
        else if (reply.Value.Patch is { Length: > 0 } patch)
            Print(run, patch);
        else if (reply.Value.Patch is not null)
            SayEmpty(run, reply.Value);
        else
            throw new RefusedHereException(Codes.Forbidden, "Only admins and auditors get the patch: it shows the catalog.");
        return Exits.Done;
    }

    private static void Show(Invocation run, AccessReviewResource review)
    {
        if (IsTooEarly(review))
            run.Screen.Line(Piece.Ours(TooEarly, Tone.Dim));
        var grid = new Grid(new Column("ENTITLEMENT", Whole: true), "MAY ASK", "ASKED", "LAST USED", "UNUSED BY", "PROPOSAL");
        foreach (var one in review.Entitlements)
        {
            grid.Add(new Piece(one.Name, Tone.Accent), Number(one.MayAsk), Number(one.Asked), one.LastUsedAt is { } at ? run.Times.Absolute(at) : "never", Number(one.Unused),
                new Piece(string.Join("; ", one.Proposals.Select(p => $"{p.Action} {(p.What == "group" ? p.Name : "it")}: {p.Because}")), one.Proposals.Any(p => p.Action == "remove") ? Tone.Bad : Tone.Dim));
        }

        run.Screen.Table(grid);
        foreach (var idle in review.IdleMembers.GroupBy(i => i.Group, StringComparer.Ordinal))
            run.Screen.Line(Piece.Ours("remove from "), new Piece(idle.Key, Tone.Accent), Piece.Ours(": "), new Piece(string.Join(", ", idle.Select(i => i.Person.Email))));
        foreach (var by in review.ByHand)
            run.Screen.Line(Piece.Ours("by hand: ", Tone.Dim), new Piece(by));
        if (review.Patch is not { Length: > 0 } patch)
            return;
        run.Screen.Blank();
        Print(run, patch);
    }

    /// <summary>On standard error: what reads the patch is a program, and an empty one is all it gets.</summary>
    private static void SayEmpty(Invocation run, AccessReviewResource review)
    {
        run.Screen.ErrorLine($"The patch is empty. {(IsTooEarly(review) ? TooEarly : review.ByHand.Count > 0 ? "What there is to remove is removed by hand:" : "There is nothing to remove.")}");
        foreach (var by in review.ByHand)
            run.Screen.ErrorLine("  " + by);
    }

    private static bool IsTooEarly(AccessReviewResource review) => review.KnownSince is not { } known || known > review.Since;

    /// <summary>Exact for a program; made harmless for a terminal, since a remark in a catalog can hold anything.</summary>
    private static void Print(Invocation run, string patch) =>
        run.Screen.Exact(run.Screen.OutputIsTerminal ? string.Concat(patch.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => Harmless(l) + "\n")) : patch);

    private static string Harmless(string line)
    {
        var indent = line.Length - line.TrimStart(' ', '+', '-').Length;
        return line[..indent] + Clean.Of(line[indent..]);
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}

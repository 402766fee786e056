using System.CommandLine;
using JitBroker.Cli.Running;
using JitBroker.Cli.Terminal;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit why</c>: each rule, met or not.</summary>
internal static class WhyCommand
{
    internal static Verb Create(Runner run)
    {
        var entitlement = new Argument<string>("ENTITLEMENT") { Description = "Its name, as jit list shows it." };
        return new Verb("why", "Why you may, or may not, have an entitlement.", "jit why orders-db:read") { entitlement }
            .Does(run, invocation => ActAsync(invocation, invocation.Get(entitlement)!));
    }

    private static async Task<int> ActAsync(Invocation run, string entitlement)
    {
        var why = await run.For(SessionUse.Ask).WhyAsync(entitlement, run.Cancel);
        if (run.Json)
        {
            run.Screen.Json(why.Body);
            return Exits.Done;
        }

        run.Screen.Line(new Piece(entitlement, Tone.Accent), Piece.Ours(": "), why.Value.Allowed ? new Piece("you may ask for it", Tone.Good) : new Piece("you may not ask for it", Tone.Bad));
        var rules = new Grid("", "", "");
        foreach (var rule in why.Value.Rules)
            rules.Add(rule.Ok ? new Piece("✓", Tone.Good) : new Piece("✗", Tone.Bad), new Piece(rule.Rule, Tone.Dim), rule.Text);
        run.Screen.Table(rules);
        return Exits.Done;
    }
}

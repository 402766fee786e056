using System.CommandLine;
using JitBroker.Cli.Running;
using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary>For operators: <c>jit reconcile</c> has targets compared with the leases now, one or all that can be asked.</summary>
internal static class ReconcileCommand
{
    internal static Verb Create(Runner run)
    {
        var issuer = new Argument<string?>("ISSUER") { Description = "An issuer of the catalog; without it, every one whose target can be asked.", Arity = ArgumentArity.ZeroOrOne };
        var dryRun = new Option<bool>("--dry-run") { Description = "Look only; end nothing." };
        var budget = new Option<int?>("--budget") { Description = "Most ends that may be begun again, 1 to 1000 (default 20). Were there more, none is.", HelpName = "N" };
        return new Verb(
            "reconcile", "Compare what stands at targets with the leases, and have what was left behind ended. For operators.", "jit reconcile --dry-run", "jit reconcile orders-pg", "jit reconcile orders-pg --budget 60")
        { issuer, dryRun, budget }.Does(run, async invocation =>
        {
            var broker = invocation.For(SessionUse.EndOther);
            var body = new ReconciliationBody { DryRun = invocation.Get(dryRun), Budget = invocation.Get(budget) };
            if (invocation.Get(issuer) is not { } named)
                return await AllAsync(invocation, broker, body);
            var reply = await broker.ReconcileAsync(named, body, invocation.Cancel);
            if (invocation.Json)
                invocation.Screen.Json(reply.Body);
            else
                Show(invocation, [reply.Value]);
            return Exits.Done;
        });
    }

    private static async Task<int> AllAsync(Invocation run, BrokerClient broker, ReconciliationBody body)
    {
        var issuers = (await broker.ListReconciliationsAsync(run.Cancel)).Value.Items.Select(r => r.Issuer).ToList();
        var looks = new List<ReconciliationResource>();
        foreach (var issuer in issuers)
            looks.Add((await broker.ReconcileAsync(issuer, body, run.Cancel)).Value);
        if (run.Json)
            run.Screen.Json((await broker.ListReconciliationsAsync(run.Cancel)).Body);
        else if (looks.Count == 0)
            run.Screen.Line("No issuer of the catalog has a target that can be asked what stands there.");
        else
            Show(run, looks);
        return Exits.Done;
    }

    private static void Show(Invocation run, IReadOnlyList<ReconciliationResource> looks)
    {
        foreach (var look in looks)
        {
            run.Screen.Line(new Piece(look.Issuer, Tone.Strong), Piece.Ours("  "), new Piece(Summary(look), ToneOf(look)));
            if (look.Findings.Count == 0)
                continue;
            var grid = new Grid("KIND", "SEEN", "WHAT");
            foreach (var finding in look.Findings)
                grid.Add(new Piece(finding.Kind, finding.Kind == "standing" ? Tone.Bad : Tone.Warn), finding.EndsAgain ? "ends again" : finding.Confirmed ? "twice" : "once", finding.Text);
            run.Screen.Table(grid);
        }

        foreach (var look in looks.Where(l => l.OverBudget > 0))
            run.Screen.Hint($"nothing was ended at {look.Issuer}: jit reconcile {look.Issuer} --budget {look.OverBudget} would");
    }

    internal static string Summary(ReconciliationResource look) => look switch
    {
        { LookedAt: null } => "was not looked at yet",
        { Failed: { } why } => $"nothing can be concluded: {why}",
        { OverBudget: > 0 } => $"{look.OverBudget} leases stand although they were revoked, more than the budget of {look.Budget}: nothing was ended",
        { EndedAgain: > 0 } => $"{look.EndedAgain} stood although they were revoked, and are being ended again",
        { Found: 0 } => $"agrees with the leases ({look.Live} in use)",
        _ => $"{look.Found} {(look.Found == 1 ? "thing does" : "things do")} not agree with the leases",
    };

    private static Tone ToneOf(ReconciliationResource look) =>
        look.EndedAgain + look.OverBudget > 0 ? Tone.Bad : look.Found > 0 || look.Failed is not null ? Tone.Warn : Tone.Good;
}

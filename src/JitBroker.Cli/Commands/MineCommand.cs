using System.Text;
using JitBroker.Cli.Finding;
using JitBroker.Cli.Running;
using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit mine</c>: what one holds, and what one asked for.</summary>
internal static class MineCommand
{
    internal static Verb Create(Runner run) =>
        new Verb("mine", "What you hold, and what you asked for.", "jit mine", "jit mine -o json").Does(run, ActAsync);

    private static async Task<int> ActAsync(Invocation run)
    {
        var broker = run.For(SessionUse.Ask);
        if (run.Json)
            return await JsonAsync(run, broker);
        var grants = new List<GrantResource>();
        foreach (var state in new[] { GrantState.Active, GrantState.Scheduled, GrantState.Ending })
            grants.AddRange(await Pages.AllAsync(cursor => broker.ListGrantsAsync(new GrantQuery { Mine = true, State = state, Cursor = cursor, Limit = Pages.Size }, run.Cancel)));
        var requests = await Pages.AllAsync(cursor => broker.ListRequestsAsync(new RequestQuery { Mine = true, State = RequestState.Pending, Cursor = cursor, Limit = Pages.Size }, run.Cancel));
        if (grants.Count == 0 && requests.Count == 0)
        {
            run.Screen.Line("You hold nothing, and nothing you asked for is waiting.");
            run.Screen.Line(Piece.Ours("jit list shows what you may ask for; jit request ENTITLEMENT asks.", Tone.Dim));
            return Exits.Done;
        }

        Show(run, grants, requests);
        return Exits.Done;
    }

    // Two answers in one object, each byte for byte as the API gave it: everything of mine, newest page.
    private static async Task<int> JsonAsync(Invocation run, BrokerClient broker)
    {
        var requests = await broker.ListRequestsAsync(new RequestQuery { Mine = true, Limit = Pages.Size }, run.Cancel);
        var grants = await broker.ListGrantsAsync(new GrantQuery { Mine = true, Limit = Pages.Size }, run.Cancel);
        run.Screen.Json(Encoding.UTF8.GetBytes($"{{\"requests\":{Encoding.UTF8.GetString(requests.Body.Span)},\"grants\":{Encoding.UTF8.GetString(grants.Body.Span)}}}"));
        return Exits.Done;
    }

    private static void Show(Invocation run, List<GrantResource> grants, IReadOnlyList<RequestResource> requests)
    {
        if (grants.Count > 0)
        {
            var held = new Grid(new Column("GRANT", Whole: true), new Column("ENTITLEMENT", Whole: true), "STATE", "", "IN USE");
            foreach (var grant in grants)
                held.Add(new Piece(grant.Id, Tone.Accent), grant.Entitlement, StateWords.Of(grant.State), GrantView.Standing(run.Times, grant), new Piece(InUse(grant), Tone.Dim));
            run.Screen.Table(held);
        }

        if (grants.Count > 0 && requests.Count > 0)
            run.Screen.Blank();
        if (requests.Count > 0)
        {
            var asked = new Grid(new Column("REQUEST", Whole: true), new Column("ENTITLEMENT", Whole: true), "STATE", "FOR", "NEEDS", "LAPSES");
            foreach (var request in requests)
                asked.Add(new Piece(request.Id, Tone.Accent), RequestView.What(request), StateWords.Of(request.State), Durations.ToShort(request.Duration), RequestView.Needs(request), run.Times.Both(request.LapsesAt));
            run.Screen.Table(asked);
        }
    }

    private static string InUse(GrantResource grant)
    {
        var live = grant.Leases.Count(lease => lease.State is LeaseState.Active);
        return grant.Leases.Count == 0 ? "not collected" : $"{live} of {grant.Leases.Count} collected";
    }
}

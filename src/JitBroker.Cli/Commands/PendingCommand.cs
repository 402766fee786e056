using JitBroker.Cli.Finding;
using JitBroker.Cli.Running;
using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit pending</c>: what waits for one's decision.</summary>
internal static class PendingCommand
{
    internal static Verb Create(Runner run)
    {
        var paging = new Paging();
        return paging.On(new Verb("pending", "What waits for your decision.", "jit pending", "jit pending -o json")).Does(run, invocation => ActAsync(invocation, paging));
    }

    private static async Task<int> ActAsync(Invocation run, Paging paging)
    {
        var broker = run.For(SessionUse.Ask);
        var query = new RequestQuery { State = RequestState.Pending, AwaitingMe = true, Limit = Pages.Size };
        if (run.Json)
            return paging.Print(run, await broker.ListRequestsAsync(query with { Cursor = paging.CursorIn(run), Limit = paging.LimitIn(run) }, run.Cancel));
        var requests = await Pages.AllAsync(cursor => broker.ListRequestsAsync(query with { Cursor = cursor }, run.Cancel));
        if (requests.Count == 0)
        {
            run.Screen.Line("Nothing waits for your decision.");
            return Exits.Done;
        }

        run.Screen.Table(Table(run, requests));
        run.Screen.Blank();
        run.Screen.Hint("jit approve REQUEST [--for 30m] · jit deny REQUEST REASON");
        return Exits.Done;
    }

    private static Grid Table(Invocation run, IEnumerable<RequestResource> requests)
    {
        var grid = new Grid(new Column("REQUEST", Whole: true), "WHO", new Column("ENTITLEMENT", Whole: true), "FOR", "WHY", "NEEDS", "ASKED", "LAPSES");
        foreach (var request in requests.OrderBy(request => request.CreatedAt))
        {
            grid.Add(new Piece(request.Id, Tone.Accent), new Piece(request.Requester.Name, Tone.Strong), RequestView.What(request), Durations.ToShort(request.Duration),
                request.Reason, new Piece(RequestView.Needs(request), Tone.Dim), new Piece(run.Times.Relative(request.CreatedAt), Tone.Dim), run.Times.Both(request.LapsesAt));
        }

        return grid;
    }
}

using JitBroker.Cli.Running;
using JitBroker.Client;

namespace JitBroker.Cli.Finding;

/// <summary>Finds requests: those one might decide, or one's own.</summary>
internal static class Requests
{
    internal static Task<string> ToDecideAsync(Invocation run, BrokerClient broker, string text) =>
        new Finder("request", "jit pending shows what waits for you").FindAsync(text,
            From(run, broker, new RequestQuery { AwaitingMe = true, State = RequestState.Pending }),
            // One's own, or one decided before: the broker then says why not.
            From(run, broker, new RequestQuery { State = RequestState.Pending }),
            From(run, broker, new RequestQuery()) with { ByEntitlement = false });

    internal static Task<string> MineAsync(Invocation run, BrokerClient broker, string text) =>
        new Finder("request", "jit mine shows what you asked for").FindAsync(text,
            From(run, broker, new RequestQuery { Mine = true, State = RequestState.Pending }),
            From(run, broker, new RequestQuery { Mine = true }) with { ByEntitlement = false });

    private static Source From(Invocation run, BrokerClient broker, RequestQuery query) => new(true, async () =>
        (await Pages.AllAsync(cursor => broker.ListRequestsAsync(query with { Cursor = cursor, Limit = Pages.Size }, run.Cancel)))
        .Select(request => new Candidate(request.Id, request.Entitlement, $"{request.Entitlement}, {request.Requester.Name}, {WordFor(request.State)}")));

    private static string WordFor(RequestState state) => state is RequestState.Unknown ? "?" : WireWords.Of(state);
}

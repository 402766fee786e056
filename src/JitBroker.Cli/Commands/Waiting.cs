using JitBroker.Cli.Running;
using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary><c>--wait</c>: polls until the access is active or never will be. A broker that is away for a moment is waited for.</summary>
internal static class Waiting
{
    private const int MostFailures = 10;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    internal static async Task<int> ForGrantAsync(Invocation run, BrokerClient broker, BrokerReply<RequestResource> asked)
    {
        var reply = await UntilSettledAsync(run, broker, asked);
        if (run.Json)
            run.Screen.Json(reply.Body);
        return Finish(run, reply.Value);
    }

    /// <summary>Approved and started, or never to be.</summary>
    internal static async Task<BrokerReply<RequestResource>> UntilSettledAsync(Invocation run, BrokerClient broker, BrokerReply<RequestResource> asked)
    {
        var began = run.Around.Clock.GetUtcNow();
        var reply = asked;
        while (!Settled(reply.Value))
        {
            run.Screen.Live(Progress(run, reply.Value, began));
            await run.DelayAsync(Interval);
            reply = await PollAsync(run, broker, reply.Value.Id);
        }

        run.Screen.Live(null);
        return reply;
    }

    /// <summary>The request itself when it led to access; a refusal that says why otherwise.</summary>
    internal static RequestResource Active(Invocation run, RequestResource request)
    {
        if (request.State is not RequestState.Approved)
            throw new RefusedHereException(WireWords.Of(request.State), RequestView.Outcome(run.Times, request), request.State is RequestState.Lapsed ? "jit request asks again" : null);
        if (request.Grant is { State: GrantState.Ending or GrantState.Ended })
            throw new RefusedHereException(Codes.GrantEnded, $"{request.Entitlement} was approved, and has ended since.", "jit request asks again");
        return request;
    }

    private static bool Settled(RequestResource request) => request.State switch
    {
        RequestState.Denied or RequestState.Lapsed or RequestState.Cancelled => true,
        RequestState.Approved => request.Grant is null or { State: not GrantState.Scheduled },
        _ => false,
    };

    private static string Progress(Invocation run, RequestResource request, DateTimeOffset began)
    {
        var waited = Times.Rough(run.Around.Clock.GetUtcNow() - began);
        return request.State is RequestState.Approved
            ? $"Approved; starts {(request.StartsAt is { } starts ? run.Times.Both(starts) : "later")} · waited {waited}"
            : $"Waiting for {RequestView.Needs(request)} · {waited} · lapses {run.Times.Relative(request.LapsesAt)}";
    }

    private static async Task<BrokerReply<RequestResource>> PollAsync(Invocation run, BrokerClient broker, string id)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await broker.GetRequestAsync(id, run.Cancel);
            }
            catch (BrokerUnreachableException) when (failures < MostFailures)
            {
                run.Screen.Live("The broker does not answer; trying again…");
                await run.DelayAsync(Interval * failures);
            }
            catch (BrokerRefusedException refused) when (failures < MostFailures && refused.Code is Codes.RateLimited or Codes.Unavailable)
            {
                await run.DelayAsync(refused.RetryAfter ?? Interval * failures);
            }
        }
    }

    private static int Finish(Invocation run, RequestResource request)
    {
        request = Active(run, request);
        if (!run.Json)
        {
            run.Screen.Line(Piece.Ours("Active", Tone.Good), Piece.Ours(": "), new Piece(RequestView.Outcome(run.Times, request)), Piece.Ours(request.Grant is null ? "" : $" Grant {Clean.Of(request.Grant.Id)}.", Tone.Dim));
            run.Screen.Hint($"jit exec {Clean.Of(request.Entitlement)} -- CMD uses it; jit done {Clean.Of(request.Entitlement)} gives it back.");
        }

        return Exits.Done;
    }
}

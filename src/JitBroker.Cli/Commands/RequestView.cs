using JitBroker.Cli.Running;
using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary>Requests in words.</summary>
internal static class RequestView
{
    /// <summary>The line after a submit.</summary>
    internal static void Asked(Invocation run, RequestResource request)
    {
        var what = new Piece(request.Entitlement, Tone.Strong);
        var time = Piece.Ours($" for {Durations.ToShort(request.Duration)}");
        if (request is { Kind: RequestKind.BreakGlass, State: RequestState.Approved })
            run.Screen.Line(Piece.Ours("Taken without approval", Tone.Bad), Piece.Ours(": "), what, time, Piece.Ours("."));
        else if (request.State is RequestState.Approved)
            run.Screen.Line(Piece.Ours("Approved", Tone.Good), Piece.Ours(": "), what, time, Piece.Ours("."));
        else
            run.Screen.Line(Piece.Ours("Asked for "), what, time, Piece.Ours(". Needs "), new Piece(Needs(request)), Piece.Ours($"; lapses {run.Times.Both(request.LapsesAt)}."));
        run.Screen.Line(new Piece(Ids(request), Tone.Dim));
    }

    private static string Ids(RequestResource request) => $"request {request.Id}{(request.Grant is { } grant ? $", grant {grant.Id}" : "")}";

    /// <summary>The entitlement, and whether it is asked for anew or a grant of it is to last longer.</summary>
    internal static Words What(RequestResource request) =>
        request.Kind is RequestKind.Extension ? new Words(request.Entitlement, Piece.Ours(" (extension)", Tone.Warn)) : request.Entitlement;

    /// <summary><c>1 more of data-owners</c>, or <c>nothing more</c>.</summary>
    internal static string Needs(RequestResource request)
    {
        var open = request.Approval.Where(clause => clause.Have < clause.Votes).Select(clause => $"{clause.Votes - clause.Have}{(clause.Have > 0 ? " more" : "")} of {clause.Group}").ToList();
        return open.Count == 0 ? "nothing more" : string.Join(" and ", open);
    }

    /// <summary>How a settled request came to be so, in a sentence.</summary>
    internal static string Outcome(Times times, RequestResource request)
    {
        var who = request.SettledBy is { } by ? $" by {by.Name}" : "";
        var when = request.SettledAt is { } at ? $" {times.Absolute(at)}" : "";
        var why = request.Decisions.LastOrDefault(decision => decision.Verdict is Verdict.Deny)?.Comment ?? request.SettledBecause;
        return request.State switch
        {
            RequestState.Denied => $"{request.Entitlement} was denied{who}{when}{(why is null ? "." : $": {why}")}",
            RequestState.Lapsed => $"{request.Entitlement} lapsed{when}{(why is null ? "; nobody decided." : $": {why}")}",
            RequestState.Cancelled => $"{request.Entitlement} was withdrawn{who}{when}.",
            RequestState.Approved => $"{request.Entitlement} was approved{who}{when}.",
            _ => $"{request.Entitlement} waits for {Needs(request)}.",
        };
    }

    /// <summary>Prints what a decision, a cancel or an extension answered.</summary>
    internal static int Print(Invocation run, BrokerReply<RequestResource> reply)
    {
        if (run.Json)
            run.Screen.Json(reply.Body);
        else
        {
            run.Screen.Line(StateWords.Of(reply.Value.State), Piece.Ours("  "), new Piece(Outcome(run.Times, reply.Value)));
            run.Screen.Line(new Piece(Ids(reply.Value), Tone.Dim));
        }

        return Exits.Done;
    }
}

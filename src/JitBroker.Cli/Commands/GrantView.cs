using JitBroker.Cli.Running;
using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary>Grants in words.</summary>
internal static class GrantView
{
    /// <summary>One sentence for where a grant stands; what is stuck is never left out.</summary>
    internal static Piece Standing(Times times, GrantResource grant) => grant.State switch
    {
        GrantState.Active => new Piece($"ends {times.Both(grant.EndsAt)}"),
        GrantState.Scheduled => new Piece($"starts {times.Both(grant.StartsAt)}"),
        GrantState.Ending => Ending(times, grant),
        GrantState.Ended => Ended(times, grant),
        _ => new Piece("?"),
    };

    /// <summary>Prints what an end answered.</summary>
    internal static int Print(Invocation run, BrokerReply<GrantResource> reply)
    {
        if (run.Json)
            run.Screen.Json(reply.Body);
        else
        {
            run.Screen.Line(StateWords.Of(reply.Value.State), Piece.Ours("  "), new Piece(reply.Value.Entitlement, Tone.Strong), Piece.Ours("  "), Standing(run.Times, reply.Value));
            if (reply.Value.AccessMayLastUntil is { } until && until > run.Around.Clock.GetUtcNow())
                run.Screen.Line(new Piece($"A credential that was collected stops working {run.Times.Both(until)} at the latest: this target cannot cut it.", Tone.Warn));
        }

        return Exits.Done;
    }

    private static Piece Ending(Times times, GrantResource grant)
    {
        if (grant.Leases.FirstOrDefault(lease => lease.StuckSince is not null) is { } stuck)
            return new Piece($"ENDING SINCE {times.Absolute(stuck.StuckSince!.Value)}, NOT VERIFIED: {stuck.LastError ?? "the target does not confirm"} (attempt {stuck.Attempts})", Tone.Bad);
        var open = grant.Leases.Count(lease => lease.State is not LeaseState.Revoked);
        return new Piece(open == 0 ? "ending, being verified" : $"ending, {open} {(open == 1 ? "credential" : "credentials")} to go");
    }

    private static Piece Ended(Times times, GrantResource grant)
    {
        var how = grant.End is { } end and not GrantEnd.Unknown ? $" ({WireWords.Of(end)}{(grant.EndedBy is { } by ? $" by {by.Name}" : "")})" : "";
        var reason = grant.EndReason is { } said ? $": {said}" : "";
        var abandoned = grant.Leases.Any(lease => lease.Verified is false && lease.State is LeaseState.Revoked);
        var proof = abandoned ? ", NOT VERIFIED" : grant.VerifiedEndAt is { } at ? $", verified {times.Absolute(at)}" : "";
        return new Piece($"ended{how}{reason}{proof}", abandoned ? Tone.Bad : Tone.Dim);
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Issuing;
using JitBroker.Outbox;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.Leases;

/// <summary>What was claimed at one target. <paramref name="IsProbe"/>: the target is paused, and this is the one attempt it gets.</summary>
internal sealed record Turn(IReadOnlyList<Lease> Leases, bool IsProbe)
{
    public static Turn None { get; } = new([], IsProbe: false);
}

/// <summary>Who may go to a target now, and what is learnt of it by those who went. Inside the transactions of those who call it.</summary>
public sealed class Lanes(LaneStore lanes, DueLeaseStore due, ProlongStore prolongs, EventStore events, Announcer announcer)
{
    /// <summary>Longer than any attempt takes: a probe whose process died is followed by another after it.</summary>
    internal static readonly TimeSpan ProbeFor = TimeSpan.FromSeconds(25);

    /// <summary>Claims due ends at one target: none while it must not be asked, one while it is paused, and of those that touch the same principal one at a time.</summary>
    internal async Task<Turn> TakeAsync(Session session, string target, string owner, int most, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var lane = await lanes.LockAsync(session, target, cancellationToken);
        if (lane.NotBefore > now)
            return Turn.None;
        var claimed = await due.ClaimDueAsync(session, target, owner, now, until, lane.IsPaused ? 1 : most, cancellationToken);
        return await TurnAsync(session, lane, claimed, now, cancellationToken);
    }

    /// <summary>As <see cref="TakeAsync"/>, of what is to be given a later end; at a paused target an end that is due goes first.</summary>
    internal async Task<Turn> TakeToProlongAsync(Session session, string target, string owner, int most, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var lane = await lanes.LockAsync(session, target, cancellationToken);
        if (lane.NotBefore > now || (lane.IsPaused && await due.IsAnyDueAsync(session, target, now, cancellationToken)))
            return Turn.None;
        var claimed = await prolongs.ClaimDueAsync(session, target, owner, now, until, lane.IsPaused ? 1 : most, cancellationToken);
        return await TurnAsync(session, lane, claimed, now, cancellationToken);
    }

    /// <summary>Whether something may be minted there now. Null: no. Otherwise whether this is the probe of a paused target.</summary>
    internal async Task<(bool? IsProbe, Refusal? No)> EnterAsync(Session session, RevocationHandle handle, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var lane = handle.Principal is null
            ? await lanes.FindAsync(session, handle.Target, cancellationToken)
            : await lanes.LockAsync(session, handle.Target, cancellationToken);
        if (lane?.NotBefore > now)
            return (null, Closed(lane, now));
        if (handle.Principal is { } principal && await due.IsBusyAsync(session, handle.Target, principal, now, cancellationToken))
            return (null, new Refusal(Codes.IssuerUnavailable, $"Something else is being done to {principal} at {handle.Target} right now. Try again in a moment.") { RetryAfter = TimeSpan.FromSeconds(1) });
        if (lane is not { IsPaused: true })
            return (false, null);
        return await lanes.ProbeAsync(session, lane.Target, now, Instants.Truncate(now + ProbeFor), cancellationToken)
            ? (true, null)
            : (null, Closed(lane with { NotBefore = now + ProbeFor }, now));
    }

    /// <summary>Writes down what an attempt says about the target; a pause and its end are events, and operations are told each once.</summary>
    internal async Task LearnAsync(Session session, string target, Answer answer, bool wasProbe, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var isTrouble = answer.Obstacle is Obstacle.Away or Obstacle.Throttled or Obstacle.Denied;
        if (!isTrouble && await lanes.FindAsync(session, target, cancellationToken) is null or { IsQuiet: true })
            return;
        var before = await lanes.LockAsync(session, target, cancellationToken);
        var after = before.After(answer, wasProbe, now);
        if (after == before)
            return;
        var news = News(before, after);
        await lanes.SaveAsync(session, after with { Version = before.Version + (news is null ? 0 : 1) }, cancellationToken);
        if (news is null)
            return;
        var notice = new TargetNotice(target, news, answer.Why ?? before.LastError, before.PausedSince ?? before.DeniedSince ?? now);
        var data = new JsonObject { ["why"] = notice.Why };
        await events.AppendAsync(session, AuditEvent.BySystem("lane", "lane:" + target, before.Version + 1, "lane." + news, now, null, data), cancellationToken);
        await announcer.TellOperationsAsync(session, Templates.TargetNotice, target, now, notice.ToJson(), cancellationToken);
    }

    private async Task<Turn> TurnAsync(Session session, Lane lane, IReadOnlyList<Lease> claimed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (lane.IsPaused && claimed.Count > 0)
            await lanes.ProbeAsync(session, lane.Target, now, Instants.Truncate(now + ProbeFor), cancellationToken);
        return new Turn(claimed, lane.IsPaused);
    }

    private static string? News(Lane before, Lane after) => (before, after) switch
    {
        ({ IsPaused: false }, { IsPaused: true }) => TargetNotice.Paused,
        ({ IsPaused: true }, { IsPaused: false }) => TargetNotice.Resumed,
        ({ DeniedSince: null }, { DeniedSince: not null }) => TargetNotice.Denied,
        _ => null,
    };

    private static Refusal Closed(Lane lane, DateTimeOffset now)
    {
        var wait = TimeSpan.FromSeconds(Math.Ceiling(Math.Max(1, (lane.NotBefore!.Value - now).TotalSeconds)));
        var text = lane.PausedSince is { } since
            ? string.Create(CultureInfo.InvariantCulture, $"{lane.Target} has not answered since {since:HH:mm:ss} UTC, so nothing is minted there for now; the broker tries it again by itself. Try again in {wait.TotalSeconds:0} s.")
            : string.Create(CultureInfo.InvariantCulture, $"{lane.Target} asks for patience until {lane.NotBefore:HH:mm:ss} UTC, so nothing is minted there before. Try again in {wait.TotalSeconds:0} s.");
        return new Refusal(Codes.IssuerUnavailable, text) { RetryAfter = wait };
    }
}

using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Scheduling;
using JitBroker.Storage;

namespace JitBroker.Requests;

/// <summary>
/// Sweep: nobody waits for ever. Reminds those who were asked, in growing gaps, and asks others too when nobody answers. Harmless to run twice or on several replicas at
/// once: each nudge takes the request's lock, looks again, and sets the alarm anew in its transaction, so that of any number one tells it.
/// </summary>
public sealed class NudgeRequests(
    Database database, RequestStore requests, EventStore events, SettleRequest settle, Announcer announcer, CatalogHolder catalogs, Wakeups wakeups, TimeProvider clock)
{
    private const int Batch = 200;

    /// <returns>How many were told.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var due = await database.ReadAsync(session => requests.NudgingAsync(session, now, Batch, cancellationToken), cancellationToken);
        var told = 0;
        foreach (var id in due)
            told += await database.WriteAsync(session => NudgeAsync(session, id, now, cancellationToken), cancellationToken) ? 1 : 0;
        return told;
    }

    private async Task<bool> NudgeAsync(Session session, string id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var read = await requests.FindAsync(session, id, cancellationToken);
        if (read is not { IsPending: true, NudgeAt: { } due } || due > now)
            return false;
        var bench = new Bench(catalogs.Directory, read, await requests.DecisionsAsync(session, id, cancellationToken));
        if (SettleRequest.Because(bench, now) is null && Nudges.Due(bench.Waiting, bench.StageSince, due, now).IsNothing)
        {
            // The rule has changed since the alarm was set, or a vote has come: there is nothing to tell.
            await requests.RearmAsync(session, read, bench.Nudged([], now).NudgeAt, cancellationToken);
            return false;
        }

        if (await requests.LockPendingAsync(session, id, cancellationToken) is { } locked && locked.NudgeAt == due)
            return await TellAsync(session, locked, now, cancellationToken);
        session.Doom();
        return false;
    }

    /// <summary>Under the lock, everything is worked out anew.</summary>
    private async Task<bool> TellAsync(Session session, Request locked, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var bench = new Bench(catalogs.Directory, locked, await requests.DecisionsAsync(session, locked.Id, cancellationToken));
        if (await settle.OverdueAsync(session, bench, now, cancellationToken) is not null)
            return true;
        var nudge = Nudges.Due(bench.Waiting, bench.StageSince, locked.NudgeAt!.Value, now);
        if (nudge.IsNothing)
        {
            session.Doom();
            return false;
        }

        var request = bench.Nudged(nudge.Escalate, now);
        var after = bench.With(request);
        await requests.NudgeAsync(session, request, cancellationToken);
        await events.AppendAsync(session, EventOf(after, nudge, now), cancellationToken);
        if (nudge.Escalate.Count > 0)
        {
            await announcer.AskedAsync(session, bench, after, ThreadNotes.Escalated, now, cancellationToken);
            await announcer.TurnedAsync(session, after, now, cancellationToken);
        }

        if (nudge.Remind)
            await announcer.RemindedAsync(session, after, now, cancellationToken);
        if (request.NudgeAt is { } next)
            session.AfterCommit(() => wakeups.DueAt(next));
        return true;
    }

    private static AuditEvent EventOf(Bench bench, Nudge nudge, DateTimeOffset now)
    {
        var request = bench.Request;
        var data = new JsonObject { ["awaited"] = new JsonArray([.. bench.Awaited.Select(a => (JsonNode)a.Person.Email)]) };
        if (nudge.Escalate.Count > 0)
            data["to"] = new JsonArray([.. nudge.Escalate.Select(c => c.EscalateTo!).Distinct(StringComparer.Ordinal).Select(g => (JsonNode)g)]);
        return AuditEvent.BySystem("request", request.Id, request.Version, nudge.Escalate.Count > 0 ? "request.escalated" : "request.reminded", now, request.Id, data);
    }
}

using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Grants;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.People.SignIn;

/// <summary>The session as it stands after the call.</summary>
/// <param name="LeasesEnded">How many credentials it had collected are being ended.</param>
public sealed record SessionEnded(PersonSession Session, int LeasesEnded);

/// <summary>
/// A person ends a session of their own. <b>Not me</b> also ends every credential the session collected, whether or not the session still lives.
/// Idempotent. The session's row is locked first and collecting holds it too, so that nothing is collected past the end unseen.
/// </summary>
public sealed class EndSession(
    Database database,
    SessionStore sessions,
    GrantStore grants,
    LeaseStore leases,
    LeaseMoves moves,
    EventStore events,
    Announcer announcer,
    Refusals refusals,
    TimeProvider clock)
{
    /// <param name="together">Commits with it; see <see cref="CommitWith{T}"/>.</param>
    public async Task<Outcome<SessionEnded>> HandleAsync(Actor actor, string sessionId, bool notMe, CommitWith<SessionEnded>? together, CancellationToken cancellationToken)
    {
        var outcome = await database.WriteAsync(session => EndAsync(session, actor, sessionId, notMe, together, cancellationToken), cancellationToken);
        return outcome.Refusal is { } refusal
            ? await refusals.RecordAsync(actor, "session.end", null, Ids.IsId(sessionId) ? sessionId : null, refusal, cancellationToken)
            : outcome;
    }

    private async Task<Outcome<SessionEnded>> EndAsync(
        Session session, Actor actor, string sessionId, bool notMe, CommitWith<SessionEnded>? together, CancellationToken cancellationToken)
    {
        var mine = Ids.IsId(sessionId) ? await sessions.LockAsync(session, sessionId, cancellationToken) : null;
        if (mine is null || mine.Person != actor.Email)
            return new Refusal(Codes.NotFound, "There is no such session of yours.");
        var now = clock.GetUtcNow();
        var ended = await CloseAsync(session, actor, mine, notMe, now, cancellationToken);
        var count = notMe ? await EndLeasesAsync(session, sessionId, now, cancellationToken) : 0;
        var result = new SessionEnded(ended, count);
        if (together is not null)
            await together(session, result, cancellationToken);
        return result;
    }

    private async Task<PersonSession> CloseAsync(Session session, Actor actor, PersonSession mine, bool notMe, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var disowns = notMe && mine.DisownedAt is null;
        if (!disowns && !mine.IsLiveAt(now))
            return mine;
        var ended = mine with { Version = mine.Version + 1, EndedAt = mine.EndedAt ?? now, DisownedAt = disowns ? now : mine.DisownedAt };
        await sessions.EndAsync(session, ended, cancellationToken);
        var happened = AuditEvent.By(actor, "session", mine.Id, ended.Version, disowns ? "session.disowned" : "session.ended", now, null, new JsonObject { ["scope"] = mine.Scope });
        await events.AppendAsync(session, happened, cancellationToken);
        return ended;
    }

    private async Task<int> EndLeasesAsync(Session session, string sessionId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var collected = await leases.OfSessionAsync(session, sessionId, cancellationToken);
        var count = 0;
        // In one order for everybody, so that two ends never wait for each other.
        foreach (var grantId in collected.Select(l => l.GrantId).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var grant = await grants.LockAsync(session, grantId, cancellationToken);
            var live = (await leases.OfGrantAsync(session, grantId, cancellationToken)).Where(l => l.IsLive && l.SessionId == sessionId).ToList();
            foreach (var lease in live)
                count += await moves.BeginRevokingAsync(session, lease, grant!.RequestId, LeaseMoves.Because.SessionEnded, now, cancellationToken) is null ? 0 : 1;
            if (live.Count > 0)
                await announcer.MovedAsync(session, grant!.RequestId, now, cancellationToken);
        }

        return count;
    }
}

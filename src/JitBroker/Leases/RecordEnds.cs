using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Grants;
using JitBroker.Issuing;
using JitBroker.Outbox;
using JitBroker.Storage;

namespace JitBroker.Leases;

/// <summary>
/// Records what came of attempts to end leases. Thousands may end within a second and a commit costs more than a row, so what finishes while a record is
/// being written is written together in the next one.
/// </summary>
public sealed class RecordEnds
{
    private const int Most = 128;

    /// <summary>Between two records while many end: a commit costs as much as recording some twenty.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(15);

    private readonly Database _database;
    private readonly GrantStore _grants;
    private readonly LeaseStore _leases;
    private readonly DueLeaseStore _due;
    private readonly EndGrant _endGrant;
    private readonly EventStore _events;
    private readonly Announcer _announcer;
    private readonly Lanes _lanes;
    private readonly TimeProvider _clock;
    private readonly Coalescer<Attempted, bool> _together;

    public RecordEnds(
        Database database, GrantStore grants, LeaseStore leases, DueLeaseStore due, EndGrant endGrant, EventStore events, Announcer announcer, Lanes lanes, TimeProvider clock)
    {
        (_database, _grants, _leases, _due, _endGrant, _events, _announcer, _lanes, _clock) = (database, grants, leases, due, endGrant, events, announcer, lanes, clock);
        _together = new Coalescer<Attempted, bool>(Most, WriteAsync, Rest);
    }

    /// <param name="claimed">As it was when it was claimed; whoever moved it since has the last word.</param>
    /// <param name="isProbe">Its target is paused, and this was the one attempt it got.</param>
    /// <returns>Whether it is verified gone now.</returns>
    /// <exception cref="DatabaseUnavailableException">Nothing was recorded, unless a commit is in doubt; its claim runs out and it is tried again.</exception>
    public Task<bool> HandleAsync(Lease claimed, EndOutcome outcome, bool isProbe) => _together.DoAsync(new Attempted(claimed, outcome, isProbe));

    /// <summary>Until all that has ended is recorded, or <paramref name="atMost"/> has passed.</summary>
    internal Task IdleAsync(TimeSpan atMost, CancellationToken cancellationToken) => Task.WhenAny(_together.IdleAsync(), Task.Delay(atMost, _clock, cancellationToken));

    private async Task<IReadOnlyList<bool>> WriteAsync(IReadOnlyList<Attempted> together)
    {
        var ended = await _database.WriteAsync(session => RecordAsync(session, together), CancellationToken.None);
        return [.. together.Select(attempted => ended.Contains(attempted.Claimed.Id))];
    }

    /// <returns>The ids of the leases that are verified gone now.</returns>
    private async Task<HashSet<string>> RecordAsync(Session session, IReadOnlyList<Attempted> together)
    {
        var ids = together.Select(a => a.Claimed.GrantId).Distinct(StringComparer.Ordinal).ToList();
        var held = await _grants.LockAllAsync(session, ids, CancellationToken.None);
        var leasesOf = await _leases.OfGrantsAsync(session, ids, CancellationToken.None);
        var now = _clock.GetUtcNow();
        var set = new EndingSet();
        var ended = new HashSet<string>(StringComparer.Ordinal);
        foreach (var grant in held)
        {
            var all = leasesOf[grant.Id].ToList();
            foreach (var attempted in together.Where(a => a.Claimed.GrantId == grant.Id))
            {
                if (await RecordAsync(session, set, grant, all, attempted, now))
                    ended.Add(attempted.Claimed.Id);
            }
        }

        await _endGrant.SaveAsync(session, set, now, CancellationToken.None);
        // After the grants and by name, as everywhere.
        foreach (var target in together.GroupBy(a => a.Claimed.Target, StringComparer.Ordinal).OrderBy(t => t.Key, StringComparer.Ordinal))
            await LearnAsync(session, target, now);
        return ended;
    }

    /// <summary>What the attempts at one target say about it, in the order they were made; of several in a row that did what they were to do one says it all.</summary>
    private async Task LearnAsync(Session session, IGrouping<string, Attempted> target, DateTimeOffset now)
    {
        var before = (Answer?)null;
        foreach (var attempted in target)
        {
            var answer = Answer.Of(attempted.Outcome);
            if (before is not { Obstacle: null } || answer.Obstacle is not null)
                await _lanes.LearnAsync(session, target.Key, answer, attempted.IsProbe, now, CancellationToken.None);
            before = answer;
        }
    }

    private async Task<bool> RecordAsync(Session session, EndingSet set, Grant grant, List<Lease> all, Attempted attempted, DateTimeOffset now)
    {
        var place = all.FindIndex(l => l.Id == attempted.Claimed.Id);
        if (place < 0 || all[place] is not { State: "revoking" } lease || lease.Version != attempted.Claimed.Version)
            return false;
        if (attempted.Outcome is EndOutcome.Failed failed)
        {
            await FailedAsync(session, set, grant, lease, failed, now);
            return false;
        }

        if (TooEarly(lease, (EndOutcome.Ended)attempted.Outcome, now) is { } again)
        {
            await _due.NoteFailureAsync(session, lease, lease with { NextAttemptAt = again }, CancellationToken.None);
            return false;
        }

        var gone = LeaseMoves.Revoked(lease, grant.RequestId, now);
        set.Move(gone);
        set.Show(grant.RequestId);
        all[place] = gone.After;
        if (grant.State == "ending" && all.TrueForAll(l => l.State == "revoked"))
            EndGrant.Verified(set, grant, all, now);
        return true;
    }

    /// <summary>"Does not exist" before a slow mint could have committed proves nothing: when to look again, or null when it is proof.</summary>
    private static DateTimeOffset? TooEarly(Lease lease, EndOutcome.Ended ended, DateTimeOffset now)
    {
        var settled = lease.MintDeadline + RevocationHandle.FromJson(lease.Handle).SettleTime;
        return !ended.Existed && now < settled ? Instants.Truncate(settled) : null;
    }

    private async Task FailedAsync(Session session, EndingSet set, Grant grant, Lease lease, EndOutcome.Failed failed, DateTimeOffset now)
    {
        var isNews = lease.StuckSince is null && Patience.IsStuck(failed, lease.Attempts);
        var after = lease with
        {
            Version = isNews ? lease.Version + 1 : lease.Version,
            LastError = failed.Why,
            StuckSince = isNews ? now : lease.StuckSince,
            NextAttemptAt = Instants.Truncate(now + Patience.Of(failed, lease.Attempts)),
        };
        if (!await _due.NoteFailureAsync(session, lease, after, CancellationToken.None))
            return;
        if (isNews)
        {
            var data = new JsonObject { ["why"] = failed.Why };
            await _events.AppendAsync(session, AuditEvent.BySystem("lease", lease.Id, after.Version, "lease.stuck", now, grant.RequestId, data), CancellationToken.None);
            await _announcer.TellOperationsAsync(session, Templates.StuckNotice, lease.Id, now, null, CancellationToken.None);
        }

        set.Show(grant.RequestId);
    }

    private sealed record Attempted(Lease Claimed, EndOutcome Outcome, bool IsProbe);
}

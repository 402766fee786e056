using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Scheduling;
using JitBroker.Storage;

namespace JitBroker.Grants;

/// <summary>Sweep: starts scheduled grants whose time has come, after checking again that the holder is there and may still have it.</summary>
public sealed class StartDueGrants(
    Database database, GrantStore grants, EventStore events, EndGrant endGrant, Announcer announcer, CatalogHolder catalogs, Wakeups wakeups, TimeProvider clock)
{
    private const int Batch = 500;

    /// <returns>How many were started.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var due = await database.ReadAsync(session => grants.DueToStartAsync(session, now, Batch, cancellationToken), cancellationToken);
        var started = 0;
        foreach (var id in due)
            started += await StartAsync(id, cancellationToken) ? 1 : 0;
        return started;
    }

    private async Task<bool> StartAsync(string id, CancellationToken cancellationToken)
    {
        var directory = catalogs.Directory;
        var objection = await database.WriteAsync(session => StartAsync(session, directory, id, cancellationToken), cancellationToken);
        if (objection is null)
            return false;
        if (objection.Length == 0)
            return true;
        await endGrant.BySystemAsync(id, EndGrant.Revoked, objection, static (grant, _) => grant.State == "scheduled", cancellationToken);
        return false;
    }

    /// <returns>Empty when it was started, the reason when it must not start, null when it is not due any more.</returns>
    private async Task<string?> StartAsync(Session session, PeopleDirectory directory, string id, CancellationToken cancellationToken)
    {
        var grant = await grants.LockAsync(session, id, cancellationToken);
        var now = clock.GetUtcNow();
        if (grant is not { State: "scheduled" } || grant.StartsAt > now)
            return null;
        if (EndDueGrants.Reason(directory, grant) is { } objection)
            return objection;
        var active = grant with { State = GrantState.Active.ToText(), Version = grant.Version + 1 };
        await grants.MoveAsync(session, [new GrantMove(grant, active)], cancellationToken);
        await events.AppendAsync(session, AuditEvent.BySystem("grant", id, active.Version, "grant.active", now, grant.RequestId), cancellationToken);
        await announcer.MovedAsync(session, grant.RequestId, now, cancellationToken);
        session.AfterCommit(() => wakeups.DueAt(active.EndsAt));
        return "";
    }
}

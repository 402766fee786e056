using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Issuing;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Scheduling;
using JitBroker.Storage;

namespace JitBroker.Reconciling;

/// <summary>How a look is to be made.</summary>
/// <param name="By">The operator who asks for it; null for the sweep.</param>
/// <param name="DryRun">Nothing is ended.</param>
/// <param name="Budget">Most ends that it may begin again; were they more, none is begun.</param>
public sealed record LookOrder(Actor? By, bool DryRun, int Budget)
{
    /// <summary>What the sweep may begin in one look.</summary>
    public const int DefaultBudget = 20;
}

/// <summary>
/// One look at one target: lists what stands there, compares it with the leases, and has ended again, through its stored handle, what stands although its lease
/// was revoked; only what two looks in a row have seen, and never what the broker does not know as its own.
/// </summary>
public sealed class LookAtTarget(
    Database database,
    ReconciliationStore store,
    TargetLists lists,
    LaneStore lanes,
    LeaseStore leases,
    LeaseMoves moves,
    GrantStore grants,
    EventStore events,
    Announcer announcer,
    CatalogHolder catalogs,
    Replica replica,
    TimeProvider clock)
{
    /// <summary>Between two looks of the sweep.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(5);

    /// <summary>A look longer ago than this does not count as the one before.</summary>
    private static readonly TimeSpan Before = TimeSpan.FromHours(1);

    /// <summary>Longer than a look takes, so that nobody begins another meanwhile.</summary>
    private static readonly TimeSpan ClaimFor = TargetLists.Timeout + TimeSpan.FromSeconds(30);

    private const int Page = 500;

    /// <returns>The look, or null when it is not due or somebody else is looking.</returns>
    public async Task<Reconciliation?> HandleAsync(IssuerDefinition issuer, LookOrder order, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var until = Instants.Truncate(now + ClaimFor);
        var before = await database.WriteAsync(
            session => store.ClaimAsync(session, issuer.Name, replica.Id, now, until, evenBefore: order.By is not null, cancellationToken), cancellationToken);
        if (before is null)
            return null;
        var result = await LookAsync(issuer, before, now, cancellationToken);
        result = await EndAgainAsync(issuer, order, result with { Budget = order.Budget }, until, cancellationToken);
        return await RecordAsync(issuer, order, before, result, until, cancellationToken);
    }

    private async Task<LookResult> LookAsync(IssuerDefinition issuer, Reconciliation before, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await database.ReadAsync(session => lanes.FindAsync(session, issuer.Name, cancellationToken), cancellationToken) is { IsPaused: true } lane)
            return new LookResult { Failed = $"{issuer.Name} is paused, since it does not answer: {lane.LastError}" };
        var listing = await lists.ListAsync(issuer, cancellationToken);
        if (listing is TargetListing.Failed failed)
            return new LookResult { Failed = failed.Why };
        var listed = (TargetListing.Listed)listing;
        var seen = before.LookedAt > now - Before ? before.Look?.Findings.Select(f => f.Key) ?? [] : [];
        var (known, active) = await database.ReadAsync(
            async session => (await KnownAsync(session, listed.Objects, cancellationToken), listed.IsWhole ? await ActiveAsync(session, issuer.Name, cancellationToken) : []), cancellationToken);
        return new JudgeTarget(issuer, catalogs.Current, seen.ToHashSet(StringComparer.Ordinal)).Of(listed.Objects, known, active);
    }

    private async Task<Dictionary<string, Lease>> KnownAsync(Session session, IReadOnlyList<StandingObject> objects, CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, Lease>(StringComparer.Ordinal);
        foreach (var id in objects.Select(o => o.LeaseId).OfType<string>().Where(Ids.IsId).Distinct(StringComparer.Ordinal))
        {
            if (await leases.FindAsync(session, id, cancellationToken) is { } lease)
                known[id] = lease;
        }

        return known;
    }

    private async Task<List<Lease>> ActiveAsync(Session session, string target, CancellationToken cancellationToken)
    {
        var active = new List<Lease>();
        IReadOnlyList<Lease> page;
        do
        {
            page = await leases.ActiveAtAsync(session, target, active.Count == 0 ? "" : active[^1].Id, Page, cancellationToken);
            active.AddRange(page);
        }
        while (page.Count == Page);
        return active;
    }

    private async Task<LookResult> EndAgainAsync(IssuerDefinition issuer, LookOrder order, LookResult result, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var due = result.Findings.Where(f => f is { Kind: Finding.Standing, Confirmed: true }).ToList();
        if (order.DryRun || due.Count == 0)
            return result;
        if (due.Count > order.Budget)
            return result with { OverBudget = due.Count };
        var begun = new HashSet<string>(StringComparer.Ordinal);
        foreach (var finding in due)
        {
            // A look that took longer than its claim is another replica's by now.
            if (clock.GetUtcNow() < until && await database.WriteAsync(session => ReopenAsync(session, issuer, finding, cancellationToken), cancellationToken))
                begun.Add(finding.Key);
        }

        return result with { EndedAgain = begun.Count, Findings = [.. result.Findings.Select(f => begun.Contains(f.Key) ? f with { EndsAgain = true } : f)] };
    }

    /// <summary>Everything is looked at anew under the grant's lock; who moved it meanwhile was right.</summary>
    private async Task<bool> ReopenAsync(Session session, IssuerDefinition issuer, Finding finding, CancellationToken cancellationToken)
    {
        var seen = await leases.FindAsync(session, finding.Lease!, cancellationToken);
        var grant = seen is null ? null : await grants.LockAsync(session, seen.GrantId, cancellationToken);
        var lease = await leases.FindAsync(session, finding.Lease!, cancellationToken);
        var now = clock.GetUtcNow();
        if (grant is null || lease is not { State: "revoked" } || !await moves.ReopenAsync(session, lease, grant.RequestId, $"It stands again at {issuer.Name}.", now, cancellationToken))
            return false;
        await announcer.MovedAsync(session, grant.RequestId, now, cancellationToken);
        return true;
    }

    private async Task<Reconciliation?> RecordAsync(IssuerDefinition issuer, LookOrder order, Reconciliation before, LookResult result, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var isNews = ReconciliationNews.IsNews(before.Look, result);
        var isEvent = isNews || result.EndedAgain > 0 || order.By is not null;
        var after = before with
        {
            Version = before.Version + (isEvent ? 1 : 0),
            DueAt = Instants.Truncate(now + Patience.Jittered(Every)),
            LookedAt = now,
            LookedBy = order.By?.Email,
            DryRun = order.DryRun,
            Result = (result with { Findings = [.. result.Findings.Take(LookResult.Most)] }).ToText(),
        };
        return await database.WriteAsync(
            async session =>
            {
                if (!await store.SaveAsync(session, after, replica.Id, until, cancellationToken))
                    return null;
                if (isEvent)
                    await events.AppendAsync(session, Event(issuer, order, after.Version, result, now), cancellationToken);
                if (isNews || result.EndedAgain > 0)
                    await announcer.TellOperationsAsync(session, Templates.ReconciliationNotice, issuer.Name, now, ReconciliationNotice.Of(issuer.Name, result).ToJson(), cancellationToken);
                return after;
            },
            cancellationToken);
    }

    private static AuditEvent Event(IssuerDefinition issuer, LookOrder order, int version, LookResult result, DateTimeOffset now)
    {
        var data = new JsonObject
        {
            ["issuer"] = issuer.Name,
            ["dryRun"] = order.DryRun,
            ["budget"] = order.Budget,
            ["endedAgain"] = new JsonArray([.. result.Findings.Where(f => f.EndsAgain).Select(f => (JsonNode)f.Lease!)]),
            ["overBudget"] = result.OverBudget,
            ["found"] = result.Found,
            ["first"] = new JsonArray([.. result.Findings.Take(ReconciliationNotice.Told).Select(f => (JsonNode)f.Text)]),
            ["failed"] = result.Failed,
        };
        const string Aggregate = "reconciliation";
        var id = $"{Aggregate}:{issuer.Name}";
        return order.By is { } by
            ? AuditEvent.By(by, Aggregate, id, version, "reconciliation.looked", now, null, data)
            : AuditEvent.BySystem(Aggregate, id, version, "reconciliation.looked", now, null, data);
    }
}

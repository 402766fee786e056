using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Grants;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.Requests;

/// <summary>
/// The ways a pending request settles, each inside a transaction that holds its lock: state, event, cards and, for an approval, the grant.
/// </summary>
public sealed class SettleRequest(RequestStore requests, EventStore events, OpenGrant openGrant, ExtendGrant extendGrant, Announcer announcer)
{
    public const string NobodyDecided = "nobody_decided";
    public const string CatalogChanged = "catalog_changed";
    public const string NotEligible = "not_eligible";
    public const string RequesterGone = "requester_gone";

    /// <summary>
    /// Lapses the request if it must not be decided any more: its time is over, what it would grant has changed, its asker may not have it any more, or what it
    /// would extend is over. An extension's grant is locked from then on. What an asker who is gone
    /// had asked for is cancelled.
    /// </summary>
    /// <returns>The settled request, or null when it may still be decided.</returns>
    public async Task<Request?> OverdueAsync(Session session, Bench bench, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var request = bench.Request;
        var because = Because(bench, now) ?? (request.IsExtension ? await extendGrant.ObjectionAsync(session, bench, now, cancellationToken) : null);
        if (because is null)
            return null;

        // The lock has counted the version up once for the event of this settlement.
        var state = (because == RequesterGone ? RequestState.Cancelled : RequestState.Lapsed).ToText();
        var lapsed = request with { State = state, SettledAt = now, SettledBecause = because };
        await requests.SettleAsync(session, lapsed, cancellationToken);
        await FreezeAsync(session, bench, cancellationToken);
        var data = new JsonObject { ["because"] = because };
        await events.AppendAsync(session, AuditEvent.BySystem("request", request.Id, lapsed.Version, "request." + state, now, request.Id, data), cancellationToken);
        if (because != RequesterGone)
            await announcer.TellAsync(session, bench.Directory, request.Requester, Templates.LapseNotice, request.Id, now, now, null, cancellationToken);
        await announcer.TurnedAsync(session, bench, now, cancellationToken);
        return lapsed;
    }

    /// <summary>Why the request must not be decided any more; null when it may be.</summary>
    internal static string? Because(Bench bench, DateTimeOffset now)
    {
        var request = bench.Request;
        if (request.LapsesAt <= now || (request.StartsAt is { } start && start + request.Duration <= now))
            return NobodyDecided;
        if (bench.Directory.Find(request.Requester) is null)
            return RequesterGone;
        if (!bench.Content.StillMeans(bench.Directory.Catalog))
            return CatalogChanged;
        var (directory, entitlement) = (bench.Directory, bench.Today!);
        var mayHave = bench.Content.Emergency
            ? Eligibility.MayKeep(directory, request.Requester, entitlement, emergency: true)
            : Eligibility.IsEligible(directory, request.Requester, entitlement) || Eligibility.WhyUnknown(directory, request.Requester, entitlement) is not null;
        return mayHave ? null : NotEligible;
    }

    /// <summary>Any deny by one who may decide settles. The vote's own event has taken the lock's version; this takes the next.</summary>
    public async Task<Request> DeniedAsync(Session session, Bench bench, Actor by, string comment, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var denied = Settled(bench.Request, RequestState.Denied, by.Email, comment, now);
        await requests.SettleAsync(session, denied, cancellationToken);
        await FreezeAsync(session, bench, cancellationToken);
        await events.AppendAsync(session, AuditEvent.By(by, "request", denied.Id, denied.Version, "request.denied", now, denied.Id), cancellationToken);
        await announcer.TurnedAsync(session, bench, now, cancellationToken);
        return denied;
    }

    /// <summary>The quorum is filled: the grant is born in the same transaction, its end already due; or the extended one gets its later end.</summary>
    public async Task<Decided> ApprovedAsync(Session session, Bench bench, Actor by, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var approved = Settled(bench.Request, RequestState.Approved, by.Email, null, now);
        await requests.SettleAsync(session, approved, cancellationToken);
        await FreezeAsync(session, bench, cancellationToken);
        var data = new JsonObject { ["by"] = new JsonArray([.. bench.Counting.Select(d => (JsonNode)d.Person)]), ["contentHash"] = approved.ContentHash };
        await events.AppendAsync(session, AuditEvent.By(by, "request", approved.Id, approved.Version, "request.approved", now, approved.Id, data), cancellationToken);
        await announcer.HomesAsync(session, bench, now, cancellationToken);
        var grant = approved.IsExtension
            ? await extendGrant.InAsync(session, bench.Directory, approved, bench.Duration, now, cancellationToken)
            : await openGrant.InAsync(session, bench.Directory, approved, bench.Duration, now, cancellationToken);
        return new Decided(approved, grant);
    }

    private static Request Settled(Request request, RequestState state, string by, string? because, DateTimeOffset now) =>
        request with { State = state.ToText(), Version = request.Version + 1, SettledAt = now, SettledBy = by, SettledBecause = because };

    private Task FreezeAsync(Session session, Bench bench, CancellationToken cancellationToken)
    {
        var counting = bench.Counting.Select(d => d.Id).ToHashSet(StringComparer.Ordinal);
        return requests.MarkCountedAsync(session, bench.Decisions.Select(d => (d.Id, !d.IsApproval || counting.Contains(d.Id))), cancellationToken);
    }
}

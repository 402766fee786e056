using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Issuing;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Scheduling;
using JitBroker.Storage;

namespace JitBroker.Requests;

/// <summary>What is asked: an entitlement, or a bundle of them, each decided by its own rule.</summary>
/// <param name="Name">Entitlement or bundle; bundles have names of their own.</param>
/// <param name="Duration">Null: each entitlement's default.</param>
/// <param name="StartsAt">Null: as soon as it is approved.</param>
public sealed record SubmitOrder(string Name, bool IsBundle, TimeSpan? Duration, string Reason, DateTimeOffset? StartsAt = null);

/// <summary>The requests that were made, one unless a bundle was asked for.</summary>
public sealed record Submitted(IReadOnlyList<Request> Requests, IReadOnlyList<RequestAnalysis> Analyses);

/// <summary>
/// Makes a request: analysis, then one transaction with the row that pins what was asked, its event and its deliveries. What a rule approves by itself
/// is settled in the same transaction. A request that nobody could approve is refused.
/// </summary>
public sealed class SubmitRequest(
    Database database,
    RequestStore requests,
    EventStore events,
    OpenGrant openGrant,
    Announcer announcer,
    Refusals refusals,
    CatalogHolder catalogs,
    IssuerRegistry issuers,
    BrokerLimits limits,
    AskLimits askLimits,
    UsualWaits waits,
    Wakeups wakeups,
    TimeProvider clock)
{
    private const string Kind = "access";

    /// <summary>What a submit would come to, without storing anything. The same analysis that <see cref="HandleAsync"/> obeys.</summary>
    public IReadOnlyList<RequestAnalysis> Analyse(Actor actor, SubmitOrder order) => Analyse(catalogs.Directory, actor, order, clock.GetUtcNow());

    /// <summary>
    /// Whether <paramref name="name"/> is a bundle for this person. One that holds a hidden entitlement they may not have reads as unknown, as that does.
    /// </summary>
    public bool IsBundle(Actor actor, string name) => Members(catalogs.Directory, actor, name) is not null;

    /// <summary>Why this person may ask for it or not, by that same analysis; null when there is no such entitlement for them.</summary>
    public async Task<Why?> ExplainAsync(Actor actor, string name, CancellationToken cancellationToken)
    {
        var why = Why.Of(catalogs.Directory, limits, actor.Person, name, clock.GetUtcNow());
        return why is null ? null : why.With(await waits.OfAsync(why.Name, cancellationToken));
    }

    /// <summary>Stores the request or all of a bundle's, or nothing.</summary>
    /// <param name="together">Commits with it; see <see cref="CommitWith{T}"/>.</param>
    public async Task<Outcome<Submitted>> HandleAsync(Actor actor, SubmitOrder order, CommitWith<Submitted>? together, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var directory = catalogs.Directory;
        var analyses = Analyse(directory, actor, order, now);
        var refusal = analyses.Select(a => a.Refusal).FirstOrDefault(r => r is not null) ?? Unmintable(directory.Catalog, analyses);
        if (refusal is null)
        {
            var outcome = await database.WriteAsync(
                session => StoreAsync(session, actor, order, directory, analyses, now, together, cancellationToken), cancellationToken);
            if (outcome.Value is not null)
                return outcome;
            refusal = outcome.Refusal!;
        }

        return refusal.Code == Codes.RateLimited
            ? refusal
            : await refusals.RecordAsync(actor, "request.submit", null, order.Name, refusal, cancellationToken);
    }

    private List<RequestAnalysis> Analyse(PeopleDirectory directory, Actor actor, SubmitOrder order, DateTimeOffset now)
    {
        var names = (order.IsBundle ? Members(directory, actor, order.Name) : null) ?? [order.Name];
        return [.. names.Select(n => RequestAnalysis.Of(directory, limits, actor.Person, new Ask(n, order.Duration, order.Reason, order.StartsAt), now))];
    }

    private static IReadOnlyList<string>? Members(PeopleDirectory directory, Actor actor, string name) =>
        directory.Catalog.Bundles.TryGetValue(name.Trim(), out var members)
        && members.All(m => directory.Catalog.Entitlements.TryGetValue(m, out var entitlement) && Eligibility.MaySee(directory, actor.Email, entitlement))
            ? members
            : null;

    private Refusal? Unmintable(CatalogSnapshot catalog, IEnumerable<RequestAnalysis> analyses)
    {
        var kinds = analyses.Select(a => (a.Entitlement!.Name, catalog.Issuers[a.Entitlement.Issuer].Kind));
        var missing = kinds.FirstOrDefault(k => issuers.Find(k.Kind) is null);
        return missing.Name is null
            ? null
            : new Refusal(Codes.IssuerUnavailable, $"{missing.Name} is minted by an issuer of kind {missing.Kind}, which this build of the broker does not have. Ask the platform team.", "entitlement");
    }

    private async Task<Outcome<Submitted>> StoreAsync(
        Session session,
        Actor actor,
        SubmitOrder order,
        PeopleDirectory directory,
        IReadOnlyList<RequestAnalysis> analyses,
        DateTimeOffset now,
        CommitWith<Submitted>? together,
        CancellationToken cancellationToken)
    {
        var counts = await requests.CountAsync(session, actor.Email, now - TimeSpan.FromMinutes(1), cancellationToken);
        if (Limit(counts, analyses.Count) is { } limited)
            return limited;
        var stored = new List<Request>(analyses.Count);
        foreach (var analysis in analyses)
        {
            var request = Compose(actor, order, directory, analysis, now);
            if (!await requests.InsertAsync(session, request, cancellationToken))
            {
                session.Doom();
                return await AlreadyOpenAsync(session, request, cancellationToken);
            }

            stored.Add(await AnnounceAsync(session, actor, directory, analysis, request, now, cancellationToken));
        }

        var submitted = new Submitted(stored, analyses);
        if (together is not null)
            await together(session, submitted, cancellationToken);
        return submitted;
    }

    private async Task<Request> AnnounceAsync(
        Session session, Actor actor, PeopleDirectory directory, RequestAnalysis analysis, Request request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var data = new JsonObject { ["entitlement"] = request.Entitlement, ["duration"] = Durations.Iso(request.Duration), ["reason"] = request.Reason, ["contentHash"] = request.ContentHash };
        await events.AppendAsync(session, AuditEvent.By(actor, "request", request.Id, 1, "request.submitted", now, request.Id, data), cancellationToken);
        await announcer.SubmittedAsync(session, directory, analysis.Entitlement!, request, analysis.Approvers, now, cancellationToken);
        session.AfterCommit(() => wakeups.DueAt(request.NudgeAt ?? request.LapsesAt));
        if (!analysis.AutoApproved.Met)
            return request;
        var approved = request with
        {
            State = RequestState.Approved.ToText(), Version = 2, SettledAt = now, SettledBecause = "rule",
        };
        await requests.SettleAsync(session, approved, cancellationToken);
        var why = new JsonObject { ["because"] = "rule", ["text"] = analysis.AutoApproved.Why };
        await events.AppendAsync(session, AuditEvent.BySystem("request", request.Id, 2, "request.approved", now, request.Id, why), cancellationToken);
        await openGrant.InAsync(session, directory, approved, request.Duration, now, cancellationToken);
        return approved;
    }

    private static Request Compose(Actor actor, SubmitOrder order, PeopleDirectory directory, RequestAnalysis analysis, DateTimeOffset now)
    {
        var catalog = directory.Catalog;
        var content = RequestContent.Pin(catalog, analysis.Entitlement!, actor.Email, analysis.Duration).ToText();
        var request = new Request
        {
            Id = Ids.New(now),
            Kind = Kind,
            State = RequestState.Pending.ToText(),
            Version = 1,
            Entitlement = analysis.Entitlement!.Name,
            Bundle = order.IsBundle ? order.Name.Trim() : null,
            Requester = actor.Email,
            DurationS = (long)analysis.Duration.TotalSeconds,
            Reason = analysis.Reason,
            StartsAt = analysis.StartsAt is { } start ? Instants.Truncate(start) : null,
            CreatedAt = now,
            LapsesAt = Instants.Truncate(analysis.LapsesAt),
            Surface = actor.Surface.ToText(),
            Content = content,
            ContentHash = RequestContent.Hash(content),
            CatalogHash = catalog.Hash,
        };
        return analysis.AutoApproved.Met ? request : new Bench(directory, request, []).Nudged([], now);
    }

    private Refusal? Limit(RequestCounts counts, int more)
    {
        if (counts.Recent + more > askLimits.RequestsPerMinute)
            return new Refusal(Codes.RateLimited, $"You asked {counts.Recent} times within a minute; the limit is {askLimits.RequestsPerMinute}. Wait a minute.") { RetryAfter = TimeSpan.FromMinutes(1) };
        return counts.Open + more > askLimits.OpenRequests
            ? new Refusal(Codes.RateLimited, $"{counts.Open} of your requests wait for a decision; the limit is {askLimits.OpenRequests}. Withdraw some, or wait until they are decided.") { RetryAfter = TimeSpan.FromMinutes(1) }
            : null;
    }

    private async Task<Outcome<Submitted>> AlreadyOpenAsync(Session session, Request request, CancellationToken cancellationToken)
    {
        var open = await requests.FindPendingAsync(session, request.Requester, request.Entitlement, request.Kind, cancellationToken);
        return new Refusal(Codes.AlreadyOpen, $"You have asked for {request.Entitlement} already, and that request ({open}) waits for a decision. Withdraw it first to ask anew.", "entitlement") { Id = open };
    }
}

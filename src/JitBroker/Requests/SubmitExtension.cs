using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.Requests;

/// <summary>More time on a grant.</summary>
/// <param name="Duration">As typed: by how much its end is to move.</param>
public sealed record ExtendOrder(string GrantId, string Duration, string Reason);

/// <summary>
/// The holder asks for more time: a request of kind <c>extension</c> in the grant's thread, decided by the grant's own rule and counted. Nothing is locked before
/// its row stands, so that asking and deciding take request and grant in one order; what may have changed meanwhile is checked again by <see cref="ExtendGrant"/>.
/// </summary>
public sealed class SubmitExtension(
    Database database, GrantStore grants, RequestStore requests, OpenRequest open, ExtendGrant extend, Refusals refusals, CatalogHolder catalogs, BrokerLimits limits, TimeProvider clock)
{
    private const string Kind = "extension";

    /// <param name="together">Commits with it; see <see cref="CommitWith{T}"/>.</param>
    public async Task<Outcome<Request>> HandleAsync(Actor actor, ExtendOrder order, CommitWith<Request>? together, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var outcome = await database.WriteAsync(session => StoreAsync(session, actor, order, now, together, cancellationToken), cancellationToken);
        return outcome.Refusal is { } refusal && refusal.Code is not (Codes.NotFound or Codes.RateLimited)
            ? await refusals.RecordAsync(actor, "grant.extend", null, order.GrantId, refusal, cancellationToken)
            : outcome;
    }

    private async Task<Outcome<Request>> StoreAsync(
        Session session, Actor actor, ExtendOrder order, DateTimeOffset now, CommitWith<Request>? together, CancellationToken cancellationToken)
    {
        var directory = catalogs.Directory;
        var grant = Ids.IsId(order.GrantId) ? await grants.FindAsync(session, order.GrantId, cancellationToken) : null;
        if (NotTheirs(directory, grant, actor, order.GrantId) is { } no)
            return no;
        var content = RequestContent.FromText(grant!.Content);
        if (directory.Catalog.Entitlements.GetValueOrDefault(grant.Entitlement) is not { } entitlement || !content.StillMeans(directory.Catalog))
            return new Refusal(Codes.GrantNotActive, $"What {grant.Entitlement} grants has changed since this was approved, so it is not extended. Ask again.");
        var used = await requests.CountExtensionsAsync(session, grant.Id, cancellationToken);
        var ask = new ExtensionAsk(grant.Entitlement, content.Emergency, grant.StartsAt, grant.EndsAt, used, order.Duration, order.Reason);
        var analysis = ExtensionAnalysis.Of(directory, limits, actor.Person, entitlement, ask, now);
        if (Weightier(analysis.Refusal, ExtendGrant.NotActive(grant, now)) is { } refusal)
            return refusal;
        if (await open.TooManyAsync(session, actor.Email, 1, now, cancellationToken) is { } limited)
            return limited;
        var request = Compose(actor, grant, directory.Catalog, entitlement, analysis, content.ReviewGroup, now);
        if (await open.InAsync(session, actor, directory, request, analysis.Approvers, grant.RequestId, now, cancellationToken) is { } pending)
            return pending;
        if (analysis.AutoApproved.Met)
        {
            if (await ByRuleAsync(session, directory, request, analysis, now, cancellationToken) is not { } approved)
            {
                session.Doom();
                return ExtendGrant.NotActive(grant with { State = "ending" }, now)!;
            }

            request = approved;
        }

        if (together is not null)
            await together(session, request, cancellationToken);
        return request;
    }

    /// <returns>Null when the grant ended, or was extended to its limit, meanwhile.</returns>
    private async Task<Request?> ByRuleAsync(
        Session session, PeopleDirectory directory, Request request, ExtensionAnalysis analysis, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var bench = new Bench(directory, request, []);
        if (await extend.ObjectionAsync(session, bench, now, cancellationToken) is not null)
            return null;
        var approved = await open.ApprovedAsync(session, request, "rule", analysis.AutoApproved.Why, now, cancellationToken);
        await extend.InAsync(session, directory, approved, analysis.Duration, now, cancellationToken);
        return approved;
    }

    /// <summary>404 and 403: before what was asked is looked at.</summary>
    private static Refusal? NotTheirs(PeopleDirectory directory, Grant? grant, Actor actor, string grantId)
    {
        if (grant is null || !RequestContent.FromText(grant.Content).MayBeReadBy(directory, actor.Email))
            return new Refusal(Codes.NotFound, $"There is no grant {grantId}.");
        if (grant.Holder != actor.Email)
            return new Refusal(Codes.NotTheHolder, "Only the holder of a grant can ask for more time on it.");
        return directory.Find(actor.Email) is null ? new Refusal(Codes.Inactive, "You are not in the catalog any more. Ask the platform team.") : null;
    }

    /// <summary>What is wrong with the ask comes before what is wrong with the grant, but for how often it was extended (contract §4).</summary>
    private static Refusal? Weightier(Refusal? ofTheAsk, Refusal? ofTheGrant) => ofTheAsk is { Code: Codes.ExtensionLimit } ? ofTheGrant ?? ofTheAsk : ofTheAsk ?? ofTheGrant;

    private static Request Compose(Actor actor, Grant grant, CatalogSnapshot catalog, Entitlement entitlement, ExtensionAnalysis analysis, string? reviewGroup, DateTimeOffset now)
    {
        var content = RequestContent.Pin(catalog, entitlement, analysis.Rule, actor.Email, analysis.Duration, reviewGroup).ToText();
        return new Request
        {
            Id = Ids.New(now),
            Kind = Kind,
            State = RequestState.Pending.ToText(),
            Version = 1,
            Entitlement = entitlement.Name,
            Requester = actor.Email,
            DurationS = (long)analysis.Duration.TotalSeconds,
            Reason = analysis.Reason,
            CreatedAt = now,
            LapsesAt = Instants.Truncate(analysis.LapsesAt),
            Surface = actor.Surface.ToText(),
            Content = content,
            ContentHash = RequestContent.Hash(content),
            CatalogHash = catalog.Hash,
            ExtendsGrant = grant.Id,
        };
    }
}

using JitBroker.Catalog;
using JitBroker.Client;
using JitBroker.Leases;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Server.Http.Documents;
using JitBroker.Server.Http.Views;
using JitBroker.Storage;

namespace JitBroker.Server.Http.Endpoints;

/// <summary>Ends that are stuck, and what operators may do about them.</summary>
internal static class LeaseEndpoints
{
    private delegate Task<Outcome<LeaseDetails>> Act(Actor actor, string lease, string? reason, CommitWith<LeaseDetails>? together, CancellationToken cancellationToken);

    public static RouteGroupBuilder MapLeases(this RouteGroupBuilder v1)
    {
        var leases = v1.MapGroup("/leases").WithTags("leases");
        leases.MapGet("/stuck", ListAsync).Answers<Page<LeaseDetailResource>>(200).Lists().Says("listStuckLeases", "Ends that cannot be done for now, oldest lease first. For operators, admins and auditors.");
        leases.MapPost("/{id}/retry", (HttpContext context, string id, RetryLease retry, Idempotent idempotent, CatalogHolder catalogs) => ActAsync(context, id, retry.HandleAsync, idempotent, catalogs))
            .Takes<LeaseBody>(optional: true).Answers<LeaseDetailResource>(200).Idempotent().Says("retryLease", "Try a stuck end again now. For operators.");
        leases.MapPost("/{id}/abandon", (HttpContext context, string id, AbandonLease abandon, Idempotent idempotent, CatalogHolder catalogs) => ActAsync(context, id, abandon.HandleAsync, idempotent, catalogs))
            .Takes<LeaseBody>().Answers<LeaseDetailResource>(200).Idempotent().Says("abandonLease", "Give a stuck end up, with a reason: the lease is revoked and never verified. For operators, but not its holder.");
        return v1;
    }

    private static async Task<IResult> ListAsync(HttpContext context, StuckLeases stuck, CatalogHolder catalogs)
    {
        const string List = "leases|stuck";
        var query = new QueryReader(context);
        var (after, limit) = (query.Cursor(List, Ids.IsId), query.Limit());
        query.Close();
        var outcome = await stuck.ListAsync(Caller.Of(context).Actor, after ?? "", limit + 1, context.RequestAborted);
        if (outcome.Value is not { } page)
            return new RefusalResult(outcome.Refusal!, catalogs.Directory);
        var directory = catalogs.Directory;
        var shown = page.Items.Take(limit).Select(l => Of(l, directory)).ToList();
        return Answer.Of(200, new Page<LeaseDetailResource>(shown, page.Items.Count > limit ? Cursors.Of(List, shown[^1].Id) : null));
    }

    private static async Task<IResult> ActAsync(HttpContext context, string id, Act act, Idempotent idempotent, CatalogHolder catalogs)
    {
        var bytes = await JsonBodies.ReadBytesAsync(context);
        var body = JsonBodies.Parse(context, bytes, new LeaseBody());
        var actor = Caller.Of(context).Actor;
        var outcome = await idempotent.RunAsync<LeaseDetails>(
            context,
            bytes,
            together => act(actor, id, body.Reason, together, context.RequestAborted),
            (_, done, _) => Task.FromResult(Answer.Of(200, Of(done, catalogs.Directory))));
        return outcome.ToResult(catalogs);
    }

    private static LeaseDetailResource Of(LeaseDetails details, PeopleDirectory directory)
    {
        var lease = GrantView.Of(details.Lease);
        return new LeaseDetailResource
        {
            Id = lease.Id,
            Grant = details.Grant.Id,
            Entitlement = details.Grant.Entitlement,
            Holder = PersonView.Of(details.Grant.Holder, directory),
            Target = details.Lease.Target,
            State = lease.State,
            ExpiresAt = lease.ExpiresAt,
            RevokedAt = lease.RevokedAt,
            Verified = lease.Verified,
            Attempts = lease.Attempts,
            LastError = lease.LastError,
            StuckSince = lease.StuckSince,
            NextAttemptAt = details.Lease.NextAttemptAt,
        };
    }
}

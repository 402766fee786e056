using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Storage;

namespace JitBroker.Leases;

/// <summary>A lease with the grant it was minted under.</summary>
public sealed record LeaseDetails(Lease Lease, Grant Grant);

/// <summary>Some of the ends that are stuck, by lease id.</summary>
public sealed record StuckPage(IReadOnlyList<LeaseDetails> Items);

/// <summary>Ends that cannot be done for now, and who may do something about them: operators, at each use anew (rule 14).</summary>
public sealed class StuckLeases(Database database, GrantStore grants, LeaseStore leases, DueLeaseStore due, CatalogHolder catalogs)
{
    /// <summary>Those that are stuck, oldest lease first. For operators, admins and auditors.</summary>
    /// <param name="after">The id of the last one seen, or empty.</param>
    public async Task<Outcome<StuckPage>> ListAsync(Actor actor, string after, int limit, CancellationToken cancellationToken)
    {
        var directory = catalogs.Directory;
        if (!new[] { Rights.Operator, Rights.Admin, Rights.Auditor }.Any(role => directory.HasRole(role, actor.Email)))
            return new Refusal(Codes.Forbidden, "Stuck ends are shown to operators, admins and auditors. Your own are in jit mine.");
        return await database.ReadAsync(
            async session =>
            {
                var found = new List<LeaseDetails>();
                foreach (var lease in await due.StuckAsync(session, after, limit, cancellationToken))
                    found.Add(new LeaseDetails(lease, (await grants.FindAsync(session, lease.GrantId, cancellationToken))!));
                return (Outcome<StuckPage>)new StuckPage(found);
            },
            cancellationToken);
    }

    /// <summary>The lease and its grant, the grant locked; or why this actor may not act on it. 404 and 403 only: what the act needs comes after.</summary>
    internal async Task<Outcome<LeaseDetails>> LockAsync(Session session, Actor actor, string leaseId, CancellationToken cancellationToken)
    {
        var noSuch = new Refusal(Codes.NotFound, $"There is no lease {leaseId}.");
        if (!Ids.IsId(leaseId) || await leases.FindAsync(session, leaseId, cancellationToken) is not { } seen)
            return noSuch;
        var grant = (await grants.LockAsync(session, seen.GrantId, cancellationToken))!;
        var directory = catalogs.Directory;
        if (directory.Find(actor.Email) is not null && directory.HasRole(Rights.Operator, actor.Email))
            return new LeaseDetails((await leases.FindAsync(session, leaseId, cancellationToken))!, grant);
        return RequestContent.FromText(grant.Content).MayBeReadBy(directory, actor.Email)
            ? new Refusal(Codes.Forbidden, "Only an operator retries or abandons an end. The catalog's roles say who that is.")
            : noSuch;
    }

    /// <summary>409 when there is nothing to do; null when it is stuck.</summary>
    internal static Refusal? NotStuck(Lease lease) => lease.IsStuck
        ? null
        : new Refusal(Codes.NotStuck, lease.State == "revoked" ? $"Lease {lease.Id} has ended already." : $"The end of lease {lease.Id} is not stuck: it is {lease.State}.") { State = lease.State };
}

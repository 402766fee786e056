namespace JitBroker.Issuers.Jwt;

/// <summary>How a lease stands right now, as the database says.</summary>
public interface ILeaseStandings
{
    /// <summary>
    /// Null when there is no such lease. Reads what is committed, never a cache: an end holds from its commit on.
    /// </summary>
    /// <param name="leaseId">A ULID in its canonical, upper-case form.</param>
    Task<LeaseStanding?> FindAsync(string leaseId, CancellationToken cancellationToken);
}

/// <summary>One lease and the grant it belongs to.</summary>
/// <param name="IsActive">The lease is <c>active</c> and so is its grant.</param>
/// <param name="EndsAt">The grant's end.</param>
public sealed record LeaseStanding(bool IsActive, string GrantId, string Entitlement, string Holder, DateTimeOffset EndsAt);

using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.Catalog.AccessReview;

/// <summary>Who could ask, who did, what was never used: read from what is stored, judged by <see cref="Proposals"/>.</summary>
public sealed class ReviewAccess(Database database, UseStore uses, CatalogHolder catalogs, TimeProvider clock)
{
    /// <summary>What is not used that long is proposed for removal, unless asked otherwise.</summary>
    public static readonly TimeSpan Unused = TimeSpan.FromDays(90);

    public async Task<AccessReviewed> HandleAsync(TimeSpan unused, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var directory = catalogs.Directory;
        var (all, known) = await database.ReadAsync(
            async session => (await uses.UsesAsync(session, cancellationToken), await uses.KnownSinceAsync(session, cancellationToken)), cancellationToken);
        return Proposals.Of(directory, all, now, now - unused, known);
    }

    /// <summary>Whether this person sees the review of everything.</summary>
    public static bool MaySeeAll(PeopleDirectory directory, string email) => directory.HasRole(Rights.Admin, email) || directory.HasRole(Rights.Auditor, email);

    /// <summary>Whether this person answers for it: the owner, or a member of the group that is.</summary>
    public static bool IsOwner(PeopleDirectory directory, string email, Entitlement entitlement) =>
        entitlement.Owner is { } owner && directory.Find(email) is not null && (owner == email || directory.IsMember(owner, email));
}

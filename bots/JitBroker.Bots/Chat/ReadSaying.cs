using JitBroker.Catalog.Reloading;
using JitBroker.Grants;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.People.Linking;
using JitBroker.People.SignIn;
using JitBroker.Reconciling;
using JitBroker.Storage;

namespace JitBroker.Bots.Chat;

/// <summary>What a delivery says, surface-neutral.</summary>
/// <param name="Message">Null: there is nothing to say any more.</param>
/// <param name="Story">What it was rendered from, with its revision; null when it is about no request.</param>
public sealed record Saying(ChatMessage? Message, RequestStory? Story);

/// <summary>
/// Reads what a delivery says from the state as it is now, with the revision read before it; so what is sent late, twice or out of order still shows the truth.
/// The one place that maps a template to its words, for every surface.
/// </summary>
public sealed class ReadSaying(
    ReadStory stories, Sessions sessions, ReadIdentities identities, Database database, LeaseStore leases, GrantStore grants, AccessReviewCard accessReview, TimeProvider clock)
{
    public async Task<Saying> HandleAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        switch (delivery.Template)
        {
            case Templates.ApprovalCard:
                var asked = await stories.HandleAsync(delivery.AboutId, cancellationToken);
                return new Saying(asked is null ? null : ApprovalCard.Of(asked, delivery.Recipient), asked);
            case Templates.EmergencyCard:
                var taken = await stories.HandleAsync(delivery.AboutId, cancellationToken);
                return new Saying(taken is null ? null : EmergencyCard.Of(taken), taken);
            case Templates.ReviewNotice:
                var reviewed = await OfGrantAsync(delivery.AboutId, cancellationToken);
                return new Saying(reviewed is null ? null : ReviewNotice.Of(reviewed, delivery.Data), reviewed);
            case Templates.AskerCard:
                var own = await stories.HandleAsync(delivery.AboutId, cancellationToken);
                return new Saying(own is null ? null : AskerCard.Of(own), own);
            case Templates.ExpiryNotice:
                var ending = await OfGrantAsync(delivery.AboutId, cancellationToken);
                return new Saying(ending is null ? null : Notices.Expiry(ending), ending);
            case Templates.LapseNotice:
                var lapsed = await stories.HandleAsync(delivery.AboutId, cancellationToken);
                return new Saying(lapsed is null ? null : Notices.Lapsed(lapsed), lapsed);
            case Templates.AccessReview:
                return new Saying(await accessReview.OfAsync(delivery, cancellationToken), null);
            case Templates.StuckNotice:
                return await OfLeaseAsync(delivery.AboutId, Notices.Stuck, cancellationToken);
            case Templates.AbandonedNotice:
                return await OfLeaseAsync(delivery.AboutId, Notices.Abandoned, cancellationToken);
            case Templates.CatalogNotice:
                return new Saying(CatalogNotice.FromText(delivery.Data) is { } catalog ? Notices.Catalog(catalog) : null, null);
            case Templates.TargetNotice:
                return new Saying(TargetNotice.FromText(delivery.Data) is { } target ? Notices.Target(target, clock.GetUtcNow()) : null, null);
            case Templates.ReconciliationNotice:
                return new Saying(ReconciliationNotice.FromText(delivery.Data) is { } looked ? Notices.Reconciliation(looked) : null, null);
            case Templates.SignInNotice:
                var session = await sessions.FindByIdAsync(delivery.AboutId, cancellationToken);
                return new Saying(session is { DisownedAt: null } ? Notices.SignedIn(session, clock.GetUtcNow()) : null, null);
            case Templates.LinkQuestion:
                return new Saying(LinkByChat.QuestionIfOpen(await identities.FindLinkAsync(delivery.AboutId, cancellationToken), clock.GetUtcNow()), null);
            case Templates.LinkNotice:
                return new Saying(await identities.FindAsync(delivery.AboutId, cancellationToken) is { IsLinked: true } linked ? LinkByChat.Linked(linked, clock.GetUtcNow()) : null, null);
            case Templates.UnlinkNotice:
                return new Saying(await identities.FindAsync(delivery.AboutId, cancellationToken) is { IsLinked: false } unlinked ? LinkByChat.Unlinked(unlinked, clock.GetUtcNow()) : null, null);
            default:
                return new Saying(null, null);
        }
    }

    private async Task<RequestStory?> OfGrantAsync(string grantId, CancellationToken cancellationToken)
    {
        var grant = await database.ReadAsync(session => grants.FindAsync(session, grantId, cancellationToken), cancellationToken);
        return grant is null ? null : await stories.HandleAsync(grant.RequestId, cancellationToken);
    }

    private async Task<Saying> OfLeaseAsync(string leaseId, Func<RequestStory, Lease, ChatMessage?> say, CancellationToken cancellationToken)
    {
        var lease = await database.ReadAsync(session => leases.FindAsync(session, leaseId, cancellationToken), cancellationToken);
        var story = lease is null ? null : await OfGrantAsync(lease.GrantId, cancellationToken);
        return new Saying(story is null ? null : say(story, lease!), story);
    }
}

using System.Globalization;
using JitBroker.Grants;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;

namespace JitBroker.Leases;

/// <summary>Whether this actor may collect from this grant now. Pure; asked under the grant's lock.</summary>
public static class Collecting
{
    /// <summary>Why not, or null. 404 and 403 come before 409 (contract §4).</summary>
    public static Refusal? Objection(PeopleDirectory directory, Grant? grant, Actor actor, string grantId, DateTimeOffset now)
    {
        if (grant is null)
            return NoSuchGrant(grantId);
        var content = RequestContent.FromText(grant.Content);
        if (!content.MayBeReadBy(directory, actor.Email))
            return NoSuchGrant(grantId);
        if (grant.Holder != actor.Email)
            return new Refusal(Codes.NotTheHolder, "Only the holder of a grant can collect from it.");
        if (directory.Find(actor.Email) is null)
            return new Refusal(Codes.Inactive, "You are not in the catalog any more. Ask the platform team.");
        if (Window(grant, now) is { } closed)
            return closed;
        return StillGood(directory, grant, content);
    }

    private static Refusal? Window(Grant grant, DateTimeOffset now)
    {
        if (grant.State == "scheduled")
            return new Refusal(Codes.GrantNotActive, string.Create(CultureInfo.InvariantCulture, $"This access starts at {grant.StartsAt:yyyy-MM-dd HH:mm} UTC. Collect it then."));
        return !grant.IsActive || grant.EndsAt <= now
            ? new Refusal(Codes.GrantEnded, string.Create(CultureInfo.InvariantCulture, $"This access ended at {grant.EndRequestedAt ?? grant.EndsAt:HH:mm:ss} UTC. Ask again if you still need it."))
            : null;
    }

    private static Refusal? StillGood(PeopleDirectory directory, Grant grant, RequestContent content)
    {
        if (RequestContent.Hash(grant.Content) != grant.ContentHash)
            return new Refusal(Codes.GrantNotActive, "What this grant holds is not what was approved, so nothing is minted. Tell the platform team: its row was changed.");
        if (!content.StillMeans(directory.Catalog))
            return new Refusal(Codes.GrantNotActive, $"What {grant.Entitlement} grants has changed since this was approved, so nothing more is minted under it. Ask again.");
        var entitlement = directory.Catalog.Entitlements[grant.Entitlement];
        if (content.Emergency ? Eligibility.MayKeep(directory, grant.Holder, entitlement, emergency: true) : Eligibility.IsEligible(directory, grant.Holder, entitlement))
            return null;
        return !content.Emergency && Eligibility.WhyUnknown(directory, grant.Holder, entitlement) is { } why
            ? new Refusal(Codes.Unavailable, $"I could not check whether you may still have {grant.Entitlement} ({why}), so nothing is minted now. Try again in a moment.") { RetryAfter = TimeSpan.FromSeconds(15) }
            : new Refusal(Codes.NotEligible, $"You may not have {grant.Entitlement} any more. Ask the platform team.");
    }

    private static Refusal NoSuchGrant(string id) => new(Codes.NotFound, $"There is no grant {id}.");
}

using JitBroker.Client;
using JitBroker.Leases;
using JitBroker.People;
using JitBroker.Requests;
using JitBroker.Reviews;

namespace JitBroker.Server.Http.Views;

internal sealed class GrantView(Revocabilities revocabilities, TimeProvider clock)
{
    public GrantResource Of(GrantDetails details, PeopleDirectory directory)
    {
        var grant = details.Grant;
        return new GrantResource
        {
            Id = grant.Id,
            Request = grant.RequestId,
            Entitlement = grant.Entitlement,
            Kind = details.Content.IssuerKind,
            Holder = PersonView.Of(grant.Holder, directory),
            State = WireWords.Parse<Client.GrantState>(grant.State),
            StartsAt = grant.StartsAt,
            EndsAt = grant.EndsAt,
            End = grant.EndKind is { } end ? WireWords.Parse<GrantEnd>(end) : null,
            EndedBy = grant.EndedBy is { } by ? PersonView.Of(by, directory) : null,
            EndReason = grant.EndReason,
            EndRequestedAt = grant.EndRequestedAt,
            VerifiedEndAt = details.StandsAgain || details.Leases.Any(l => l.IsAbandoned) ? null : grant.VerifiedEndAt,
            AccessMayLastUntil = details.AccessMayLastUntil,
            BreakGlass = grant.BreakGlass,
            Review = details.Review is { } review ? Of(review, directory, clock.GetUtcNow()) : null,
            Revocability = revocabilities.Of(details.Content),
            Leases = [.. details.Leases.Select(Of)],
        };
    }

    private static ReviewResource Of(Review review, PeopleDirectory directory, DateTimeOffset now) => new(
        WireWords.Parse<Client.ReviewState>(review.StateAt(now).ToText()),
        review.DueAt,
        review.Verdict is { } verdict ? WireWords.Parse<ReviewVerdict>(verdict) : null,
        review.Reviewer is { } by ? PersonView.Of(by, directory) : null,
        review.Comment,
        review.Incident,
        review.LiftedBy is { } lifter ? PersonView.Of(lifter, directory) : null);

    internal static LeaseResource Of(Lease lease) => new()
    {
        Id = lease.Id,
        State = WireWords.Parse<Client.LeaseState>(lease.State),
        ExpiresAt = lease.State == "minting" ? null : lease.ExpiresAt,
        RevokedAt = lease.RevokedAt,
        Verified = lease.State == "revoked" ? lease.Verified : null,
        Attempts = lease.Attempts,
        LastError = lease.LastError,
        StuckSince = lease.StuckSince,
    };
}

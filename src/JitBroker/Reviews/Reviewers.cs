using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.Policy;

namespace JitBroker.Reviews;

/// <summary>Who reviews an emergency access, and who may lift what a review blocks. Pure; evaluated at each use (rule 6). Never its taker (rule 5).</summary>
public static class Reviewers
{
    /// <summary>The group pinned when it was taken; today's where the catalog has that one no more; the admins where it has neither, so that no review is left to nobody.</summary>
    public static IReadOnlyList<Person> Of(PeopleDirectory directory, Review review)
    {
        var today = directory.Catalog.Entitlements.GetValueOrDefault(review.Entitlement)?.BreakGlass?.ReviewGroup;
        string[] groups = Has(directory, review.ReviewGroup) ? [review.ReviewGroup]
            : today is not null && Has(directory, today) ? [today]
            : [.. directory.Catalog.Roles.GetValueOrDefault(Rights.Admin) ?? []];
        return [.. groups.SelectMany(directory.Members).Where(p => p.Email != review.Invoker).DistinctBy(p => p.Email, StringComparer.Ordinal)];
    }

    public static bool MayReview(PeopleDirectory directory, Review review, string email) => Of(directory, review).Any(p => p.Email == email);

    /// <summary>A second person who may take the same emergency access now.</summary>
    public static bool MayLift(PeopleDirectory directory, Review review, string email) =>
        email != review.Invoker
        && directory.Find(email) is not null
        && directory.Catalog.Entitlements.GetValueOrDefault(review.Entitlement)?.BreakGlass is { } path
        && path.Eligible.Any(g => directory.IsMember(g, email));

    private static bool Has(PeopleDirectory directory, string group) => directory.Catalog.Groups.ContainsKey(group);
}

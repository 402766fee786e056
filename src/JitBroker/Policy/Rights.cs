using JitBroker.Catalog;
using JitBroker.People;

namespace JitBroker.Policy;

/// <summary>Who may look and who has a say, beyond the decision itself. Pure; evaluated at each use (rule 14).</summary>
public static class Rights
{
    public const string Admin = "admin";
    public const string Auditor = "auditor";
    public const string Operator = "operator";

    /// <summary>
    /// Whether this person stands in any group of the rule pinned at submit or of today's: one who may decide, has decided or would have been asked.
    /// </summary>
    public static bool HasASay(PeopleDirectory directory, string entitlement, ApprovalRule pinned, string requester, string email) =>
        email != requester
        && directory.Find(email) is not null
        && (IsNamed(directory, pinned, email)
            || (directory.Catalog.Entitlements.TryGetValue(entitlement, out var today) && IsNamed(directory, today.Approval, email)));

    /// <summary>Requests and grants are readable by requester, those who have a say, auditors and admins; for others they do not exist.</summary>
    public static bool MayRead(PeopleDirectory directory, string entitlement, ApprovalRule pinned, string requester, string email) =>
        email == requester
        || directory.HasRole(Admin, email)
        || directory.HasRole(Auditor, email)
        || HasASay(directory, entitlement, pinned, requester, email);

    /// <summary>Of an emergency: those who review it, by the group pinned when it was taken or by today's, and those who may take the same one. Never its taker.</summary>
    public static bool IsConcerned(PeopleDirectory directory, string entitlement, string reviewGroup, string holder, string email) =>
        email != holder
        && directory.Find(email) is not null
        && (directory.IsMember(reviewGroup, email)
            || (directory.Catalog.Entitlements.GetValueOrDefault(entitlement)?.BreakGlass is { } path
                && (directory.IsMember(path.ReviewGroup, email) || path.Eligible.Any(g => directory.IsMember(g, email)))));

    private static bool IsNamed(PeopleDirectory directory, ApprovalRule rule, string email) =>
        rule.Stages.SelectMany(s => s.AnyOf).SelectMany(a => a.Clauses).Any(c => directory.IsMember(c.Group, email));
}

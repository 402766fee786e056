using JitBroker.Catalog;
using JitBroker.Client;
using JitBroker.People;
using JitBroker.Policy;
using ApprovalRule = JitBroker.Client.ApprovalRule;
using DurationLimits = JitBroker.Client.DurationLimits;
using ReasonRule = JitBroker.Client.ReasonRule;

namespace JitBroker.Server.Http.Views;

internal sealed class EntitlementView(Revocabilities revocabilities, BrokerLimits limits)
{
    /// <summary>Null when this build cannot mint it, so that nobody may ask for it.</summary>
    public EntitlementResource? Of(Entitlement entitlement, PeopleDirectory directory, string viewer)
    {
        if (revocabilities.Of(entitlement, directory.Catalog) is not { } revocability)
            return null;
        var duration = entitlement.Duration;
        return new EntitlementResource
        {
            Name = entitlement.Name,
            Title = entitlement.Title,
            Risk = WireWords.Parse<Client.Risk>(WireWords.Of(entitlement.Risk)),
            Issuer = entitlement.Issuer,
            Duration = new DurationLimits(duration.Min, duration.Default, duration.Max < limits.MaxDuration ? duration.Max : limits.MaxDuration),
            Reason = new ReasonRule(entitlement.Reason.Required, entitlement.Reason.Hint),
            Approval = Of(entitlement.Approval, directory, viewer),
            Revocability = revocability,
        };
    }

    private static ApprovalRule Of(Catalog.ApprovalRule rule, PeopleDirectory directory, string viewer) => new(
        rule.Auto is not null,
        RuleText.Of(rule, viewer, directory),
        [.. rule.Stages.Select(s => new ApprovalStage([.. s.AnyOf.Select(a => (IReadOnlyList<ApprovalClause>)[.. a.Clauses.Select(c => new ApprovalClause(c.Group, c.Votes))])]))]);
}

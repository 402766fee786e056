using JitBroker.Catalog;

namespace JitBroker.Policy;

/// <summary>
/// What an entitlement allows of extensions. An emergency has one, however the catalog counts the others, and a second person must agree: any one of those who
/// would decide an ordinary request or may take the emergency themselves, since in an emergency others may not be there.
/// </summary>
public static class Extensions
{
    /// <summary>Extensions that one emergency may have.</summary>
    public const int OfAnEmergency = 1;

    public static int MaxOf(Entitlement entitlement, bool emergency) => emergency ? OfAnEmergency : entitlement.MaxExtensions;

    /// <summary>The longest single extension: no longer than the longest ask.</summary>
    public static TimeSpan LongestOf(Entitlement entitlement, bool emergency) =>
        emergency ? entitlement.BreakGlass?.Max ?? TimeSpan.Zero : entitlement.Duration.Max;

    /// <summary>Who decides an extension: the entitlement's own rule, or for an emergency one other person.</summary>
    public static ApprovalRule RuleOf(Entitlement entitlement, bool emergency)
    {
        if (!emergency)
            return entitlement.Approval;
        var asked = entitlement.Approval.Stages.SelectMany(s => s.AnyOf).SelectMany(a => a.Clauses).Select(c => c.Group);
        var groups = asked.Concat(entitlement.BreakGlass?.Eligible ?? []).Distinct(StringComparer.Ordinal);
        return new ApprovalRule(null, [new Stage([.. groups.Select(g => new Alternative([new Clause(g, 1)]))])]);
    }
}

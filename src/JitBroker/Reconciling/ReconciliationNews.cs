namespace JitBroker.Reconciling;

/// <summary>Whether a look says something that the one before did not. Pure; what was told once is not told at every look.</summary>
internal static class ReconciliationNews
{
    public static bool IsNews(LookResult? before, LookResult after)
    {
        // A target that is away is told by its lane, and says nothing about what stands there.
        if (after.Failed is not null)
            return false;
        var told = before?.Findings.Where(f => f.IsNews).Select(f => f.Key).ToHashSet(StringComparer.Ordinal) ?? [];
        return after.OverBudget != (before?.OverBudget ?? 0) && after.OverBudget > 0 || after.Findings.Any(f => f.IsNews && !told.Contains(f.Key));
    }
}

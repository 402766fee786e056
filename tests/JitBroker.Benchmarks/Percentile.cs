namespace JitBroker.Benchmarks;

/// <summary>Nearest rank, so that every figure was really seen.</summary>
internal static class Percentile
{
    /// <param name="values">At least one.</param>
    /// <param name="percentile">Within 0..1; 1 is the maximum.</param>
    public static TimeSpan Of(IReadOnlyCollection<TimeSpan> values, double percentile)
    {
        var sorted = values.Order().ToList();
        return sorted[Math.Clamp((int)Math.Ceiling(percentile * sorted.Count) - 1, 0, sorted.Count - 1)];
    }
}

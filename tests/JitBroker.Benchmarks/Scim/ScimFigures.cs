using JitBroker.Storage;

namespace JitBroker.Benchmarks.Scim;

/// <summary>What one engine took.</summary>
/// <param name="Calm">Submit and approve, without a sync.</param>
/// <param name="Beside">The same while the sync runs.</param>
internal sealed record ScimFigures(Engine Engine, int Users, int Patches, int AtOnce, TimeSpan Took, IReadOnlyList<TimeSpan> Calm, IReadOnlyList<TimeSpan> Beside)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan LongestDecision = TimeSpan.FromSeconds(1);

    public double PerSecond => Users / Took.TotalSeconds;

    public bool IsGood => Took <= Longest && Percentile.Of(Beside, 0.99) <= LongestDecision;
}

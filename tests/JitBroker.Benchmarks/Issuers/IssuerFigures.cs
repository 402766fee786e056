namespace JitBroker.Benchmarks.Issuers;

/// <summary>Mints and ends at one target.</summary>
internal sealed record IssuerFigures(string Name, IReadOnlyList<TimeSpan> Mints, IReadOnlyList<TimeSpan> Ends)
{
    private static readonly TimeSpan LongestMint = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan LongestEnd = TimeSpan.FromMilliseconds(500);

    public bool IsGood => Mint(0.99) <= LongestMint && End(0.99) <= LongestEnd;

    public TimeSpan Mint(double percentile) => Percentile.Of(Mints, percentile);

    public TimeSpan End(double percentile) => Percentile.Of(Ends, percentile);
}

namespace JitBroker.Benchmarks.Audit;

/// <summary>How fast an export is verified, beside a yardstick that reads the same file, parses and hashes each line, and checks nothing.</summary>
/// <param name="Pairs">Events a second of the yardstick and of the verifier, round by round, within the same few seconds.</param>
internal sealed record AuditFigures(int Events, long Bytes, IReadOnlyList<(double Yardstick, double Verified)> Pairs)
{
    /// <summary>Events a second.</summary>
    public const double Target = 100_000;

    public double Verified => Median(Pairs.Select(p => p.Verified));

    public double Yardstick => Median(Pairs.Select(p => p.Yardstick));

    public double Ratio => Median(Pairs.Select(p => p.Verified / p.Yardstick));

    public double Lowest => Pairs.Min(p => p.Verified / p.Yardstick);

    public double Highest => Pairs.Max(p => p.Verified / p.Yardstick);

    public bool IsGood => Verified >= Target;

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}

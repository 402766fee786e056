using JitBroker.Storage;

namespace JitBroker.Benchmarks.Lifecycle;

/// <summary>What was measured on one engine: pairs of rounds, the yardstick's beside the broker's.</summary>
internal sealed record LifecycleFigures(Engine Engine, string Algorithm, int Concurrency, Recording Recording, IReadOnlyList<(Round Yardstick, Round Broker)> Pairs)
{
    /// <summary>The least share of the yardstick that is good enough.</summary>
    public const double Target = 0.4;

    public double Broker => Median(Pairs.Select(p => p.Broker.PerSecond));

    public double Yardstick => Median(Pairs.Select(p => p.Yardstick.PerSecond));

    /// <summary>Median over the pairs, each of which ran within the same few seconds: what disturbs one side disturbs the other.</summary>
    public double Ratio => Median(Ratios);

    public double Lowest => Ratios.Min();

    public double Highest => Ratios.Max();

    public bool IsGood => Ratio >= Target;

    private IEnumerable<double> Ratios => Pairs.Select(p => p.Broker.PerSecond / p.Yardstick.PerSecond);

    /// <summary>Of one whole lifecycle, over all rounds.</summary>
    public TimeSpan Latency(double percentile) => Percentile.Of([.. Pairs.SelectMany(p => p.Broker.Latencies)], percentile);

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}

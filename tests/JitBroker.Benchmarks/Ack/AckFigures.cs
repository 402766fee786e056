using JitBroker.Storage;

namespace JitBroker.Benchmarks.Ack;

/// <summary>How long Slack waited for its 200, counted from the instant a delivery was due, whether or not earlier ones had been answered.</summary>
/// <param name="Failed">Deliveries that were not answered with 200.</param>
/// <param name="Mints">Mints the issuer was asked for and never answered.</param>
/// <param name="Ends">Ends the issuer was asked for and never answered.</param>
internal sealed record AckFigures(Engine Engine, int PerSecond, IReadOnlyList<TimeSpan> Latencies, int Failed, int Mints, int Ends)
{
    public static readonly TimeSpan TargetP99 = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan TargetMax = TimeSpan.FromSeconds(1);

    public TimeSpan P50 => Percentile.Of(Latencies, 0.5);

    public TimeSpan P99 => Percentile.Of(Latencies, 0.99);

    public TimeSpan Max => Percentile.Of(Latencies, 1);

    /// <summary>An issuer that was never asked did not hang, so such a run proves nothing.</summary>
    public bool IsGood => P99 <= TargetP99 && Max <= TargetMax && Failed == 0 && Mints + Ends > 0;
}

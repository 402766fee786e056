namespace JitBroker.Benchmarks.Due;

/// <summary>Ends that fell due together, from the instant each was due.</summary>
/// <param name="Told">Until the grant was <c>ending</c>, committed, and its credential stood as ended for whoever asks.</param>
/// <param name="Verified">Until the end was done at the target, read back and recorded.</param>
internal sealed record DueLags(IReadOnlyList<TimeSpan> Told, IReadOnlyList<TimeSpan> Verified);

/// <summary>What one run found on PostgreSQL.</summary>
/// <param name="Live">Grants that were live and not due.</param>
/// <param name="Calm">All targets answer.</param>
/// <param name="WhileOneHangs">Beside some that are due at another target, which hangs, at the same instants.</param>
/// <param name="HungCalls">Connections that the hanging target took and never answered.</param>
/// <param name="ColdStart">From the start of the process to the first end of those that fell due while there was none.</param>
/// <param name="Resident">Bytes of the broker's process that were in memory at the most.</param>
internal sealed record DueFigures(int Live, DueLags Calm, DueLags WhileOneHangs, int HungCalls, TimeSpan ColdStart, long Resident)
{
    public static readonly TimeSpan TargetP99 = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan TargetColdStart = TimeSpan.FromSeconds(5);

    /// <summary>Bytes.</summary>
    public const long TargetResident = 300 * 1024 * 1024;

    public bool AreLagsGood => Percentile.Of(Calm.Verified, 0.99) <= TargetP99 && Percentile.Of(WhileOneHangs.Verified, 0.99) <= TargetP99 && HungCalls > 0;

    public bool IsColdStartGood => ColdStart <= TargetColdStart;

    public bool IsResidentGood => Resident <= TargetResident;
}

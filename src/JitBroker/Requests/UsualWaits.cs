using System.Collections.Concurrent;
using JitBroker.Storage;

namespace JitBroker.Requests;

/// <summary>How long decisions usually take, told from the last ones. For hints only; up to a minute old.</summary>
public sealed class UsualWaits(Database database, RequestStore requests, TimeProvider clock)
{
    /// <summary>Most decisions that are looked at.</summary>
    private const int Looks = 50;

    /// <summary>Below this many nothing is usual.</summary>
    private const int Fewest = 3;

    private const int MostKept = 5_000;
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (DateTimeOffset At, TimeSpan? Wait)> _known = new(StringComparer.Ordinal);

    /// <summary>The median of the last decisions by people on this entitlement, in whole minutes, one at least; null below three of them.</summary>
    public async Task<TimeSpan?> OfAsync(string entitlement, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_known.TryGetValue(entitlement, out var known) && now - known.At < Fresh)
            return known.Wait;
        var waits = (await database.ReadAsync(session => requests.WaitsAsync(session, entitlement, Looks, cancellationToken), cancellationToken)).Order().ToList();
        TimeSpan? median = waits.Count < Fewest ? null : TimeSpan.FromMinutes(Math.Max(1, Math.Round(Median(waits).TotalMinutes)));
        // A cache of hints may be emptied at any time; what matters is that it cannot grow for ever.
        if (_known.Count >= MostKept)
            _known.Clear();
        _known[entitlement] = (now, median);
        return median;
    }

    private static TimeSpan Median(List<TimeSpan> sorted) => (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
}

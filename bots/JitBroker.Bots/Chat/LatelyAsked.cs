using System.Collections.Concurrent;
using JitBroker.Requests;
using JitBroker.Storage;

namespace JitBroker.Bots.Chat;

/// <summary>What people did lately: how long decisions took, and what somebody asked for. For hints only; up to a minute old.</summary>
public sealed class LatelyAsked(Database database, RequestStore requests, TimeProvider clock)
{
    private const int Looks = 200;
    private const int MostKept = 5_000;
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (DateTimeOffset At, IReadOnlyList<string> Names)> _recent = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (DateTimeOffset At, TimeSpan? Wait)> _waits = new(StringComparer.Ordinal);

    /// <summary>The median wait of the last approvals of this entitlement, in whole minutes; null below three of them.</summary>
    public async Task<TimeSpan?> UsualWaitAsync(string entitlement, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_waits.TryGetValue(entitlement, out var known) && now - known.At < Fresh)
            return known.Wait;
        var page = await database.ReadAsync(session => requests.PageAsync(session, null, "approved", null, Looks, cancellationToken), cancellationToken);
        var waits = page.Where(r => r.Entitlement == entitlement && r is { SettledBy: not null, SettledAt: not null }).Select(r => r.SettledAt!.Value - r.CreatedAt).Order().ToList();
        TimeSpan? median = waits.Count < 3 ? null : TimeSpan.FromMinutes(Math.Max(1, Math.Round(waits[waits.Count / 2].TotalMinutes)));
        Keep(_waits, entitlement, (now, median));
        return median;
    }

    /// <summary>Entitlements this person asked for, the newest first.</summary>
    public async Task<IReadOnlyList<string>> RecentAsync(string email, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_recent.TryGetValue(email, out var known) && now - known.At < Fresh)
            return known.Names;
        var page = await database.ReadAsync(session => requests.PageAsync(session, email, null, null, Looks, cancellationToken), cancellationToken);
        IReadOnlyList<string> names = [.. page.Select(r => r.Entitlement).Distinct(StringComparer.Ordinal)];
        Keep(_recent, email, (now, names));
        return names;
    }

    /// <summary>A cache of hints may be emptied at any time; what matters is that it cannot grow for ever.</summary>
    private static void Keep<T>(ConcurrentDictionary<string, T> cache, string key, T value)
    {
        if (cache.Count >= MostKept)
            cache.Clear();
        cache[key] = value;
    }
}

using System.Collections.Concurrent;
using JitBroker.Requests;
using JitBroker.Storage;

namespace JitBroker.Bots.Chat;

/// <summary>What somebody asked for lately. For hints only; up to a minute old.</summary>
public sealed class LatelyAsked(Database database, RequestStore requests, TimeProvider clock)
{
    private const int Looks = 200;
    private const int MostKept = 5_000;
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (DateTimeOffset At, IReadOnlyList<string> Names)> _recent = new(StringComparer.Ordinal);

    /// <summary>Entitlements this person asked for, the newest first.</summary>
    public async Task<IReadOnlyList<string>> RecentAsync(string email, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_recent.TryGetValue(email, out var known) && now - known.At < Fresh)
            return known.Names;
        var page = await database.ReadAsync(session => requests.PageAsync(session, email, null, null, Looks, cancellationToken), cancellationToken);
        IReadOnlyList<string> names = [.. page.Select(r => r.Entitlement).Distinct(StringComparer.Ordinal)];
        // A cache of hints may be emptied at any time; what matters is that it cannot grow for ever.
        if (_recent.Count >= MostKept)
            _recent.Clear();
        _recent[email] = (now, names);
        return names;
    }
}

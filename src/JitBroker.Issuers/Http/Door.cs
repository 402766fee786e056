using JitBroker.Storage;

namespace JitBroker.Issuers.Http;

/// <summary>
/// Answers a door that asks at each request, for nginx <c>auth_request</c>. A token that is known costs no database call. What is said may be as old as <see cref="Staleness"/> and no older, on every
/// replica by itself; where that cannot be kept, nothing is allowed.
/// </summary>
public sealed class Door
{
    /// <summary>An ended grant is refused everywhere after this time.</summary>
    public static readonly TimeSpan Staleness = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A view that is older says nothing. Less than <see cref="Staleness"/>, because timers count coarse ticks and may ring some milliseconds before the monotonic clock says so:
    /// an end that has waited that long must not meet a view that is still believed.
    /// </summary>
    internal static readonly TimeSpan Believed = Staleness - TimeSpan.FromMilliseconds(50);

    /// <summary>How many may wait to see whether an unknown token is a new one; beyond, unknown is a no at once.</summary>
    private const int MostWaiting = 256;

    private const string Scheme = "Bearer ";
    private const int LongestHeader = 200;

    private readonly DoorView _view;
    private readonly TimeProvider _clock;
    private int _waiting;

    internal Door(Func<CancellationToken, Task<IReadOnlyList<DoorRow>>> read, TimeProvider clock) => (_view, _clock) = (new DoorView(read, clock), clock);

    /// <param name="authorization">The one <c>Authorization</c> header; null when there is none, or several.</param>
    /// <param name="resource">The one <c>X-Jit-Resource</c> header, which the door sets and never its client.</param>
    public ValueTask<DoorAnswer> AnswerAsync(string? authorization, string? resource)
    {
        if (authorization is null || authorization.Length > LongestHeader || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || authorization.AsSpan(Scheme.Length).IsWhiteSpace())
            return ValueTask.FromResult(DoorAnswer.NoToken);
        if (resource is null || !DoorToken.TryHash(authorization.AsSpan(Scheme.Length).Trim(), out var key))
            return ValueTask.FromResult(DoorAnswer.Refused);
        return _view.Current() is { } seen
            ? seen.Find(key) is { } entry ? ValueTask.FromResult(Judge(entry, resource)) : UnknownAsync(key, resource)
            : LookAsync(key, resource);
    }

    /// <summary>It may have been collected since, so one look is worth the wait; made-up tokens share that look and are remembered nowhere.</summary>
    private async ValueTask<DoorAnswer> UnknownAsync(DoorKey key, string resource)
    {
        try
        {
            return Interlocked.Increment(ref _waiting) > MostWaiting ? DoorAnswer.Refused : await LookAsync(key, resource);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private async ValueTask<DoorAnswer> LookAsync(DoorKey key, string resource)
    {
        try
        {
            var seen = await _view.NextAsync().WaitAsync(Staleness, _clock);
            if (_clock.GetElapsedTime(seen.AsOf) > Believed)
                return DoorAnswer.Unavailable;
            return seen.Find(key) is { } entry ? Judge(entry, resource) : DoorAnswer.Refused;
        }
        catch (Exception e) when (e is DatabaseUnavailableException or TimeoutException or OperationCanceledException)
        {
            return DoorAnswer.Unavailable;
        }
    }

    private DoorAnswer Judge(DoorEntry entry, string resource) =>
        string.Equals(entry.Resource, resource, StringComparison.Ordinal) && _clock.GetUtcNow() < entry.EndsAt ? new DoorAnswer(204, entry.User, entry.Grant) : DoorAnswer.Refused;
}

/// <summary>What a door is told: 204 with holder and grant, 401 without a token, 403, or 503 when nothing is known.</summary>
public readonly record struct DoorAnswer(int Status, string? User, string? Grant)
{
    internal static DoorAnswer NoToken => new(401, null, null);

    internal static DoorAnswer Refused => new(403, null, null);

    internal static DoorAnswer Unavailable => new(503, null, null);
}

using System.Collections.Concurrent;
using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Teams;

/// <summary>What of Teams' limits a call counts towards.</summary>
internal enum TeamsLane
{
    /// <summary>Sending, editing and making a conversation.</summary>
    Send,

    /// <summary>Asking about members.</summary>
    Members,
}

/// <summary>
/// Keeps our calls below Teams' limits (chat-wire B4): each conversation its windows, each tenant its calls a second, and a pause after each 429. One per process; several replicas
/// together are slowed by Teams' own 429.
/// </summary>
internal sealed class TeamsPace(TimeProvider clock)
{
    private static readonly IReadOnlyList<Window> Sends = [new(7, 1), new(8, 2), new(60, 30), new(1800, 3600)];
    private static readonly IReadOnlyList<Window> Asks = [new(14, 1), new(16, 2), new(120, 30), new(3600, 3600)];
    private static readonly IReadOnlyList<Window> Calls = [new(50, 1)];

    private readonly ConcurrentDictionary<string, Lane> _lanes = new(StringComparer.Ordinal);

    /// <summary>Takes a place. Zero: call now. Otherwise the caller waits that long and calls then, or gives the place up by not calling.</summary>
    /// <param name="longest">A wait above this takes no place at all and is only told.</param>
    public TimeSpan Reserve(TeamsPlace place, TeamsLane lane, Urgency urgency, TimeSpan longest)
    {
        var now = clock.GetUtcNow();
        var (own, all) = (Own(place, lane), LaneOf("tenant " + place.Tenant, Calls));
        var (first, second) = (own.Wait(now, urgency), all.Wait(now, urgency));
        var wait = first > second ? first : second;
        if (wait <= longest)
        {
            own.Take(now + wait);
            all.Take(now + wait);
        }

        return wait;
    }

    /// <summary>Teams said 429: nobody calls there until then.</summary>
    public void Pause(TeamsPlace place, TeamsLane lane, TimeSpan retryAfter) => Own(place, lane).PauseUntil(clock.GetUtcNow() + retryAfter);

    private Lane Own(TeamsPlace place, TeamsLane lane) =>
        LaneOf($"{lane} {place.Tenant} {TeamsPlace.WithoutThread(place.Conversation)}", lane == TeamsLane.Members ? Asks : Sends);

    private Lane LaneOf(string key, IReadOnlyList<Window> windows)
    {
        // Conversations come and go; forgetting a lane costs a burst at most.
        if (_lanes.Count > 10_000)
            _lanes.Clear();
        return _lanes.GetOrAdd(key, _ => new Lane(windows));
    }

    private sealed record Window(int Most, int Seconds);

    /// <summary>The instants of the calls of its longest window; a call must fit into each of them.</summary>
    private sealed class Lane(IReadOnlyList<Window> windows)
    {
        private readonly Lock _gate = new();
        private readonly List<DateTimeOffset> _calls = [];
        private DateTimeOffset _paused = DateTimeOffset.UnixEpoch;

        public TimeSpan Wait(DateTimeOffset now, Urgency urgency)
        {
            lock (_gate)
            {
                var earliest = _paused > now ? _paused : now;
                if (urgency == Urgency.Notification)
                {
                    foreach (var window in windows.Where(w => _calls.Count >= w.Most))
                    {
                        var free = _calls[^window.Most] + TimeSpan.FromSeconds(window.Seconds);
                        earliest = free > earliest ? free : earliest;
                    }
                }

                return earliest - now;
            }
        }

        public void Take(DateTimeOffset at)
        {
            lock (_gate)
            {
                // Nearly in order: an answer does not wait behind notifications that have their places already.
                var index = _calls.Count;
                while (index > 0 && _calls[index - 1] > at)
                    index--;
                _calls.Insert(index, at);
                if (_calls.Count > windows[^1].Most)
                    _calls.RemoveRange(0, _calls.Count - windows[^1].Most);
            }
        }

        public void PauseUntil(DateTimeOffset until)
        {
            lock (_gate)
                _paused = until > _paused ? until : _paused;
        }
    }
}

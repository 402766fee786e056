using System.Collections.Concurrent;
using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Slack;

/// <summary>
/// Keeps our calls below Slack's limits (chat-wire A8): per method its tier, per channel one message a second with a small burst, and a pause after each 429.
/// One per workspace and process; several replicas together are slowed by Slack's own 429.
/// </summary>
internal sealed class SlackPace(TimeProvider clock)
{
    private const double ChannelBurst = 4;
    private static readonly TimeSpan ChannelEvery = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Lane> _lanes = new(StringComparer.Ordinal);

    /// <summary>
    /// Takes a place. Zero: call now. Otherwise the caller waits that long and calls then, or gives the place up by not calling.
    /// </summary>
    /// <param name="channel">For methods that say something in a channel; null otherwise.</param>
    /// <param name="longest">A wait above this takes no place at all and is only told.</param>
    public TimeSpan Reserve(string method, string? channel, Urgency urgency, TimeSpan longest)
    {
        var now = clock.GetUtcNow();
        var (every, burst) = Tier(method);
        var lanes = channel is null
            ? [LaneOf(method, every, burst)]
            : new[] { LaneOf(method, every, burst), LaneOf("channel " + channel, ChannelEvery, ChannelBurst) };
        var wait = lanes.Max(l => l.WaitOf(now, urgency));
        if (wait <= longest)
        {
            foreach (var lane in lanes)
                lane.Take(now);
        }

        return wait;
    }

    /// <summary>Slack said 429: nobody calls this method until then.</summary>
    public void Pause(string method, string? channel, TimeSpan retryAfter)
    {
        var (every, burst) = Tier(method);

        // Messages are limited per channel as well as per workspace; the answer does not say which it was. The channel is by far the likelier.
        var lane = channel is null || method != "chat.postMessage" ? LaneOf(method, every, burst) : LaneOf("channel " + channel, ChannelEvery, ChannelBurst);
        lane.PauseUntil(clock.GetUtcNow() + retryAfter);
    }

    private Lane LaneOf(string key, TimeSpan every, double burst)
    {
        // Channels come and go; forgetting a lane costs a burst at most.
        if (_lanes.Count > 10_000)
            _lanes.Clear();
        return _lanes.GetOrAdd(key, _ => new Lane(every, burst));
    }

    private static (TimeSpan Every, double Burst) Tier(string method)
    {
        var perMinute = method switch
        {
            "chat.postMessage" => 300,
            "chat.update" or "conversations.open" or "conversations.info" => 50,
            "auth.test" => 60,
            _ => 100,
        };
        return (TimeSpan.FromMinutes(1) / perMinute, perMinute * 0.8);
    }

    /// <summary>A virtual schedule: each call moves the theoretical arrival time on by <c>every</c>; it may run ahead of the clock by the burst.</summary>
    private sealed class Lane(TimeSpan every, double burst)
    {
        private readonly Lock _gate = new();
        private DateTimeOffset _arrival = DateTimeOffset.UnixEpoch;
        private DateTimeOffset _paused = DateTimeOffset.UnixEpoch;

        public TimeSpan WaitOf(DateTimeOffset now, Urgency urgency)
        {
            lock (_gate)
            {
                var earliest = urgency == Urgency.Answer ? now : _arrival - (every * (burst - 1));
                if (_paused > earliest)
                    earliest = _paused;
                return earliest > now ? earliest - now : TimeSpan.Zero;
            }
        }

        public void Take(DateTimeOffset now)
        {
            lock (_gate)
                _arrival = (_arrival > now ? _arrival : now) + every;
        }

        public void PauseUntil(DateTimeOffset until)
        {
            lock (_gate)
                _paused = until > _paused ? until : _paused;
        }
    }
}

using System.Collections.Concurrent;
using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Slack;

/// <summary>Whether a channel may see an approval card. One that is shared with another organisation may not, and one that cannot be looked at may not either.</summary>
internal sealed class ChannelSafety(SlackCalls calls, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<string, (DateTimeOffset At, string? Why)> _known = new(StringComparer.Ordinal);

    /// <returns>Null: it may. Otherwise why not, or that nobody knows yet.</returns>
    public async Task<ChannelObjection?> ObjectionAsync(string channel, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_known.TryGetValue(channel, out var known) && now - known.At < Fresh)
            return known.Why is null ? null : new ChannelObjection.Never(known.Why);
        switch (await calls.ChannelAsync(channel, cancellationToken))
        {
            case SlackReply.Ok ok:
                var info = ok.Body.At("channel");
                var isShared = info.Flag("is_ext_shared") || info.Flag("is_pending_ext_shared") || info?["pending_shared"] is System.Text.Json.Nodes.JsonArray { Count: > 0 };
                var why = isShared ? "it is shared with another organisation" : info.Flag("is_archived") ? "is_archived" : null;
                _known[channel] = (now, why);
                return why is null ? null : new ChannelObjection.Never(why);
            case SlackReply.Refused { IsAboutChannel: true } closed:
                return new ChannelObjection.Never(closed.Error);
            case var other:
                return new ChannelObjection.NotNow(other);
        }
    }
}

/// <summary>Why a card is not posted to a channel.</summary>
internal abstract record ChannelObjection
{
    private ChannelObjection()
    {
    }

    public sealed record Never(string Why) : ChannelObjection;

    public sealed record NotNow(SlackReply Reply) : ChannelObjection;
}

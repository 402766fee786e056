using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Teams;

/// <summary>
/// Whether a channel may see an approval card: one of the kind that can be shared with other organisations may not. Known by the team it is in; of a channel that the bot was never heard from
/// nobody can say which team that is, so the operator who named it is believed.
/// </summary>
internal sealed class TeamsChannelSafety(TeamsReferences references, TeamsCalls calls, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<string, (DateTimeOffset At, string? Why)> _known = new(StringComparer.Ordinal);

    /// <returns>Why it never may, or how the question failed; both null: it may.</returns>
    public async Task<(string? Never, TeamsReply? NotNow)> ObjectionAsync(TeamsPlace channel, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_known.TryGetValue(channel.Conversation, out var known) && now - known.At < Fresh)
            return (known.Why, null);
        if (await references.TeamOfAsync(channel, cancellationToken) is not { } team)
            return (null, null);
        switch (await calls.ChannelsAsync(channel, team, cancellationToken))
        {
            case TeamsReply.Ok ok:
                var channels = (ok.Body["conversations"] as JsonArray ?? []).OfType<JsonObject>();
                var isShared = channels.Any(c => c.Text("id") == channel.Conversation && string.Equals(c.Text("type"), "shared", StringComparison.OrdinalIgnoreCase));
                _known[channel.Conversation] = (now, isShared ? "it is a shared channel" : null);
                return (isShared ? "it is a shared channel" : null, null);
            case TeamsReply.Refused { IsUnreachable: true }:
                // The post itself says why.
                return (null, null);
            case var other:
                return (null, other);
        }
    }
}

using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Teams;

/// <summary>What is known of a channel.</summary>
internal abstract record ChannelFound
{
    private ChannelFound()
    {
    }

    /// <param name="Kind"><c>standard</c>, <c>private</c> or <c>shared</c>; empty: its team does not say.</param>
    public sealed record In(string Team, string Kind) : ChannelFound;

    /// <summary>None of the teams that the bot was added to has it.</summary>
    public sealed record Nowhere : ChannelFound;

    /// <summary>There is no team that could be asked.</summary>
    public sealed record Unheard : ChannelFound;

    /// <summary>Teams does not say now.</summary>
    public sealed record NotNow(TeamsReply Reply) : ChannelFound;
}

/// <summary>Finds the team of a channel: the one it was heard from in, else whichever of those that the bot was added to lists it.</summary>
internal sealed class TeamsChannels(TeamsReferences references, TeamsCalls calls, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<string, (DateTimeOffset At, ChannelFound.In Found)> _known = new(StringComparer.Ordinal);

    public async Task<ChannelFound> FindAsync(TeamsPlace channel, CancellationToken cancellationToken)
    {
        var (now, id) = (clock.GetUtcNow(), TeamsPlace.WithoutThread(channel.Conversation));
        if (_known.TryGetValue(id, out var known) && now - known.At < Fresh)
            return known.Found;
        var itsTeam = await references.TeamOfAsync(channel, cancellationToken);
        var haveAnswered = false;
        foreach (var team in itsTeam is null ? await references.TeamsAsync(channel.Tenant, cancellationToken) : [itsTeam])
        {
            switch (await calls.ChannelsAsync(channel, team, cancellationToken))
            {
                case TeamsReply.Ok ok when KindIn(ok.Body, id) is { } kind:
                    var found = new ChannelFound.In(team, kind);
                    _known[id] = (now, found);
                    return found;
                case TeamsReply.Ok:
                    haveAnswered = true;
                    break;
                case TeamsReply.Refused { IsUnreachable: true }:
                    // A post there says why.
                    break;
                case var other:
                    return new ChannelFound.NotNow(other);
            }
        }

        return itsTeam is not null ? new ChannelFound.In(itsTeam, "") : haveAnswered ? new ChannelFound.Nowhere() : new ChannelFound.Unheard();
    }

    /// <returns>Null: it is not in that team.</returns>
    private static string? KindIn(JsonObject channels, string id) =>
        (channels["conversations"] as JsonArray ?? []).OfType<JsonObject>().FirstOrDefault(c => c.Text("id") == id) is { } found ? found.Text("type") ?? "" : null;
}

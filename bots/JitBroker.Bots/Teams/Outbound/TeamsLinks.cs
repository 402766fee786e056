using System.Collections.Concurrent;
using JitBroker.Bots.Chat;
using JitBroker.Outbox;

namespace JitBroker.Bots.Teams;

/// <summary>Addresses at which Teams' clients show a message of a channel. They give no right: a client shows what whoever follows one may see.</summary>
internal sealed class TeamsLinks(TeamsOptions options, TeamsReferences references, TeamsChannels channels, TeamsCalls calls)
{
    /// <summary>The directory's id of each team, which never changes.</summary>
    private readonly ConcurrentDictionary<string, string> _groups = new(StringComparer.Ordinal);

    /// <returns>Null: Teams does not say, or not now, whose channel it is.</returns>
    public async Task<Uri?> OfAsync(PostedCopy card, CancellationToken cancellationToken)
    {
        if (await references.ConversationAsync(card.Tenant, card.Channel, cancellationToken) is not { } place || await GroupOfAsync(place, cancellationToken) is not { } group)
            return null;
        var (channel, root) = (TeamsPlace.WithoutThread(card.Channel), TeamsPlace.RootOf(card.Channel) ?? card.Message);
        return new Uri(options.Client, $"/l/message/{Escaped(channel)}/{Escaped(card.Message)}?tenantId={Escaped(card.Tenant)}&groupId={Escaped(group)}&parentMessageId={Escaped(root)}");
    }

    private async Task<string?> GroupOfAsync(TeamsPlace channel, CancellationToken cancellationToken)
    {
        if (await channels.FindAsync(channel, cancellationToken) is not ChannelFound.In { Team: var team })
            return null;
        if (_groups.TryGetValue(team, out var known))
            return known;
        return await calls.TeamAsync(channel, team, cancellationToken) is TeamsReply.Ok ok && ok.Body.Text("aadGroupId") is { Length: > 0 } group ? _groups[team] = group : null;
    }

    private static string Escaped(string id) => Uri.EscapeDataString(id);
}

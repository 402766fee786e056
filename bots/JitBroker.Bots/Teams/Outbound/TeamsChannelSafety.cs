namespace JitBroker.Bots.Teams;

/// <summary>
/// Whether a channel may see an approval card: one of the kind that can be shared with other organisations may not, nor one that no team has which the bot was added to, since nobody can say
/// of what kind that is. Where there is no team to ask, the operator who named the channel is believed.
/// </summary>
internal sealed class TeamsChannelSafety(TeamsChannels channels)
{
    private const string Shared = "it is a shared channel";
    private const string Nowhere = "no team that I was added to has it, so I cannot see whether it is a shared channel; add me to its team, or mention me there once";

    /// <returns>Why it never may, or how the question failed; both null: it may.</returns>
    public async Task<(string? Never, TeamsReply? NotNow)> ObjectionAsync(TeamsPlace channel, CancellationToken cancellationToken) => await channels.FindAsync(channel, cancellationToken) switch
    {
        ChannelFound.In found => (string.Equals(found.Kind, "shared", StringComparison.OrdinalIgnoreCase) ? Shared : null, null),
        ChannelFound.Nowhere => (Nowhere, null),
        ChannelFound.NotNow unsaid => (null, unsaid.Reply),
        _ => (null, null),
    };
}

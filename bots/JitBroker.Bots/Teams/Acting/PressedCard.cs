using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Teams;

/// <summary>The card that a button was pressed on.</summary>
internal static class PressedCard
{
    /// <returns>Null: a list, a question, a notice, which are not kept true.</returns>
    public static PressedMessage? Of(TeamsActivity activity, CardOrigin? origin) => activity.ReplyToId is { Length: > 0 } message && origin?.Card is CardNames.Approval or CardNames.Asker or CardNames.Emergency
        ? new PressedMessage(TeamsPeople.SurfaceName, activity.TenantId, TeamsPlace.Canonical(activity.Conversation.Id, message), message, activity.Conversation.IsPersonal)
        : null;
}

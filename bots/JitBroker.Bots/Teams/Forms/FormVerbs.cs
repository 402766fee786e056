using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Teams;

/// <summary>Which buttons ask for a dialog. <c>deny</c> and <c>approve_less</c> do not: their few fields unfold in the presser's own view of the card.</summary>
internal static class FormVerbs
{
    public static bool OpensDialog(string action) =>
        action is ChatActions.RequestAccess or ChatActions.RequestAgain or ChatActions.BreakGlass or ChatActions.Escalate or ChatActions.Review;
}

using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Teams;

/// <summary>Which form a verb means. A button and the form it opens may share their word: what comes from a form is sent, and else it is opened.</summary>
internal static class FormNames
{
    public static bool IsSent(FormData data) => data.Verb switch
    {
        RequestAccessForm.Name or EmergencyAccessForm.Name => true,
        DenyForm.Name or ApproveLessForm.Name or ReviewForm.Name => data.IsForm,
        _ => false,
    };

    /// <summary>What a form says it is about.</summary>
    public static string AboutOf(FormData data) => data.Id == ChatActions.Nothing ? "" : data.Id;
}

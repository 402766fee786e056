using JitBroker.Bots.Chat;
using JitBroker.People;
using JitBroker.Policy;

namespace JitBroker.Bots.Teams;

/// <summary>Which form a verb means. A button and the form it opens may share their word: with fields it is sent, without it is opened.</summary>
internal static class FormNames
{
    public static bool IsSent(FormData data) => data.Verb switch
    {
        RequestAccessForm.Name or EmergencyAccessForm.Name => true,
        DenyForm.Name or ApproveLessForm.Name or ReviewForm.Name => data.HasEntered,
        _ => false,
    };

    /// <summary>What a form says it is about.</summary>
    public static string AboutOf(FormData data) => data.Id == ChatActions.Nothing ? "" : data.Id;

    /// <summary>The form that was sent, as it opens; or why it does not open any more.</summary>
    public static async Task<Outcome<ChatForm>> AgainAsync(OpenForms forms, Actor actor, FormData data, CancellationToken cancellationToken) => data.Verb switch
    {
        DenyForm.Name => await forms.DenyAsync(actor, data.Id, cancellationToken),
        ApproveLessForm.Name => await forms.ApproveLessAsync(actor, data.Id, cancellationToken),
        ReviewForm.Name => await forms.ReviewAsync(actor, data.Id, cancellationToken),
        EmergencyAccessForm.Name => await forms.BreakGlassAsync(actor, EmergencyAccessForm.Read(data.Entered, AboutOf(data)).Draft, cancellationToken),
        _ => await forms.RequestAsync(actor, RequestAccessForm.Read(data.Entered), cancellationToken),
    };
}

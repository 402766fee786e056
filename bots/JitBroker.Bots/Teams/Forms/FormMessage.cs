using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Teams;

/// <summary>A form as a message of its own, where no dialog can be opened.</summary>
internal static class FormMessage
{
    public static TeamsMessage Of(ChatForm form, TimeSpan offset) => new(form.Title, FormCard.Of(form, new FormPlace(IsDialog: false, Origin: null, offset)));
}

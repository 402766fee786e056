using JitBroker.People;
using JitBroker.Policy;

namespace JitBroker.Bots.Chat;

/// <summary>Refusals as chat tells them: in private, with what to do next. The use cases' own sentences are used as they are.</summary>
public static class Refused
{
    /// <summary>The field of a refusal that linking the account would mend.</summary>
    public const string Account = "account";

    public static ChatMessage Of(Refusal refusal)
    {
        var status = new ChatPart.Status(Tone.Bad, ChatText.Plain(refusal.Text));
        return new(ChatText.Plain(refusal.Text), refusal.Field == Account ? [status, new ChatPart.Actions([new ChatButton(ChatActions.LinkAccount, "Link your account", ChatActions.Nothing)])] : [status]);
    }

    /// <summary>An account the catalog does not name: which line to add, and whom to ask.</summary>
    public static Refusal Unknown(PeopleDirectory directory, string key, string ids)
    {
        var admins = string.Join(", ", directory.Catalog.Roles.GetValueOrDefault(Rights.Admin, []).SelectMany(directory.Members).Select(p => p.Name).Distinct(StringComparer.Ordinal).Take(5));
        var whom = admins.Length == 0 ? "those who keep the catalog" : admins;
        return new Refusal(Codes.Inactive, $"I don't know who you are yet. Ask {whom} to add \"{key}: {ids}\" to your entry under people: in the catalog; or, if I know another account of yours, link this one to it.", Account);
    }

    public static Refusal ForeignWorkspace() => new(Codes.Forbidden, "Requests from another workspace can't be made or decided here.");

    public static Refusal WorkspaceUnknown() =>
        new(Codes.Unavailable, "I don't know yet which workspace I belong to (the chat service did not tell me), so nothing was done. Try again in a moment, or use jit.");

    public static Refusal AccountMayNot(string what) =>
        new(Codes.Forbidden, $"Your account is {what}, and such accounts can neither ask nor decide. Ask an administrator of your workspace if that is wrong.");

    public static Refusal AccountUnchecked() =>
        new(Codes.Unavailable, "I could not check your account just now (the chat service did not answer), so nothing was done. Try again in a moment, or use jit.");

    public static Refusal NotTheirsAnyMore() =>
        new(Codes.Inactive, "This account was taken out of the catalog, or given to somebody else there. Open this page again to see what is yours.");

    public static ChatMessage Broken(string reference) => ChatMessage.Sentence(
        ChatText.Of($"Something went wrong on my side (ref {Say.Code(reference)}); nothing was changed. Try again in a moment, or use {Say.Code("jit")}."));

    /// <summary>A form that was sent, whose answer was late, and that is refused now.</summary>
    public static ChatMessage Late(string why) => Of(new Refusal(Codes.InvalidRequest, $"The form you sent a while ago was not accepted, and nothing was changed: {why}"));

    public static ChatMessage TookTooLong() => ChatMessage.Sentence("That took too long, so the form could not open. Try again.");
}

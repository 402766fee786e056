using JitBroker.Bots.Chat;
using JitBroker.Policy;

namespace JitBroker.Bots.Teams;

/// <summary>How words are typed to the bot in Teams: as in Slack, without the slash command in front; with it they are understood too.</summary>
internal static class TeamsWords
{
    private const string Slash = "/access ";

    /// <summary>A refusal as it is said here.</summary>
    public static string Of(Refusal refusal) => CardText.Plain(ChatText.Plain(Here(refusal.Text)), CardLimits.Fault);

    /// <summary>The same, as a message.</summary>
    public static ChatMessage Message(Refusal refusal) => Refused.Of(refusal with { Text = Here(refusal.Text) });

    /// <summary>What was typed, as the grammar reads it.</summary>
    public static ChatCommand Read(string? text)
    {
        var typed = (text ?? "").Trim();
        if (typed == Slash.Trim())
            return new ChatCommand.Help();
        return Grammar.Parse(typed.StartsWith(Slash, StringComparison.OrdinalIgnoreCase) ? typed[Slash.Length..] : typed);
    }

    private static string Here(string text) => text.Replace(Slash, "", StringComparison.Ordinal);
}

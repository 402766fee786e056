using JitBroker.Catalog;

namespace JitBroker.Bots.Chat;

/// <summary>What a person typed, understood. Closed: a surface handles each or does not compile.</summary>
public abstract record ChatCommand
{
    private ChatCommand()
    {
    }

    /// <summary><c>request [ENTITLEMENT] [DURATION] [REASON…]</c>. What was not given is null or empty.</summary>
    /// <param name="Duration">A word of the shape of a duration, not yet parsed; null when none was given.</param>
    public sealed record Ask(string? Entitlement, string? Duration, string Reason) : ChatCommand;

    public sealed record Mine : ChatCommand;

    public sealed record Pending : ChatCommand;

    public sealed record Withdraw(string? Request) : ChatCommand;

    public sealed record Done(string? Grant) : ChatCommand;

    public sealed record Revoke(string? Grant, string Reason) : ChatCommand;

    /// <summary><c>extend GRANT DURATION REASON…</c>.</summary>
    /// <param name="Duration">As typed.</param>
    public sealed record Extend(string? Grant, string? Duration, string Reason) : ChatCommand;

    /// <summary><c>breakglass [ENTITLEMENT] [DURATION] [INCIDENT] [REASON…]</c>: opens the form, since it is confirmed there.</summary>
    public sealed record BreakGlass(string? Entitlement, string? Duration, string? Incident, string Reason) : ChatCommand;

    /// <summary><c>review GRANT VERDICT COMMENT…</c>.</summary>
    public sealed record Review(string? Grant, string? Verdict, string Comment) : ChatCommand;

    /// <summary><c>lift GRANT REASON…</c>: what the review of that grant blocks.</summary>
    public sealed record Lift(string? Grant, string Reason) : ChatCommand;

    public sealed record Why(string? Entitlement) : ChatCommand;

    public sealed record WhoAmI : ChatCommand;

    public sealed record Login(string? Code) : ChatCommand;

    /// <param name="Code">Null: show one.</param>
    public sealed record Link(string? Code) : ChatCommand;

    public sealed record Help : ChatCommand;

    /// <param name="Word">As typed.</param>
    /// <param name="Nearest">The verb that was probably meant, or null.</param>
    public sealed record Unknown(string Word, string? Nearest) : ChatCommand;
}

/// <summary>
/// The grammar of contract §5: the same words on every chat surface. Pure and total: any text is some command. Verbs are read in any case; what follows
/// a verb is data.
/// </summary>
public static class Grammar
{
    public static IReadOnlyList<string> Verbs { get; } =
        ["request", "breakglass", "mine", "pending", "cancel", "done", "revoke", "extend", "review", "lift", "why", "whoami", "link", "login", "help"];

    /// <param name="text">What stands after the slash command or the mention, unescaped.</param>
    public static ChatCommand Parse(string? text)
    {
        var (verb, rest) = Word(text ?? "");
        return verb.ToLowerInvariant() switch
        {
            "" or "help" => new ChatCommand.Help(),
            "request" => Ask(rest),
            "mine" => new ChatCommand.Mine(),
            "pending" => new ChatCommand.Pending(),
            "cancel" => new ChatCommand.Withdraw(First(rest)),
            "done" => new ChatCommand.Done(First(rest)),
            "revoke" => Revoke(rest),
            "why" => new ChatCommand.Why(First(rest)),
            "whoami" => new ChatCommand.WhoAmI(),
            "login" => new ChatCommand.Login(First(rest)),
            "extend" => Extend(rest),
            "breakglass" => BreakGlass(rest),
            "review" => Review(rest),
            "lift" => Lift(rest),
            "link" => new ChatCommand.Link(First(rest)),
            _ => new ChatCommand.Unknown(verb, NearestName.Of(verb, Verbs)),
        };
    }

    /// <summary>The second word is the duration iff all of it has the shape of one; otherwise the reason begins there.</summary>
    private static ChatCommand.Ask Ask(string rest)
    {
        var (entitlement, afterName) = Word(rest);
        var (second, afterSecond) = Word(afterName);
        var isDuration = second.Length > 0 && Durations.LooksLikeDuration(second);
        return new ChatCommand.Ask(
            entitlement.Length == 0 ? null : entitlement,
            isDuration ? second : null,
            isDuration ? afterSecond : afterName);
    }

    private static ChatCommand.Revoke Revoke(string rest)
    {
        var (grant, reason) = Word(rest);
        return new ChatCommand.Revoke(grant.Length == 0 ? null : grant, reason);
    }

    private static ChatCommand.Extend Extend(string rest)
    {
        var (grant, afterGrant) = Word(rest);
        var (duration, reason) = Word(afterGrant);
        return new ChatCommand.Extend(OrNull(grant), OrNull(duration), reason);
    }

    /// <summary>As with an ask, the second word is the duration iff it has the shape of one; the next is the incident.</summary>
    private static ChatCommand.BreakGlass BreakGlass(string rest)
    {
        var ask = Ask(rest);
        var (incident, reason) = Word(ask.Reason);
        return new ChatCommand.BreakGlass(ask.Entitlement, ask.Duration, OrNull(incident), reason);
    }

    private static ChatCommand.Review Review(string rest)
    {
        var (grant, afterGrant) = Word(rest);
        var (verdict, comment) = Word(afterGrant);
        return new ChatCommand.Review(OrNull(grant), OrNull(verdict), comment);
    }

    private static ChatCommand.Lift Lift(string rest)
    {
        var (grant, reason) = Word(rest);
        return new ChatCommand.Lift(OrNull(grant), reason);
    }

    private static string? OrNull(string word) => word.Length == 0 ? null : word;

    private static string? First(string rest) => Word(rest).First is { Length: > 0 } word ? word : null;

    /// <summary>The first word, and what follows it, trimmed.</summary>
    private static (string First, string Tail) Word(string text)
    {
        var trimmed = text.Trim();
        var end = 0;
        while (end < trimmed.Length && !char.IsWhiteSpace(trimmed[end]))
            end++;
        return (trimmed[..end], trimmed[end..].Trim());
    }
}

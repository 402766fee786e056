using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Slack;

/// <summary>
/// The one way text becomes mrkdwn (chat-wire A11). Data is cleaned and escaped, so that no mention, link or styling in it is live; only what the bot
/// itself says is styled; instants become date tokens, built from numbers alone, and whoever is to notice is mentioned by their account, never by what somebody wrote.
/// </summary>
internal static partial class Mrkdwn
{
    /// <summary>Data, made inert: cleaned, the three characters escaped, styling and emoji codes broken.</summary>
    public static string Escape(string? text) => EscapeCharacters(Inert(text));

    /// <summary>A line of at most <paramref name="limit"/> units, cut between whole characters; an opened style is closed again.</summary>
    public static string Of(ChatText text, int limit)
    {
        var line = new StringBuilder();
        foreach (var piece in text.Pieces)
        {
            if (!TryAppend(line, piece, limit))
                return line.Append('…').ToString();
        }

        return line.ToString().Trim() is { Length: > 0 } said ? said : "—";
    }

    /// <returns>False when not all of it fitted; there is room for the mark then.</returns>
    private static bool TryAppend(StringBuilder line, Piece piece, int limit)
    {
        var room = limit - 1 - line.Length;
        if ((piece is Piece.Moment moment ? Token(moment) : Token(piece as Piece.Mention)) is { } token)
        {
            if (token.Length > room)
                return false;
            line.Append(token);
            return true;
        }

        var (style, raw) = piece switch
        {
            Piece.Strong strong => ("*", Inert(strong.Text).Trim()),
            Piece.Code code => ("`", Inert(code.Text).Trim()),
            Piece.Command command => ("`", Inert("/access " + command.Words).Trim()),
            Piece.Mention mention => ("", PlainText(mention.Name)),
            Piece.Plain plain => ("", PlainText(plain.Text)),
            _ => throw new InvalidOperationException($"{piece.GetType().Name} has no mrkdwn."),
        };
        if (raw.Length == 0)
            return true;
        var (escaped, isWhole) = Fit(raw, room - (2 * style.Length));
        if (escaped.Length > 0)
            line.Append(style).Append(escaped).Append(style);
        return isWhole;
    }

    /// <summary>Blanks at the ends of a piece separate it from its neighbours and stay.</summary>
    private static string PlainText(string text)
    {
        var inert = Inert(text);
        if (inert.Length == 0)
            return text.Length > 0 && string.IsNullOrWhiteSpace(text) ? " " : "";
        return (char.IsWhiteSpace(text[0]) ? " " : "") + inert + (char.IsWhiteSpace(text[^1]) ? " " : "");
    }

    private static (string Escaped, bool IsWhole) Fit(string raw, int room)
    {
        var whole = EscapeCharacters(raw);
        if (whole.Length <= room)
            return (whole, true);
        var fitted = new StringBuilder();
        for (var at = 0; at < raw.Length;)
        {
            var length = StringInfo.GetNextTextElementLength(raw, at);
            var next = EscapeCharacters(raw.Substring(at, length));
            if (fitted.Length + next.Length > room)
                break;
            fitted.Append(next);
            at += length;
        }

        return (fitted.ToString(), false);
    }

    /// <summary>Shown in the reader's own zone; the fallback is for clients that cannot.</summary>
    private static string Token(Piece.Moment moment)
    {
        var format = moment.Style switch
        {
            MomentStyle.Time => "{time}",
            MomentStyle.TimeWithSeconds => "{time_secs}",
            MomentStyle.DateAndTime => "{date_short_pretty} {time}",
        };
        return string.Create(CultureInfo.InvariantCulture, $"<!date^{moment.At.ToUnixTimeSeconds()}^{format}|{Say.InUtc(moment)}>");
    }

    /// <summary>Null: nobody's account, so that only the name is said.</summary>
    private static string? Token(Piece.Mention? mention) => mention is not null && Account().IsMatch(mention.Account) ? $"<@{mention.Account}>" : null;

    private static string EscapeCharacters(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>Look-alikes take the place of what would style: nothing a person typed may look like our own words.</summary>
    private static string Inert(string? text)
    {
        var line = Clean.Line(text)
            .Replace('*', '∗')
            .Replace('`', 'ˋ')
            .Replace('~', '∼');
        line = EdgeUnderscore().Replace(line, "ˍ");
        return EmojiCode().Replace(line, "${code}∶");
    }

    [GeneratedRegex(@"\A[UW][A-Z0-9]{2,30}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Account();

    /// <summary>An underscore styles only at the edge of a word; within <c>payments_logs</c> it stays.</summary>
    [GeneratedRegex(@"(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex EdgeUnderscore();

    [GeneratedRegex(@"(?<code>:[a-z0-9_+'-]+):", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EmojiCode();
}

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Teams;

/// <summary>
/// Text for the few places that parse markdown: headings, lines that mention somebody, and what clients show that know no cards. Look-alikes take the place of
/// everything that could be live in data, and whoever is mentioned is mentioned by their account, never by what somebody wrote.
/// </summary>
internal sealed partial class CardMarkdown
{
    private const string Mark = "…";
    private const int LongestName = 60;
    private const int LongestMention = LongestName + 20;

    private readonly Dictionary<string, string> _named = new(StringComparer.Ordinal);

    /// <summary>The mentions made so far, as the card declares them: an <c>at</c> that is not declared is text.</summary>
    public JsonArray Entities { get; } = [];

    public static JsonObject Heading(string text) => new()
    {
        ["type"] = "TextBlock", ["text"] = Cut.To(Inert(text) is { Length: > 0 } said ? said : "—", CardLimits.Label), ["wrap"] = true, ["weight"] = "Bolder", ["size"] = "Medium", ["style"] = "heading",
    };

    /// <summary>Whether a line can only be said here.</summary>
    public static bool Mentions(ChatText text) => text.Pieces.Any(p => p is Piece.Mention mention && Account().IsMatch(mention.Account));

    public JsonObject Line(ChatText text, int limit)
    {
        var line = new StringBuilder();
        foreach (var piece in text.Pieces)
        {
            // A token is left out whole, before a mention of it is declared; what else is too long is cut.
            var room = limit - 1 - line.Length;
            var said = piece is Piece.Mention && room < LongestMention ? Mark : Of(piece);
            if (said == Mark || said.Length > room)
            {
                line.Append(piece is Piece.Mention or Piece.Moment || room < 2 ? Mark : Cut.To(said, room));
                break;
            }

            line.Append(said);
        }

        return new JsonObject { ["type"] = "TextBlock", ["text"] = line.ToString(), ["wrap"] = true };
    }

    /// <summary>Data, in which no markdown, HTML, mention, link or date function is live.</summary>
    public static string Inert(string? text)
    {
        var line = CardText.Inert(text)
            .Replace('*', '∗').Replace('`', 'ˋ').Replace('~', '∼').Replace('[', '［').Replace(']', '］').Replace('<', '‹').Replace('>', '›').Replace('\\', '⧵').Replace('|', '∣');
        line = EdgeUnderscore().Replace(line, "ˍ");
        line = Entity().Replace(line, "＆");
        line = Address().Replace(line, "∶");
        return Leading().Replace(line, m => m.Value.Length > 1 ? m.Value[..^1] + "․" : m.Value switch { "#" => "＃", "+" => "＋", "=" => "＝", _ => "‐" });
    }

    private string Of(Piece piece) => piece switch
    {
        Piece.Moment moment => CardText.Token(moment),
        Piece.Mention mention when Account().IsMatch(mention.Account) => At(mention),
        Piece.Mention mention => Spaced(mention.Name),
        Piece.Strong strong => Inert(strong.Text).Trim() is { Length: > 0 } said ? $"**{said}**" : "",
        Piece.Code code => Spaced(code.Text),
        Piece.Command command => Spaced(command.Words),
        Piece.Plain plain => Spaced(plain.Text),
        _ => throw new InvalidOperationException($"{piece.GetType().Name} has no markdown."),
    };

    private string At(Piece.Mention mention)
    {
        if (_named.TryGetValue(mention.Account, out var known))
            return known;
        var name = Inert(mention.Name) is { Length: > 0 } said ? Cut.To(said, LongestName) : "—";
        var at = $"<at>{name}</at>";

        // Two of one name are told apart, since the text is what binds a mention to its account.
        if (_named.ContainsValue(at))
            at = string.Create(CultureInfo.InvariantCulture, $"<at>{name} ({_named.Count + 1})</at>");
        _named[mention.Account] = at;
        Entities.Add(new JsonObject { ["type"] = "mention", ["text"] = at, ["mentioned"] = new JsonObject { ["id"] = mention.Account, ["name"] = name } });
        return at;
    }

    private static string Spaced(string text)
    {
        var inert = Inert(text);
        if (inert.Length == 0)
            return text.Length > 0 && string.IsNullOrWhiteSpace(text) ? " " : "";
        return (char.IsWhiteSpace(text[0]) ? " " : "") + inert + (char.IsWhiteSpace(text[^1]) ? " " : "");
    }

    /// <summary>An account of Teams, or an object id of its directory.</summary>
    [GeneratedRegex(@"\A(?:29:[A-Za-z0-9_\-]{1,200}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Account();

    /// <summary>An underscore styles only at the edge of a word; within <c>payments_logs</c> it stays.</summary>
    [GeneratedRegex(@"(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex EdgeUnderscore();

    [GeneratedRegex(@"&(?=[#A-Za-z])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Entity();

    [GeneratedRegex(@"(?<=[A-Za-z][A-Za-z0-9+.\-]*):(?=//)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Address();

    /// <summary>What begins a list, a heading or a rule at the start of a line.</summary>
    [GeneratedRegex(@"\A(?:[#+\-=]|[0-9]{1,9}[.)])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Leading();
}

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Teams;

/// <summary>
/// The one way text becomes text runs, which know neither markdown nor HTML nor mentions (chat-wire B6). Only their date functions are live, so braces in data
/// are broken; only what the bot itself says is styled.
/// </summary>
internal static partial class CardText
{
    private const string Mark = "…";

    /// <summary>No text is looked at beyond this: nothing longer is ever shown.</summary>
    private const int Looks = CardLimits.Text + 1000;

    /// <summary>Data, made inert: cleaned, and no date function in it.</summary>
    public static string Inert(string? text) => Braces().Replace(Clean.Line(text is { Length: > Looks } ? text[..Looks] : text), "{ ");

    /// <summary>A text block of runs, of at most <paramref name="limit"/> units of text, cut between whole characters.</summary>
    public static JsonObject Block(ChatText text, int limit, string sign = "", bool isFine = false) => Block(Runs(text, limit - sign.Length), sign, isFine);

    /// <summary>What a person wrote, behind its label.</summary>
    public static JsonObject Verbatim(string label, string text, int limit)
    {
        var (named, said) = (Inert(label), Inert(text));
        return Block([new Run(Cut.To(named, Math.Max(20, limit / 2)) + ": ", IsStrong: true, IsCode: false), new Run(said.Length == 0 ? "—" : Cut.To(said, limit), IsStrong: false, IsCode: false)], "", isFine: false);
    }

    /// <summary>Without any style: for notifications and clients that know no cards.</summary>
    public static string Plain(ChatText text, int limit)
    {
        var said = string.Concat(text.Pieces.Select(p => p is Piece.Command command ? command.Words : Say.Unstyled(p)));
        var line = Clean.Line(said.Length > Looks ? said[..Looks] : said);
        return line.Length == 0 ? "—" : Cut.To(line, limit);
    }

    /// <summary>An instant, shown in the reader's own zone; seconds only exist in UTC.</summary>
    internal static string Token(Piece.Moment moment)
    {
        var at = moment.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return moment.Style switch
        {
            MomentStyle.Time => "{{TIME(" + at + ")}}",
            MomentStyle.TimeWithSeconds => Say.InUtc(moment),
            MomentStyle.DateAndTime => "{{DATE(" + at + ",SHORT)}} {{TIME(" + at + ")}}",
        };
    }

    private static List<Run> Runs(ChatText text, int limit)
    {
        var (runs, room) = (new List<Run>(), limit - Mark.Length);
        foreach (var piece in text.Pieces)
        {
            var (said, isWhole) = Fit(piece, room);
            room -= said.Length;
            if (said.Length > 0)
                Add(runs, new Run(said, piece is Piece.Strong, piece is Piece.Code or Piece.Command));
            if (isWhole)
                continue;
            Add(runs, new Run(Mark, IsStrong: false, IsCode: false));
            break;
        }

        return runs.TrueForAll(r => string.IsNullOrWhiteSpace(r.Text)) ? [new Run("—", IsStrong: false, IsCode: false)] : runs;
    }

    private static (string Said, bool IsWhole) Fit(Piece piece, int room)
    {
        if (piece is Piece.Moment moment)
            return Token(moment) is var token && token.Length <= room ? (token, true) : ("", false);
        var whole = piece switch
        {
            Piece.Plain plain => Padded(plain.Text),
            Piece.Mention mention => Padded(mention.Name),
            Piece.Strong strong => Inert(strong.Text),
            Piece.Code code => Inert(code.Text),
            Piece.Command command => Inert(command.Words),
            _ => throw new InvalidOperationException($"{piece.GetType().Name} has no text run."),
        };
        if (whole.Length <= room)
            return (whole, true);
        var fitted = new StringBuilder();
        for (var at = 0; at < whole.Length;)
        {
            var length = StringInfo.GetNextTextElementLength(whole, at);
            if (fitted.Length + length > room)
                break;
            fitted.Append(whole, at, length);
            at += length;
        }

        return (fitted.ToString(), false);
    }

    /// <summary>Blanks at the ends of a piece separate it from its neighbours and stay.</summary>
    internal static string Padded(string text)
    {
        var inert = Inert(text);
        if (inert.Length == 0)
            return text.Length > 0 && string.IsNullOrWhiteSpace(text) ? " " : "";
        return (char.IsWhiteSpace(text[0]) ? " " : "") + inert + (char.IsWhiteSpace(text[^1]) ? " " : "");
    }

    private static void Add(List<Run> runs, Run run)
    {
        if (runs.Count > 0 && runs[^1].IsStrong == run.IsStrong && runs[^1].IsCode == run.IsCode)
            runs[^1] = runs[^1] with { Text = runs[^1].Text + run.Text };
        else
            runs.Add(run);
    }

    private static JsonObject Block(IReadOnlyList<Run> runs, string sign, bool isFine)
    {
        var signed = sign.Length == 0 ? runs : runs[0] is { IsStrong: false, IsCode: false } first ? [first with { Text = sign + " " + first.Text }, .. runs.Skip(1)] : [new Run(sign + " ", false, false), .. runs];
        return new JsonObject { ["type"] = "RichTextBlock", ["inlines"] = CardJson.Array(signed.Select(r => r.ToJson(isFine))) };
    }

    /// <summary>One at the end too: the next piece may begin with another.</summary>
    [GeneratedRegex(@"\{(?=\{|\z)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Braces();

    private sealed record Run(string Text, bool IsStrong, bool IsCode)
    {
        public JsonObject ToJson(bool isFine)
        {
            var run = new JsonObject { ["type"] = "TextRun", ["text"] = Text };
            if (isFine)
                (run["size"], run["isSubtle"]) = ("Small", true);
            if (IsStrong)
                run["weight"] = "Bolder";
            if (IsCode)
                run["fontType"] = "Monospace";
            return run;
        }
    }
}

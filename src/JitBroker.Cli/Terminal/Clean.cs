using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace JitBroker.Cli.Terminal;

/// <summary>
/// Text of others made harmless for a terminal: escape sequences and control characters are dropped, so are the characters that reorder or hide text;
/// line breaks and tabs become one space. What -o json prints is not touched.
/// </summary>
internal static partial class Clean
{
    private const int MatchTimeout = 1_000;
    private const char ZeroWidthJoiner = '\u200d';

    internal static string Of(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        var clean = new StringBuilder(text.Length);
        foreach (var rune in Sequences().Replace(text, "").EnumerateRunes())
            Append(clean, rune);
        return clean.ToString().Trim();
    }

    private static void Append(StringBuilder clean, Rune rune)
    {
        if (Breaks(rune))
        {
            if (clean.Length > 0 && clean[^1] != ' ')
                clean.Append(' ');
        }
        else if (!Hidden(rune))
            clean.Append(rune.ToString());
    }

    private static bool Breaks(Rune rune) =>
        rune.Value is '\n' or '\r' or '\t' or '\v' or '\f' or 0x85 || Rune.GetUnicodeCategory(rune) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    // Format characters hold the bidirectional overrides; the joiner alone is kept, emoji and several scripts need it.
    private static bool Hidden(Rune rune) =>
        Rune.IsControl(rune) || (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format && rune.Value != ZeroWidthJoiner);

    // ECMA-48: CSI (7 and 8 bit), the string commands OSC DCS PM APC SOS with their terminator, and the two-character escapes.
    [GeneratedRegex(@"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?", RegexOptions.None, MatchTimeout)]
    private static partial Regex Sequences();
}

using System.Globalization;
using System.Text;

namespace JitBroker.Bots.Chat;

/// <summary>
/// Takes out of a text what a reader cannot see but would be fooled by: control, bidirectional, zero-width and other format characters, half characters;
/// and folds lines and blanks, so that nobody can write a line that looks like ours (E1).
/// </summary>
public static class Clean
{
    /// <summary>One visible line; empty when nothing visible is left. Never throws, whatever the text.</summary>
    public static string Line(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        var line = new StringBuilder(text.Length);
        var isBlankDue = false;
        for (var at = 0; at < text.Length;)
        {
            // Half a surrogate pair becomes U+FFFD.
            var length = Rune.TryGetRuneAt(text, at, out var rune) ? rune.Utf16SequenceLength : 1;
            rune = length == 1 && char.IsSurrogate(text[at]) ? Rune.ReplacementChar : rune;
            at += length;
            if (IsBlank(rune))
            {
                isBlankDue = line.Length > 0;
                continue;
            }

            if (IsInvisible(rune))
                continue;
            if (isBlankDue)
                line.Append(' ');
            isBlankDue = false;
            line.Append(rune.ToString());
        }

        return line.ToString();
    }

    private static bool IsBlank(Rune rune) => Rune.IsWhiteSpace(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        || rune.Value is 0x034F or 0x115F or 0x1160 or 0x2800 or 0x3164 or 0xFFA0;
}

using System.Globalization;
using System.Text;

namespace JitBroker.Policy;

/// <summary>What people write in their own words: bounded, and text.</summary>
internal static class FreeText
{
    /// <summary>Null when it will do; absent text always does.</summary>
    /// <param name="longest">In UTF-16 units.</param>
    /// <param name="name">What it is called in a sentence: <c>comment</c>.</param>
    public static Refusal? Fault(string? text, int longest, string name, string field)
    {
        if (text is null)
            return null;
        if (text.Length > longest)
            return new Refusal(Codes.InvalidValue, string.Create(CultureInfo.InvariantCulture, $"The {name} is longer than {longest} characters. Shorten it."), field);
        return IsText(text) ? null : new Refusal(Codes.InvalidValue, $"The {name} holds characters that are not text (a NUL or half a character).", field);
    }

    /// <summary>PostgreSQL stores no NUL, and half a surrogate pair is no character.</summary>
    public static bool IsText(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\0' || !Rune.TryGetRuneAt(text, at, out var rune))
                return false;
            at += rune.Utf16SequenceLength - 1;
        }

        return true;
    }
}

using System.Globalization;

namespace JitBroker.Bots.Chat;

/// <summary>The one way a text is shortened.</summary>
public static class Cut
{
    private const string Mark = "…";

    /// <summary>At most <paramref name="limit"/> UTF-16 units, whole characters as a reader sees them, "…" at the end when something was left out.</summary>
    public static string To(string text, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        if (text.Length <= limit)
            return text;
        var kept = 0;
        while (StringInfo.GetNextTextElementLength(text, kept) is var next and > 0 && kept + next <= limit - Mark.Length)
            kept += next;
        return text[..kept].TrimEnd() + Mark;
    }
}

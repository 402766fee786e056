using System.Globalization;
using System.Text;

namespace JitBroker.Catalog.Loading;

/// <summary>Everything found wrong so far, in file order in the end; the number is capped so that no input can flood the reader.</summary>
internal sealed class Problems
{
    private const int Shown = 1_000;

    private readonly List<CatalogProblem> _found = [];

    private int _more;

    public bool None => _found.Count == 0;

    public void Add(string file, int line, int column, string path, string? value, string message, string remedy)
    {
        if (_found.Count < Shown)
            _found.Add(new CatalogProblem(file, line, column, Visible(path, 300), value is null ? null : Visible(value, 80), Visible(message, 500), Visible(remedy, 500)));
        else
            _more++;
    }

    public IReadOnlyList<CatalogProblem> All()
    {
        var ordered = _found.OrderBy(p => p.File, StringComparer.Ordinal).ThenBy(p => p.Line).ThenBy(p => p.Column).ToList();
        if (_more > 0)
            ordered.Add(new CatalogProblem("catalog", 0, 0, "", null, string.Create(CultureInfo.InvariantCulture, $"{_more} more problems are not shown"), "Mend these first."));
        return ordered;
    }

    /// <summary>What cannot be seen, or reorders what is seen, is written as its code; long text is cut.</summary>
    private static string Visible(string text, int most)
    {
        var shown = new StringBuilder();
        foreach (var c in text.Length <= most ? text : text[..most] + "…")
        {
            if (Characters.IsHostile(c) || char.IsSurrogate(c))
                shown.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            else
                shown.Append(c);
        }

        return shown.ToString();
    }
}

/// <summary>Characters that have no business in a name.</summary>
internal static class Characters
{
    /// <summary>Control, format (bidirectional and zero-width marks), line and paragraph separators, private use.</summary>
    public static bool IsHostile(char c) => char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    public static bool AnyHostile(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return false;
        for (var at = 0; at < text.Length; at++)
        {
            if (char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
                at++;
            else if (IsHostile(text[at]) || char.IsSurrogate(text[at]))
                return true;
        }

        return false;
    }
}

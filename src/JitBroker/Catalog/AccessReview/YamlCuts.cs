using JitBroker.Catalog.Loading;
using JitBroker.People;

namespace JitBroker.Catalog.AccessReview;

/// <summary>
/// Cuts entries and items out of YAML as it is written, by the places that the reader noted. Cuts are made from the bottom up, so that what stands above one keeps its place. What is
/// written in a way that is not understood is left alone: false.
/// </summary>
internal static class YamlCuts
{
    /// <summary>An entry of a block map: its lines, up to the next entry or the first line that stands less deep.</summary>
    public static bool Entry(List<string> lines, YamlScalar key)
    {
        var (first, indent) = (key.Line - 1, key.Column - 1);
        if (lines[first].Length < indent || lines[first][..indent].Trim().Length > 0)
            return false;
        var end = first + 1;
        while (end < lines.Count && (IsBlank(lines[end]) || IndentOf(lines[end]) > indent))
            end++;
        // Remarks and blank lines before what follows belong to that.
        while (end > first + 1 && IsBlank(lines[end - 1]))
            end--;
        lines.RemoveRange(first, end - first);
        return true;
    }

    /// <summary>The place in <paramref name="list"/> of the item that says <paramref name="item"/>, a name or an address; -1 when there is none.</summary>
    public static int IndexOf(YamlList list, string item) =>
        list.Items.ToList().FindIndex(i => i is YamlScalar scalar && (scalar.Text == item || Emails.Canonical(scalar.Text) == item));

    /// <summary>An item of a list: its line in a block list, itself and its comma in one that is written on one line.</summary>
    public static bool Item(List<string> lines, YamlList list, YamlNode item)
    {
        var line = item.Line - 1;
        if (lines[line][..(item.Column - 1)].Trim() == "-" && list.Items.All(i => i == item || i.Line != item.Line))
        {
            lines.RemoveAt(line);
            return true;
        }

        if (list.Items.Any(i => i.Line != item.Line) || WithoutItem(lines[line], item.Column - 1) is not { } shorter)
            return false;
        lines[line] = shorter;
        return true;
    }

    /// <summary>Neither names nor addresses hold commas or brackets, so that the next of these ends an item.</summary>
    private static string? WithoutItem(string line, int start)
    {
        var end = line.AsSpan(start).IndexOfAny(',', ']') is var found and >= 0 ? start + found : -1;
        if (end < 0)
            return null;
        if (line[end] == ',')
            return line.Remove(start, line.Length - line[(end + 1)..].TrimStart().Length - start);
        var comma = line.LastIndexOf(',', start);
        return comma < 0 ? null : line.Remove(comma, end - comma);
    }

    private static bool IsBlank(string line) => line.Trim() is "" || line.TrimStart().StartsWith('#');

    private static int IndentOf(string line) => line.Length - line.TrimStart(' ').Length;
}

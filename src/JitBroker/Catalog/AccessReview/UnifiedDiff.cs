using System.Globalization;
using System.Text;

namespace JitBroker.Catalog.AccessReview;

/// <summary>The unified form of what was cut from a text, three lines around each place.</summary>
internal static class UnifiedDiff
{
    private const int Around = 3;

    private const string NoNewline = "\\ No newline at end of file\n";

    /// <summary>Empty when nothing differs. Right for any two texts; short for one whose lines were only removed or shortened.</summary>
    public static string Of(string file, string before, string after)
    {
        if (before == after)
            return "";
        var steps = Steps(Lines(before), Lines(after));
        var changed = Enumerable.Range(0, steps.Count).Where(i => steps[i].Sign != ' ').ToList();
        var diff = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"--- a/{file}\n+++ b/{file}\n"));
        for (var first = 0; first < changed.Count;)
        {
            var last = first;
            while (last + 1 < changed.Count && changed[last + 1] - changed[last] <= (2 * Around) + 1)
                last++;
            Hunk(diff, steps, Math.Max(0, changed[first] - Around), Math.Min(steps.Count, changed[last] + 1 + Around));
            first = last + 1;
        }

        return diff.ToString();
    }

    private static void Hunk(StringBuilder diff, List<(char Sign, string Line)> steps, int from, int to)
    {
        var part = steps.GetRange(from, to - from);
        var (was, isNow) = (part.Count(s => s.Sign != '+'), part.Count(s => s.Sign != '-'));
        var (oldStart, newStart) = (steps.Take(from).Count(s => s.Sign != '+') + (was > 0 ? 1 : 0), steps.Take(from).Count(s => s.Sign != '-') + (isNow > 0 ? 1 : 0));
        diff.Append(string.Create(CultureInfo.InvariantCulture, $"@@ -{oldStart},{was} +{newStart},{isNow} @@\n"));
        foreach (var (sign, line) in part)
            diff.Append(sign).Append(line).Append(line.EndsWith('\n') ? "" : "\n" + NoNewline);
    }

    private static List<(char Sign, string Line)> Steps(List<string> before, List<string> after)
    {
        var (steps, b, a) = (new List<(char, string)>(), 0, 0);
        while (b < before.Count)
        {
            if (a < after.Count && before[b] == after[a])
            {
                steps.Add((' ', before[b]));
                (b, a) = (b + 1, a + 1);
            }
            else if (a < after.Count && IsShortened(before[b], after[a]))
            {
                steps.Add(('-', before[b++]));
                steps.Add(('+', after[a++]));
            }
            else
            {
                steps.Add(('-', before[b++]));
            }
        }

        steps.AddRange(after.Skip(a).Select(line => ('+', line)));
        return steps;
    }

    /// <summary>Whether what is left of a line stands in it in order, and is most of it.</summary>
    private static bool IsShortened(string before, string after)
    {
        var at = 0;
        foreach (var c in before)
            at += at < after.Length && after[at] == c ? 1 : 0;
        return at == after.Length && after.Length < before.Length && after.Trim().Length > 0 && before.Contains('[', StringComparison.Ordinal);
    }

    /// <summary>With their ends, so that a last line without one is another line.</summary>
    private static List<string> Lines(string text)
    {
        var lines = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf('\n', at) is var found and >= 0 ? found + 1 : text.Length;
            lines.Add(text[at..end]);
            at = end;
        }

        return lines;
    }
}

using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace JitBroker.People;

/// <summary>
/// Unicode normalization form C (UAX #15). Ours, because <see cref="string.Normalize()"/> returns its input unchanged when the runtime works without ICU
/// (InvariantGlobalization), and two spellings of one address would then be two people.
/// </summary>
public static class Nfc
{
    private const int HangulFirst = 0xAC00;

    private const int HangulLast = 0xD7A3;

    private static readonly FrozenDictionary<int, int[]> Decomposed;

    private static readonly FrozenDictionary<(int, int), int> Composed;

    private static readonly FrozenDictionary<int, int> Classes = ReadClasses().ToFrozenDictionary();

    static Nfc()
    {
        var (decomposed, composed) = (new Dictionary<int, int[]>(), new Dictionary<(int, int), int>());
        var code = 0;
        foreach (var entry in NfcData.Decompositions.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
        {
            var at = entry.AsSpan().IndexOfAny('=', '-');
            code += Hex(entry[..at]);
            var parts = entry[(at + 1)..].Split(',').Select(Hex).ToArray();
            decomposed[code] = parts;
            if (entry[at] == '=')
                composed[(parts[0], parts[1])] = code;
        }

        (Decomposed, Composed) = (decomposed.ToFrozenDictionary(), composed.ToFrozenDictionary());
    }

    /// <summary>Half of a surrogate pair is left as it is; nothing is thrown.</summary>
    public static string Of(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange('\0', '\u02FF'))
            return text;
        var codes = new List<int>(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            var paired = char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]);
            Decompose(codes, paired ? char.ConvertToUtf32(text[at], text[++at]) : text[at]);
        }

        Order(codes);
        return Compose(codes);
    }

    private static void Decompose(List<int> codes, int code)
    {
        if (code is >= HangulFirst and <= HangulLast)
        {
            var syllable = code - HangulFirst;
            codes.Add(0x1100 + (syllable / 588));
            codes.Add(0x1161 + (syllable % 588 / 28));
            if (syllable % 28 > 0)
                codes.Add(0x11A7 + (syllable % 28));
        }
        else if (Decomposed.TryGetValue(code, out var parts))
        {
            foreach (var part in parts)
                Decompose(codes, part);
        }
        else
        {
            codes.Add(code);
        }
    }

    /// <summary>Marks that follow a starter stand in the order of their classes; marks of one class keep theirs.</summary>
    private static void Order(List<int> codes)
    {
        for (var start = 0; start < codes.Count; start++)
        {
            if (ClassOf(codes[start]) == 0)
                continue;
            var end = start;
            while (end < codes.Count && ClassOf(codes[end]) != 0)
                end++;
            var sorted = codes[start..end].OrderBy(ClassOf).ToList();
            for (var i = start; i < end; i++)
                codes[i] = sorted[i - start];
            start = end - 1;
        }
    }

    private static string Compose(List<int> codes)
    {
        var done = new List<int>(codes.Count);
        var (starter, last) = (-1, 0);
        foreach (var code in codes)
        {
            var mark = ClassOf(code);
            var blocked = starter >= 0 && starter < done.Count - 1 && (last >= mark || last == 0);
            if (starter >= 0 && !blocked && Pair(done[starter], code) is { } whole)
            {
                done[starter] = whole;
                continue;
            }

            if (mark == 0)
                starter = done.Count;
            last = mark;
            done.Add(code);
        }

        var text = new StringBuilder(done.Count);
        foreach (var code in done)
            _ = code > 0xFFFF ? text.Append(char.ConvertFromUtf32(code)) : text.Append((char)code);
        return text.ToString();
    }

    private static int? Pair(int first, int second)
    {
        if (first is >= 0x1100 and < 0x1113 && second is >= 0x1161 and < 0x1176)
            return HangulFirst + ((((first - 0x1100) * 21) + (second - 0x1161)) * 28);
        if (first is >= HangulFirst and <= HangulLast && (first - HangulFirst) % 28 == 0 && second is > 0x11A7 and < 0x11C3)
            return first + (second - 0x11A7);
        return Composed.TryGetValue((first, second), out var whole) ? whole : null;
    }

    private static int ClassOf(int code) => Classes.GetValueOrDefault(code);

    private static IEnumerable<KeyValuePair<int, int>> ReadClasses() =>
        from entry in NfcData.Classes.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)
        let parts = entry.Split(':')
        from range in parts[1].Split(',')
        let ends = range.Split('-')
        from code in Enumerable.Range(Hex(ends[0]), Hex(ends[^1]) - Hex(ends[0]) + 1)
        select KeyValuePair.Create(code, int.Parse(parts[0], CultureInfo.InvariantCulture));

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}

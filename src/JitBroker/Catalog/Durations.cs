using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace JitBroker.Catalog;

/// <summary>
/// The one grammar of durations, in the catalog, in chat, in the API and in settings (contract §4, §5): <c>1h30m</c>, that is <c>(\d+[dhms])+</c>, or
/// ISO 8601 <c>PT1H30M</c>. Whole seconds above zero and at most <see cref="Longest"/>; years and months are refused because they have no fixed length.
/// </summary>
public static partial class Durations
{
    /// <summary>Nothing longer is a duration here: longer ones are typing errors, and sums stay far from overflow.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    private const int LongestText = 100;

    private const string Example = "Write it like 30m, 1h30m or PT1H30M.";

    /// <summary>
    /// True with <paramref name="duration"/> set, or false with <paramref name="problem"/> a sentence for people that ends with what to do.
    /// Never throws, whatever the text.
    /// </summary>
    public static bool TryParse(string? text, out TimeSpan duration, out string problem)
    {
        duration = default;
        var given = text?.Trim() ?? "";
        if (Fault(given) is { } fault)
        {
            problem = fault;
            return false;
        }

        var seconds = Seconds(given);
        problem = seconds switch
        {
            0 => $"\"{Shown(given)}\" is no time at all: a duration must be above zero.",
            null => $"\"{Shown(given)}\" is longer than any duration may be (366 days).",
            _ => "",
        };
        duration = TimeSpan.FromSeconds(seconds ?? 0);
        return problem.Length == 0;
    }

    /// <summary>True iff all of <paramref name="word"/> has the shape of a duration (contract §5), whether or not its value is acceptable.</summary>
    public static bool LooksLikeDuration(string word) => word.Length <= LongestText && (Short().IsMatch(word) || Iso8601().IsMatch(word));

    /// <summary>As the API answers: <c>PT1H30M</c>, hours never folded into days; parts of a second are dropped; <c>PT0S</c> for nothing.</summary>
    public static string Iso(TimeSpan duration)
    {
        if (duration < TimeSpan.Zero)
            return "-" + Iso(duration.Negate());
        var text = new StringBuilder("PT");
        Append(text, (long)Math.Floor(duration.TotalHours), 'H');
        Append(text, duration.Minutes, 'M');
        Append(text, duration.Seconds, 'S');
        return text.Length == 2 ? "PT0S" : text.ToString();

        static void Append(StringBuilder text, long value, char unit)
        {
            if (value > 0)
                text.Append(value.ToString(CultureInfo.InvariantCulture)).Append(unit);
        }
    }

    /// <summary>As people read it: <c>1 h 30 min</c>, <c>45 s</c>, <c>24 h</c>; days from two days on (<c>2 d 3 h</c>).</summary>
    public static string Human(TimeSpan duration)
    {
        if (duration < TimeSpan.Zero)
            return "-" + Human(duration.Negate());
        var days = duration >= TimeSpan.FromDays(2) ? duration.Days : 0;
        var parts = new (long Value, string Unit)[]
        {
            (days, "d"), ((long)Math.Floor(duration.TotalHours) - (days * 24), "h"), (duration.Minutes, "min"), (duration.Seconds, "s"),
        };
        var shown = parts.Where(p => p.Value > 0).Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Value} {p.Unit}")).ToList();
        return shown.Count == 0 ? "0 s" : string.Join(' ', shown);
    }

    /// <summary>As one writes it in a catalog: <c>1h30m</c>, <c>12h</c>.</summary>
    public static string Short(TimeSpan duration) => Iso(duration).Replace("PT", "", StringComparison.Ordinal).ToLowerInvariant();

    private static string? Fault(string given)
    {
        if (given.Length == 0)
            return "A duration is missing. " + Example;
        if (given.Length > LongestText)
            return $"\"{Shown(given)}\" is not a duration. {Example}";
        if (given.StartsWith('-'))
            return $"\"{Shown(given)}\" is negative: a duration must be above zero.";
        if (Iso8601().IsMatch(given))
            return IsoFault(given);
        return Short().IsMatch(given) ? null : $"\"{Shown(given)}\" is not a duration. {Example}";
    }

    private static string? IsoFault(string given)
    {
        if (given.AsSpan().IndexOfAny('.', ',') >= 0)
            return $"\"{Shown(given)}\" has a fraction: durations are whole seconds. {Example}";
        var date = given.Split('T')[0];
        return date.Contains('Y', StringComparison.Ordinal) || date.Contains('M', StringComparison.Ordinal)
            ? $"\"{Shown(given)}\" counts years or months, which have no fixed length. Use weeks, days, hours, minutes or seconds."
            : null;
    }

    /// <summary>Null when the sum is above <see cref="Longest"/>.</summary>
    private static long? Seconds(string given)
    {
        var limit = (long)Longest.TotalSeconds;
        var sum = 0L;
        foreach (Match part in Part().Matches(given))
        {
            var digits = part.Groups["count"].ValueSpan.TrimStart('0');
            if (digits.Length > 9)
                return null;
            var count = digits.IsEmpty ? 0 : long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
            sum += count * UnitSeconds(part.Groups["unit"].ValueSpan[0]);
            if (sum > limit)
                return null;
        }

        return sum;
    }

    private static long UnitSeconds(char unit) => char.ToLowerInvariant(unit) switch
    {
        'w' => 7 * 86_400,
        'd' => 86_400,
        'h' => 3_600,
        'm' => 60,
        _ => 1,
    };

    private static string Shown(string given) => given.Length <= 40 ? given : given[..40] + "…";

    [GeneratedRegex(@"\A(?:[0-9]+[dhms])+\z", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Short();

    [GeneratedRegex(
        @"\AP(?:(?:[0-9]+(?:[.,][0-9]+)?[YMWD])+(?:T(?:[0-9]+(?:[.,][0-9]+)?[HMS])+)?|T(?:[0-9]+(?:[.,][0-9]+)?[HMS])+)\z",
        RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Iso8601();

    [GeneratedRegex("(?<count>[0-9]+)(?<unit>[WDHMSwdhms])", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Part();
}

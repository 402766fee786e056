using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace JitBroker.Client;

/// <summary>
/// Durations as people and the API write them. In: <c>1h30m</c> (digits and one of <c>d h m s</c>, repeated) or ISO 8601
/// (<c>PT1H30M</c>, <c>P1DT2H</c>, <c>P2W</c>); whole seconds, more than zero. Out: ISO 8601 in hours, minutes and seconds, never days.
/// </summary>
public static partial class Durations
{
    private const string Forms = "Write it like 45m, 1h30m or PT1H30M.";
    private const int MostCharacters = 64;
    private const int MatchTimeout = 1_000;
    private static readonly long MostSeconds = TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerSecond;

    /// <summary>True when <paramref name="text"/> has the shape of a duration, even one that is zero or too long: how a command line tells a duration from a reason.</summary>
    public static bool LooksLikeOne(string text) =>
        text.Length <= MostCharacters && (Short().IsMatch(text) || Iso().IsMatch(text));

    /// <summary>Reads a duration. On false, <paramref name="problem"/> is one sentence for the person who wrote it.</summary>
    public static bool TryParse(string? text, out TimeSpan duration, [NotNullWhen(false)] out string? problem)
    {
        duration = default;
        problem = Refuse(text, out var seconds);
        if (problem is not null)
            return false;
        duration = TimeSpan.FromTicks((long)seconds * TimeSpan.TicksPerSecond);
        return true;
    }

    /// <summary><c>PT1H30M</c>: hours may exceed 24; <c>PT0S</c> for nothing; milliseconds as a fraction of the seconds. Negative durations do not exist here.</summary>
    public static string ToIso(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        var text = new StringBuilder("PT");
        Append(text, (long)duration.TotalHours, 'H');
        Append(text, duration.Minutes, 'M');
        var fraction = (decimal)(duration.Ticks % TimeSpan.TicksPerSecond) / TimeSpan.TicksPerSecond;
        if (fraction > 0)
            text.Append((duration.Seconds + fraction).ToString("0.#######", CultureInfo.InvariantCulture)).Append('S');
        else
            Append(text, duration.Seconds, 'S');
        return text.Length == 2 ? "PT0S" : text.ToString();
    }

    /// <summary><c>1h30m</c>, for people: whole seconds, rounded down; <c>0s</c> for less than one.</summary>
    public static string ToShort(TimeSpan duration)
    {
        var text = new StringBuilder();
        Append(text, (long)duration.TotalHours, 'h');
        Append(text, duration.Minutes, 'm');
        Append(text, duration.Seconds, 's');
        return text.Length == 0 ? "0s" : text.ToString();
    }

    private static void Append(StringBuilder text, long amount, char unit)
    {
        if (amount > 0)
            text.Append(amount.ToString(CultureInfo.InvariantCulture)).Append(unit);
    }

    private static string? Refuse(string? text, out Int128 seconds)
    {
        seconds = 0;
        if (string.IsNullOrWhiteSpace(text))
            return $"A duration is missing. {Forms}";
        if (text.Length > MostCharacters)
            return $"That is not a duration: it is {text.Length} characters long. {Forms}";
        if (text.StartsWith('-') || text.StartsWith("P-", StringComparison.Ordinal) || text.StartsWith("PT-", StringComparison.Ordinal))
            return $"'{text}' is negative. A duration is more than zero.";
        if (Fraction().IsMatch(text))
            return $"'{text}' has a fraction. Use whole units, such as 1h30m for one hour and a half.";
        if (CalendarUnits().IsMatch(text))
            return $"'{text}' counts years or months, whose length varies. Use days or hours.";
        if (!LooksLikeOne(text))
            return $"'{text}' is not a duration. {Forms}";
        return Sum(text, out seconds);
    }

    private static string? Sum(string text, out Int128 seconds)
    {
        seconds = 0;
        foreach (Match part in Part().Matches(text))
        {
            if (!Int128.TryParse(part.Groups["amount"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var amount) || amount > MostSeconds)
                return $"'{text}' is longer than any duration can be.";
            seconds += amount * SecondsIn(part.Groups["unit"].Value[0]);
        }

        if (seconds > MostSeconds)
            return $"'{text}' is longer than any duration can be.";
        return seconds == 0 ? $"'{text}' is zero. A duration is more than zero." : null;
    }

    private static int SecondsIn(char unit) => char.ToLowerInvariant(unit) switch
    {
        'w' => 604_800,
        'd' => 86_400,
        'h' => 3_600,
        'm' => 60,
        _ => 1,
    };

    // ASCII digits on purpose: \d would take every script's.
    [GeneratedRegex(@"\A(?:[0-9]+[dhms])+\z", RegexOptions.None, MatchTimeout)]
    private static partial Regex Short();

    [GeneratedRegex(@"\AP(?=[0-9T])(?:[0-9]+W|(?:[0-9]+D)?(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+S)?)?)\z", RegexOptions.None, MatchTimeout)]
    private static partial Regex Iso();

    [GeneratedRegex(@"\A[P0-9][0-9DTHMSWdhms]*[.,][0-9]+[dhmsDHMSW]", RegexOptions.None, MatchTimeout)]
    private static partial Regex Fraction();

    [GeneratedRegex(@"\AP(?:[0-9]+[YMWD])*[0-9]+[YM]", RegexOptions.None, MatchTimeout)]
    private static partial Regex CalendarUnits();

    [GeneratedRegex("(?<amount>[0-9]+)(?<unit>[dhmsDHMSW])", RegexOptions.None, MatchTimeout)]
    private static partial Regex Part();
}

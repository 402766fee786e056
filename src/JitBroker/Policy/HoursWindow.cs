using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace JitBroker.Policy;

/// <summary>
/// A daily window of wall-clock time, <c>09:00-18:00 Europe/Paris</c>: from inclusive, to exclusive; from later than to runs over midnight;
/// <c>24:00</c> may end it. Follows the zone's daylight saving: what the clock on the wall shows decides.
/// </summary>
public sealed partial record HoursWindow(TimeSpan From, TimeSpan To, TimeZoneInfo Zone)
{
    /// <summary>False with a sentence in <paramref name="problem"/> when the text is malformed, empty of time, or names a zone this machine does not know.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out HoursWindow? window, out string problem)
    {
        window = null;
        var match = Shape().Match(text ?? "");
        if (!match.Success)
        {
            problem = "Hours are written HH:mm-HH:mm Zone/Id, for example 09:00-18:00 Europe/Paris.";
            return false;
        }

        var (from, to) = (TimeOf(match, "from"), TimeOf(match, "to"));
        if (from is null || to is null || from == to || from == TimeSpan.FromDays(1))
        {
            problem = "The two times must be different and between 00:00 and 24:00.";
            return false;
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(match.Groups["zone"].Value, out var zone))
        {
            problem = $"The time zone {match.Groups["zone"].Value} is not known here. Use an IANA name such as Europe/Paris or UTC.";
            return false;
        }

        window = new HoursWindow(from.Value, to.Value, zone);
        problem = "";
        return true;
    }

    public bool Contains(DateTimeOffset instant)
    {
        var wall = TimeZoneInfo.ConvertTime(instant, Zone).TimeOfDay;
        return From < To ? wall >= From && wall < To : wall >= From || wall < To;
    }

    private static TimeSpan? TimeOf(Match match, string part)
    {
        var hours = int.Parse(match.Groups[part].ValueSpan[..2], NumberStyles.None, CultureInfo.InvariantCulture);
        var minutes = int.Parse(match.Groups[part].ValueSpan[3..], NumberStyles.None, CultureInfo.InvariantCulture);
        return minutes < 60 && (hours < 24 || (hours == 24 && minutes == 0)) ? new TimeSpan(hours, minutes, 0) : null;
    }

    [GeneratedRegex(
        @"\A(?<from>[0-9]{2}:[0-9]{2})-(?<to>[0-9]{2}:[0-9]{2}) +(?<zone>UTC|[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+)\z",
        RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Shape();
}

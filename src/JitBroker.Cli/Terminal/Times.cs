using System.Globalization;
using JitBroker.Client;

namespace JitBroker.Cli.Terminal;

/// <summary>Instants for people: how far away, and when on this machine's wall clock.</summary>
internal sealed class Times(TimeProvider clock)
{
    /// <summary><c>in 58m (13:04)</c> or <c>3m ago (12:03)</c>.</summary>
    public string Both(DateTimeOffset instant) => $"{Relative(instant)} ({Absolute(instant)})";

    /// <summary><c>in 58m</c>, <c>3m ago</c>, <c>now</c>.</summary>
    public string Relative(DateTimeOffset instant)
    {
        var distance = instant - clock.GetUtcNow();
        if (distance.Duration() < TimeSpan.FromSeconds(1))
            return "now";
        return distance > TimeSpan.Zero ? $"in {Rough(distance)}" : $"{Rough(-distance)} ago";
    }

    /// <summary><c>13:04</c> today, else <c>23 Nov 13:04</c>, with the year when it is another one.</summary>
    public string Absolute(DateTimeOffset instant)
    {
        var there = TimeZoneInfo.ConvertTime(instant, clock.LocalTimeZone);
        var here = clock.GetLocalNow();
        var format = there.Date == here.Date ? "HH:mm" : there.Year == here.Year ? "d MMM HH:mm" : "d MMM yyyy HH:mm";
        return there.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>To the second below a minute, to the minute below two days, else in days.</summary>
    public static string Rough(TimeSpan duration)
    {
        if (duration < TimeSpan.FromMinutes(1))
            return Durations.ToShort(duration);
        if (duration < TimeSpan.FromHours(48))
            return Durations.ToShort(TimeSpan.FromMinutes(Math.Floor(duration.TotalMinutes)));
        return $"{((int)duration.TotalDays).ToString(CultureInfo.InvariantCulture)}d";
    }

    /// <summary>Rounded up to whole seconds.</summary>
    public static TimeSpan Whole(TimeSpan duration) => TimeSpan.FromSeconds(Math.Max(0, Math.Ceiling(duration.TotalSeconds)));
}

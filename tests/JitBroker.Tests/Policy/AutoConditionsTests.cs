using FsCheck;
using FsCheck.Fluent;
using JitBroker.Catalog;
using JitBroker.Policy;
using static JitBroker.Tests.Policy.Given;

namespace JitBroker.Tests.Policy;

public sealed class AutoConditionsTests
{
    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static HoursWindow Window(string text)
    {
        Assert.True(HoursWindow.TryParse(text, out var window, out var problem), problem);
        return window;
    }

    [Theory]
    [InlineData("09:00-18:00 Europe/Paris", "2026-07-01T06:59:59Z", false)]
    [InlineData("09:00-18:00 Europe/Paris", "2026-07-01T07:00:00Z", true)]
    [InlineData("09:00-18:00 Europe/Paris", "2026-12-01T07:00:00Z", false)]
    [InlineData("09:00-18:00 Europe/Paris", "2026-12-01T08:00:00Z", true)]
    [InlineData("09:00-18:00 Europe/Paris", "2026-12-01T17:00:00Z", false)]
    [InlineData("22:00-06:00 UTC", "2026-12-01T23:00:00Z", true)]
    [InlineData("22:00-06:00 UTC", "2026-12-01T05:59:00Z", true)]
    [InlineData("22:00-06:00 UTC", "2026-12-01T06:00:00Z", false)]
    [InlineData("22:00-06:00 UTC", "2026-12-01T12:00:00Z", false)]
    [InlineData("00:00-24:00 UTC", "2026-12-01T23:59:59Z", true)]
    [InlineData("02:30-03:00 Europe/Paris", "2026-03-29T01:15:00Z", false)]
    [InlineData("02:30-03:00 Europe/Paris", "2026-10-25T00:45:00Z", true)]
    [InlineData("02:30-03:00 Europe/Paris", "2026-10-25T01:45:00Z", true)]
    public void Hours_follow_the_clock_on_the_wall(string hours, string instant, bool inside) =>
        Assert.Equal(inside, Window(hours).Contains(Utc(instant)));

    [Theory]
    [InlineData("9-18 Europe/Paris", "HH:mm-HH:mm")]
    [InlineData("09:00-18:00", "HH:mm-HH:mm")]
    [InlineData("09:00-18:00 ../../etc/passwd", "HH:mm-HH:mm")]
    [InlineData("09:00-18:00 Europe/Nowhere", "Europe/Nowhere is not known")]
    [InlineData("09:00-09:00 UTC", "must be different")]
    [InlineData("25:00-09:00 UTC", "between 00:00 and 24:00")]
    [InlineData("09:60-10:00 UTC", "between 00:00 and 24:00")]
    [InlineData("24:00-10:00 UTC", "between 00:00 and 24:00")]
    public void What_are_no_hours_is_refused(string hours, string problem)
    {
        Assert.False(HoursWindow.TryParse(hours, out _, out var told));
        Assert.Contains(problem, told, StringComparison.Ordinal);
    }

    [Fact]
    public void A_window_and_the_rest_of_the_day_share_no_instant_and_leave_none_out() =>
        Prop.ForAll(Gen.Choose(0, 1439).Two().ToArbitrary(), Gen.Choose(0, 366 * 1440).ToArbitrary(), (ends, minute) =>
        {
            var (from, to) = (TimeSpan.FromMinutes(ends.Item1), TimeSpan.FromMinutes(ends.Item2));
            if (from == to)
                return true;
            var zone = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
            var instant = Now.AddMinutes(minute);
            return new HoursWindow(from, to, zone).Contains(instant) != new HoursWindow(to, from, zone).Contains(instant);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void All_conditions_must_hold_and_each_is_told()
    {
        var directory = Directory(("oncall", "a"));
        var auto = new AutoRule("oncall", "09:00-18:00 UTC", TimeSpan.FromMinutes(30));

        var met = AutoConditions.Evaluate(auto, Person("a"), TimeSpan.FromMinutes(30), Now, directory);
        var tooLong = AutoConditions.Evaluate(auto, Person("a"), TimeSpan.FromMinutes(31), Now, directory);
        var late = AutoConditions.Evaluate(auto, Person("a"), TimeSpan.FromMinutes(30), Now.AddHours(8), directory);
        var other = AutoConditions.Evaluate(auto, Person("b"), TimeSpan.FromMinutes(30), Now, directory);

        Assert.True(met.Met);
        Assert.Equal(["on_call", "hours", "at_most"], met.Conditions.Select(c => c.Rule));
        Assert.Equal("31 min is more than 30 min, so people must decide.", tooLong.Why);
        Assert.Equal("It begins outside 09:00-18:00 UTC, so people must decide.", late.Why);
        Assert.Equal("You are not on call in oncall, so people must decide.", other.Why);
    }

    [Fact]
    public void A_schedule_that_cannot_be_told_means_people_decide()
    {
        var directory = Directory(("oncall", null));

        var decision = AutoConditions.Evaluate(new AutoRule("oncall", null, null), Person("a"), TimeSpan.FromMinutes(5), Now, directory);

        Assert.False(decision.Met);
        Assert.Equal("I could not check whether you are on call (its schedule was not read yet), so people must decide.", decision.Why);
    }

    [Fact]
    public void No_conditions_always_hold_and_no_rule_never_does()
    {
        var directory = Directory();

        Assert.True(AutoConditions.Evaluate(new AutoRule(null, null, null), Person("a"), TimeSpan.FromHours(1), Now, directory).Met);
        Assert.False(AutoConditions.Evaluate(null, Person("a"), TimeSpan.FromHours(1), Now, directory).Met);
    }
}

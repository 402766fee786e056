using FsCheck;
using FsCheck.Fluent;
using JitBroker.Catalog;

namespace JitBroker.Tests.Catalog;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("1h30m", 5400)]
    [InlineData("30m", 1800)]
    [InlineData("1d2h3m4s", 93784)]
    [InlineData("90s", 90)]
    [InlineData("1h1h", 7200)]
    [InlineData("005m", 300)]
    [InlineData(" 5m ", 300)]
    [InlineData("PT1H30M", 5400)]
    [InlineData("P1DT1S", 86401)]
    [InlineData("P2W", 1209600)]
    [InlineData("366d", 31622400)]
    public void A_duration_is_read(string text, long seconds)
    {
        Assert.True(Durations.TryParse(text, out var duration, out var problem), problem);
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("", "A duration is missing.")]
    [InlineData("0s", "must be above zero")]
    [InlineData("PT0S", "must be above zero")]
    [InlineData("-1h", "is negative")]
    [InlineData("-PT1H", "is negative")]
    [InlineData("PT1.5H", "has a fraction")]
    [InlineData("PT0,5S", "has a fraction")]
    [InlineData("1.5h", "is not a duration")]
    [InlineData("P1Y", "years or months")]
    [InlineData("P1M", "years or months")]
    [InlineData("P", "is not a duration")]
    [InlineData("PT", "is not a duration")]
    [InlineData("P1H", "is not a duration")]
    [InlineData("1h 30m", "is not a duration")]
    [InlineData("1H", "is not a duration")]
    [InlineData("１h", "is not a duration")]
    [InlineData("tomorrow", "is not a duration")]
    [InlineData("367d", "longer than any duration may be")]
    [InlineData("99999999999999999999d", "longer than any duration may be")]
    [InlineData("9223372036854775807s9223372036854775807s", "longer than any duration may be")]
    [InlineData("1h\n", "")]
    public void What_is_no_duration_is_refused_with_a_sentence(string text, string sentence)
    {
        if (sentence.Length == 0)
        {
            Assert.True(Durations.TryParse(text, out _, out _));
            Assert.False(Durations.LooksLikeDuration(text));
            return;
        }

        Assert.False(Durations.TryParse(text, out _, out var problem));
        Assert.Contains(sentence, problem, StringComparison.Ordinal);
        Assert.EndsWith(".", problem.TrimEnd(')'), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1h", true)]
    [InlineData("0h", true)]
    [InlineData("PT1H", true)]
    [InlineData("P1Y", true)]
    [InlineData("INC-42", false)]
    [InlineData("1", false)]
    [InlineData("P", false)]
    [InlineData("1hour", false)]
    [InlineData("1h30", false)]
    [InlineData("", false)]
    public void The_second_word_is_the_duration_iff_all_of_it_has_the_shape(string word, bool expected) =>
        Assert.Equal(expected, Durations.LooksLikeDuration(word));

    [Theory]
    [InlineData(5400, "PT1H30M", "1 h 30 min")]
    [InlineData(3600, "PT1H", "1 h")]
    [InlineData(1800, "PT30M", "30 min")]
    [InlineData(45, "PT45S", "45 s")]
    [InlineData(90, "PT1M30S", "1 min 30 s")]
    [InlineData(86400, "PT24H", "24 h")]
    [InlineData(183600, "PT51H", "2 d 3 h")]
    [InlineData(0, "PT0S", "0 s")]
    [InlineData(3605, "PT1H5S", "1 h 5 s")]
    public void A_duration_is_written_without_days_for_machines_and_short_for_people(long seconds, string iso, string human)
    {
        Assert.Equal(iso, Durations.Iso(TimeSpan.FromSeconds(seconds)));
        Assert.Equal(human, Durations.Human(TimeSpan.FromSeconds(seconds)));
    }

    [Fact]
    public void What_is_written_is_read_back() =>
        Prop.ForAll(Gen.Choose(1, 366 * 86_400).ToArbitrary(), seconds =>
        {
            var duration = TimeSpan.FromSeconds(seconds);
            return Durations.TryParse(Durations.Iso(duration), out var iso, out _) && iso == duration
                && Durations.TryParse($"{seconds / 60}m{seconds % 60}s", out var words, out _) && words == duration;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_text_makes_it_throw_or_give_nothing() =>
        Prop.ForAll<string?>(text => Durations.TryParse(text, out var duration, out var problem)
            ? duration > TimeSpan.Zero && duration <= Durations.Longest && problem.Length == 0
            : problem.Length > 0).QuickCheckThrowOnFailure();
}

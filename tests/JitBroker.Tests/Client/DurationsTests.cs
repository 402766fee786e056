using FsCheck;
using FsCheck.Fluent;
using JitBroker.Client;

namespace JitBroker.Tests.Client;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("45s", 45)]
    [InlineData("1h30m", 5400)]
    [InlineData("90m", 5400)]
    [InlineData("2d", 172_800)]
    [InlineData("1h1h", 7200)]
    [InlineData("0h5m", 300)]
    [InlineData("PT1H30M", 5400)]
    [InlineData("PT90M", 5400)]
    [InlineData("P1DT2H", 93_600)]
    [InlineData("P1D", 86_400)]
    [InlineData("P2W", 1_209_600)]
    [InlineData("PT5S", 5)]
    public void Durations_of_both_forms_are_read(string text, int seconds)
    {
        Assert.True(Durations.TryParse(text, out var duration, out _));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData(null, "missing")]
    [InlineData("", "missing")]
    [InlineData("  ", "missing")]
    [InlineData("0s", "is zero")]
    [InlineData("PT0S", "is zero")]
    [InlineData("-5m", "negative")]
    [InlineData("-PT5M", "negative")]
    [InlineData("PT-5M", "negative")]
    [InlineData("1.5h", "fraction")]
    [InlineData("1,5h", "fraction")]
    [InlineData("PT0.5H", "fraction")]
    [InlineData("P1M", "years or months")]
    [InlineData("P1Y2M", "years or months")]
    [InlineData("P", "not a duration")]
    [InlineData("PT", "not a duration")]
    [InlineData("P1DT", "not a duration")]
    [InlineData("PT1M1H", "not a duration")]
    [InlineData("1h ", "not a duration")]
    [InlineData("1h\n", "not a duration")]
    [InlineData("1H", "not a duration")]
    [InlineData("h", "not a duration")]
    [InlineData("10", "not a duration")]
    [InlineData("an hour", "not a duration")]
    [InlineData("١h", "not a duration")]
    [InlineData("99999999999999999999d", "longer than any")]
    [InlineData("999999999999999999999999999999999999999999999999999999999h", "longer than any")]
    [InlineData("10675200d", "longer than any")]
    public void What_is_no_duration_is_refused_with_a_sentence(string? text, string saying)
    {
        Assert.False(Durations.TryParse(text, out var duration, out var problem));
        Assert.Equal(TimeSpan.Zero, duration);
        Assert.Contains(saying, problem, StringComparison.Ordinal);
        Assert.EndsWith(".", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_very_long_text_is_refused_at_once()
    {
        Assert.False(Durations.TryParse(new string('1', 1_000_000) + "h", out _, out var problem));
        Assert.Contains("1000001 characters", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1h", true)]
    [InlineData("0s", true)]
    [InlineData("PT1H", true)]
    [InlineData("INC-42", false)]
    [InlineData("1hour", false)]
    [InlineData("42", false)]
    public void A_word_is_taken_for_a_duration_only_if_all_of_it_is_one(string word, bool expected) => Assert.Equal(expected, Durations.LooksLikeOne(word));

    [Theory]
    [InlineData(0, "PT0S", "0s")]
    [InlineData(5, "PT5S", "5s")]
    [InlineData(5400, "PT1H30M", "1h30m")]
    [InlineData(86_400, "PT24H", "24h")]
    [InlineData(93_784, "PT26H3M4S", "26h3m4s")]
    public void Days_are_never_written(int seconds, string iso, string brief)
    {
        Assert.Equal(iso, Durations.ToIso(TimeSpan.FromSeconds(seconds)));
        Assert.Equal(brief, Durations.ToShort(TimeSpan.FromSeconds(seconds)));
    }

    [Fact]
    public void Milliseconds_are_written_as_a_fraction_of_the_seconds() => Assert.Equal("PT1M2.25S", Durations.ToIso(TimeSpan.FromMilliseconds(62_250)));

    [Fact]
    public void Every_whole_duration_survives_both_forms()
    {
        var seconds = Gen.Choose(1, int.MaxValue).Select(n => TimeSpan.FromSeconds(n)).ToArbitrary();
        Prop.ForAll(seconds, duration =>
            Durations.TryParse(Durations.ToIso(duration), out var iso, out _) && iso == duration
            && Durations.TryParse(Durations.ToShort(duration), out var brief, out _) && brief == duration).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void No_text_makes_the_parser_throw_or_answer_zero()
    {
        var alphabet = Gen.Elements("0123456789PTWDHMSYdhms.,- ".ToCharArray());
        var texts = alphabet.ArrayOf().Select(letters => new string(letters)).ToArbitrary();
        Prop.ForAll(texts, text => Durations.TryParse(text, out var duration, out var problem) ? duration > TimeSpan.Zero && problem is null : problem is { Length: > 0 })
            .QuickCheckThrowOnFailure();
    }
}

namespace JitBroker.Tests;

public sealed class IdsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Ids_of_one_instant_sort_in_the_order_they_were_made_whatever_other_clocks_say()
    {
        var made = Enumerable.Range(0, 1000).Select(i =>
        {
            var id = Ids.New(Now);
            Ids.New(Now.AddSeconds(i));
            return id;
        }).ToList();

        Assert.Equal(made.Order(StringComparer.Ordinal), made);
        Assert.Equal(made.Count, made.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void A_later_millisecond_sorts_later() =>
        Assert.True(string.CompareOrdinal(Ids.New(Now), Ids.New(Now.AddMilliseconds(1))) < 0);

    [Theory]
    [InlineData("01J8ZQ0000000000000000000", false)]
    [InlineData("01j8zq00000000000000000000", false)]
    [InlineData("81J8ZQ00000000000000000000", false)]
    [InlineData("01J8ZQ0000000000000000000U", false)]
    [InlineData("01J8ZQ00000000000000000000", true)]
    [InlineData("", false)]
    public void Only_the_canonical_form_is_an_id(string text, bool isId) => Assert.Equal(isId, Ids.IsId(text));

    [Fact]
    public void What_is_made_is_an_id() => Assert.True(Ids.IsId(Ids.New(Now)));
}

using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using JitBroker.Catalog.Kinds;

namespace JitBroker.Tests.Catalog;

/// <summary>How far a pattern reaches is told from its text; whatever is told must be true of every name that the pattern matches.</summary>
public sealed class NamePatternTests
{
    private static readonly Gen<string> Atom = Gen.Elements("a", "b", "\\.", ".", "[ab]", "[^a]", "\\d", "-");

    private static readonly Gen<string> Repeated = from atom in Atom from times in Gen.Elements("", "", "", "?", "*", "+", "{1,2}") select atom + times;

    private static readonly Gen<string> Plain = from items in Repeated.ListOf(3) select string.Concat(items);

    private static readonly Gen<string> Grouped =
        from before in Plain
        from one in Plain
        from other in Plain
        from times in Gen.Elements("", "?", "*", "+")
        from after in Plain
        select $"{before}({one}|{other}){times}{after}";

    private static readonly Arbitrary<string> Patterns = Gen.OneOf(Plain, Grouped).Select(p => $"^{p}$").ToArbitrary();

    private static readonly string[] Names = [.. from length in Enumerable.Range(0, 6) from name in Combinations(length) select name];

    [Fact]
    public void Every_name_that_is_matched_begins_as_a_branch_says_and_one_without_more_is_that_name() =>
        Prop.ForAll(Patterns, pattern =>
        {
            var read = NamePattern.Read(pattern, isOpen: false, out _)!;
            return Names.Where(n => Regex.IsMatch(n, pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))).All(n => read.Branches.Any(b => b.Rest == NameRest.Nothing ? n == b.Start : n.StartsWith(b.Start, StringComparison.Ordinal)));
        }).QuickCheckThrowOnFailure();

    /// <summary>For tokens: what is said as a name or a wildcard is matched as a whole, so no scope is wider than its pattern.</summary>
    [Fact]
    public void A_branch_that_ends_or_goes_on_with_anything_is_matched_by_the_pattern() =>
        Prop.ForAll(Patterns, pattern =>
        {
            var read = NamePattern.Read(pattern, isOpen: false, out _)!;
            return read.Branches.Where(b => b.Rest != NameRest.Something).SelectMany(b => b.Rest == NameRest.Nothing ? [b.Start] : new[] { b.Start, b.Start + "ab", b.Start + "-.-" })
                .All(n => Regex.IsMatch(n, pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("^orders$", false)]
    [InlineData("^$", false)]
    [InlineData("^(orders|bills\\.(eu|us))$", false)]
    [InlineData("^orders\\..*$", false)]
    [InlineData("^o[rx]+$", false)]
    [InlineData("^.*$", true)]
    [InlineData("^.+$", true)]
    [InlineData("^()(.*)$", true)]
    [InlineData("^(orders|.*)$", true)]
    [InlineData("^(orders)?.*$", true)]
    [InlineData("^(orders)*$", true)]
    [InlineData("^[a-z-]*$", true)]
    [InlineData("^\\w+$", true)]
    [InlineData("^a{0,9}.*$", true)]
    public void Wide_is_what_may_begin_with_anything(string pattern, bool isWide) => Assert.Equal(isWide, NamePattern.Read(pattern, isOpen: false, out _)!.IsWide);

    [Theory]
    [InlineData("orders", false)]
    [InlineData("^orders", false)]
    [InlineData("orders$", false)]
    [InlineData("^a|b$", false)]
    [InlineData("^orders\\$", false)]
    [InlineData("^(?i)orders$", true)]
    [InlineData("^(?=.*)orders$", true)]
    [InlineData("^\\Qa\\E$", true)]
    [InlineData("^orders\\b.*$", true)]
    [InlineData("^[[:alpha:]]$", true)]
    [InlineData("^a$b$", true)]
    [InlineData("^a**$", true)]
    [InlineData("^a\\", false)]
    [InlineData("^((((((((((((a))))))))))))$", true)]
    [InlineData("^(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)$", true)]
    public void What_is_not_anchored_or_not_in_the_language_is_not_read(string pattern, bool isAnchored)
    {
        Assert.Null(NamePattern.Read(pattern, isOpen: false, out var anchored));
        Assert.Equal(isAnchored, anchored);
    }

    private static IEnumerable<string> Combinations(int length) =>
        length == 0 ? [""] : from start in Combinations(length - 1) from c in "ab.-7" select start + c;
}

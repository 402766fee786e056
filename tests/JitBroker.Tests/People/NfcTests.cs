using FsCheck;
using FsCheck.Fluent;
using JitBroker.People;

namespace JitBroker.Tests.People;

public sealed class NfcTests
{
    /// <summary>Made with another implementation (Python's unicodedata, Unicode 14) from bases, marks and singletons thrown together.</summary>
    public static TheoryData<string, string> Cases => new()
    {
        { "\u0332\u0309\u030C\u0075", "\u0332\u0309\u030C\u0075" },
        { "\u0915\u041E\u1F71\u0627\u0350\u0307", "\u0915\u041E\u03AC\u0627\u0350\u0307" },
        { "\u0306\u0305\u0311\u1161\u0349\uAC00", "\u0306\u0305\u0311\u1161\u0349\uAC00" },
        { "\u0351\u05E9", "\u0351\u05E9" },
        { "\u0348\u212A\u0344\u0958\U0001D165\u0326", "\u0348\u004B\u0308\u0301\u0915\u093C\U0001D165\u0326" },
        { "\u0359\u030A\u0343", "\u0359\u030A\u0313" },
        { "\u035D\u041E\u00D6\u2ADC\u09BE", "\u035D\u041E\u00D6\u2ADD\u0338\u09BE" },
        { "\u041E\u0349\u0368\U0001D15E\u034A", "\u041E\u0349\u0368\U0001D157\U0001D165\u034A" },
        { "\u0915\u033C\u0308\u0344\u0357", "\u0915\u033C\u0308\u0308\u0301\u0357" },
        { "\u30AB\u032C\u0340\u0627\u031B", "\u30AB\u032C\u0300\u0627\u031B" },
        { "\uF900\u09BE\u0387\u1E69", "\u8C48\u09BE\u00B7\u1E69" },
        { "\u036E\u035A\U0001D15E", "\u035A\u036E\U0001D157\U0001D165" },
        { "\u031D\uAC00\u2126\uAC00\u0041\uFB1D\u0328", "\u031D\uAC00\u03A9\uAC00\u0041\u05D9\u05B4\u0328" },
        { "\u0341\u0353\u0306", "\u0353\u0301\u0306" },
        { "\u0363\u0357\u0332\u00E9\u00E9", "\u0332\u0363\u0357\u00E9\u00E9" },
        { "\u212A\u0627", "\u004B\u0627" },
        { "\u030D\u1161\u032E\u0309", "\u030D\u1161\u032E\u0309" },
        { "\u0313\u032C\u033C", "\u032C\u033C\u0313" },
        { "\u09BE\u033B", "\u09BE\u033B" },
        { "\u030A\u2ADC\u033D\u0314\u031A", "\u030A\u2ADD\u0338\u033D\u0314\u031A" },
        { "\u0061\u0326\u036E\u1E9B\u0651\u2126", "\u0061\u0326\u036E\u1E9B\u0651\u03A9" },
        { "\u0340\u2126\u0364\u036D\uF900\u035E", "\u0300\u03A9\u0364\u036D\u8C48\u035E" },
        { "\u09BE\u0061\u0365", "\u09BE\u0061\u0365" },
        { "\u0318\u032C\U0001D15E\u032E", "\u0318\u032C\U0001D157\U0001D165\u032E" },
        { "\u2126\u032B", "\u03A9\u032B" },
        { "\u064B\u0300\u0353", "\u064B\u0353\u0300" },
        { "\u030A\u030F\u0364\u0319", "\u0319\u030A\u030F\u0364" },
        { "\u0337\u032A\u00E9\u035F\u035C", "\u0337\u032A\u00E9\u035F\u035C" },
        { "\u1100\u0340\u0312", "\u1100\u0300\u0312" },
        { "\u033C\u032C\u1100\u05E9\u3099\uAC01", "\u033C\u032C\u1100\u05E9\u3099\uAC01" },
        { "\u212A\uF900\u0329", "\u004B\u8C48\u0329" },
        { "\u036A\U0001D15E\u0354\u064B", "\u036A\U0001D157\u064B\U0001D165\u0354" },
        { "\u1100\u1161\u0302\u0363\u0041\u0313", "\uAC00\u0302\u0363\u0041\u0313" },
        { "\u0627\u0329\u0343", "\u0627\u0329\u0313" },
        { "\u0363\u0075\u1E69\u05E9\u0347\u041E", "\u0363\u0075\u1E69\u05E9\u0347\u041E" },
        { "\u1100\u0319\u0339\u0367\uFB1E", "\u1100\uFB1E\u0319\u0339\u0367" },
        { "\u05B0\U0001D165\uAC01", "\u05B0\U0001D165\uAC01" },
        { "\u0627\u0958\uF900\u212A\u0364", "\u0627\u0915\u093C\u8C48\u004B\u0364" },
        { "\u0313\u0352", "\u0313\u0352" },
        { "\u1E9B\u033B\u05E9\u09BE\u2126\u1F71\u0333", "\u1E9B\u033B\u05E9\u09BE\u03A9\u03AC\u0333" },
        { "\U0001D15E\uFB1D\u0340\u0061", "\U0001D157\U0001D165\u05D9\u05B4\u0300\u0061" },
        { "\u1ED9\u0308\u2126\u030D\u1E69", "\u1ED9\u0308\u03A9\u030D\u1E69" },
        { "\u0317\u1100", "\u0317\u1100" },
        { "\u0356\u0321\u1100\u0359\u1E69", "\u0321\u0356\u1100\u0359\u1E69" },
        { "\u0317\u041E", "\u0317\u041E" },
        { "\u0351\u1E9B\u2126\u0627", "\u0351\u1E9B\u03A9\u0627" },
        { "\u00D6\u0322\u0305\u031E\u0314", "\u00D6\u0322\u031E\u0305\u0314" },
        { "\uAC01\u0350\u212A\u1100", "\uAC01\u0350\u004B\u1100" },
        { "\U0001D15E\u0320\u0061\u0346\u0341\u3099\u1F71", "\U0001D157\U0001D165\u0320\u0061\u3099\u0346\u0301\u03AC" },
        { "\u036A\u0340\u212A\u032B\u1100\U0001D15E\u036B", "\u036A\u0300\u004B\u032B\u1100\U0001D157\U0001D165\u036B" },
        { "\u1E9B\u0075\u30AB", "\u1E9B\u0075\u30AB" },
        { "\u0324\u0358\u0340\u1E69\u1E9B\u2ADC", "\u0324\u0300\u0358\u1E69\u1E9B\u2ADD\u0338" },
        { "\u006F\u0327\uAC00\u30AB\u1E69\u0319", "\u006F\u0327\uAC00\u30AB\u1E69\u0319" },
        { "\u0300\u0915\u006F", "\u0300\u0915\u006F" },
        { "\u0344\u030A\u0343\u0313\u035B", "\u0308\u0301\u030A\u0313\u0313\u035B" },
        { "\u0958\u033F\u1161\u1100\u035D\u0340", "\u0915\u093C\u033F\u1161\u1100\u0300\u035D" },
        { "\u0360\u036A\u0302", "\u036A\u0302\u0360" },
        { "\u05C1\u0358\u030A\u1100\u030D\u0387\u0350", "\u05C1\u030A\u0358\u1100\u030D\u00B7\u0350" },
        { "\u0357\u1E9B", "\u0357\u1E9B" },
        { "\u0308\u0340", "\u0308\u0300" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_agrees_with_another_implementation(string text, string expected) => Assert.Equal(expected, Nfc.Of(text));

    [Fact]
    public void One_address_spelt_in_two_ways_is_one_address()
    {
        Assert.NotEqual("rene\u0301@x.fr", "ren\u00e9@x.fr");
        Assert.Equal(Emails.Canonical("RENE\u0301@x.fr "), Emails.Canonical("ren\u00e9@x.fr"));
        Assert.Equal("karen@x.fr", Emails.Canonical("\u212aaren@x.fr"));
    }

    [Fact]
    public void Twice_is_as_once_and_nothing_makes_it_throw() =>
        Prop.ForAll<NonNull<string>>(text => Nfc.Of(Nfc.Of(text.Get)) == Nfc.Of(text.Get)).QuickCheckThrowOnFailure();
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using JitBroker.Audit;

namespace JitBroker.Tests.Audit;

public sealed class CanonicalJsonTests
{
    private static string Of(string json) => CanonicalJson.Of(JsonNode.Parse(json));

    [Fact]
    public void The_example_of_RFC_8785_section_3_2_2_comes_out_as_printed_there() =>
        Assert.Equal(
            """{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}""",
            Of("""
               {"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],
                "string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
                "literals":[null,true,false]}
               """));

    [Fact]
    public void Keys_are_sorted_by_UTF_16_code_units_as_in_section_3_2_3()
    {
        var canonical = Of("""
            {"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
             "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}
            """);

        Assert.Equal(
            ["Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign", "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh"],
            JsonNode.Parse(canonical)!.AsObject().Select(p => p.Value!.GetValue<string>()));
    }

    [Theory]
    [InlineData("0000000000000000", "0")]
    [InlineData("8000000000000000", "0")]
    [InlineData("0000000000000001", "5e-324")]
    [InlineData("8000000000000001", "-5e-324")]
    [InlineData("7fefffffffffffff", "1.7976931348623157e+308")]
    [InlineData("ffefffffffffffff", "-1.7976931348623157e+308")]
    [InlineData("4340000000000000", "9007199254740992")]
    [InlineData("c340000000000000", "-9007199254740992")]
    [InlineData("4430000000000000", "295147905179352830000")]
    [InlineData("44b52d02c7e14af5", "9.999999999999997e+22")]
    [InlineData("44b52d02c7e14af6", "1e+23")]
    [InlineData("44b52d02c7e14af7", "1.0000000000000001e+23")]
    [InlineData("444b1ae4d6e2ef4e", "999999999999999700000")]
    [InlineData("444b1ae4d6e2ef4f", "999999999999999900000")]
    [InlineData("444b1ae4d6e2ef50", "1e+21")]
    [InlineData("3eb0c6f7a0b5ed8c", "9.999999999999997e-7")]
    [InlineData("3eb0c6f7a0b5ed8d", "0.000001")]
    [InlineData("41b3de4355555553", "333333333.3333332")]
    [InlineData("41b3de4355555554", "333333333.33333325")]
    [InlineData("41b3de4355555555", "333333333.3333333")]
    [InlineData("41b3de4355555556", "333333333.3333334")]
    [InlineData("41b3de4355555557", "333333333.33333343")]
    [InlineData("becbf647612f3696", "-0.0000033333333333333333")]
    [InlineData("43143ff3c1cb0959", "1424953923781206.2")]
    public void Numbers_of_appendix_B_have_ECMAScripts_form(string bits, string expected) =>
        Assert.Equal(expected, CanonicalJson.Number(BitConverter.Int64BitsToDouble(long.Parse(bits, NumberStyles.HexNumber, CultureInfo.InvariantCulture))));

    [Theory]
    [InlineData("{}", "{}")]
    [InlineData("[]", "[]")]
    [InlineData("null", "null")]
    [InlineData("\"\\u2028<>&'\\u007f\"", "\"\u2028<>&'\u007f\"")]
    [InlineData("[1.0,100,1e2,-0,56.0e0]", "[1,100,100,0,56]")]
    [InlineData("{\"b\":[{\"d\":1,\"c\":2}],\"a\":null}", "{\"a\":null,\"b\":[{\"c\":2,\"d\":1}]}")]
    public void Nothing_is_added_and_nothing_is_escaped_without_need(string json, string expected) => Assert.Equal(expected, Of(json));

    [Fact]
    public void What_has_no_canonical_form_is_an_argument_error()
    {
        Assert.Throws<ArgumentException>(() => Of("1e999"));
        using var halfOfAPair = JsonDocument.Parse("\"\\ud800\"");
        Assert.Throws<ArgumentException>(() => CanonicalJson.Of(halfOfAPair.RootElement));
    }

    [Fact]
    public void The_canonical_form_of_a_canonical_form_is_itself_and_keeps_the_value() =>
        Prop.ForAll(ArbMap.Default.ArbFor<Dictionary<NonNull<string>, double>>(), values =>
        {
            var node = new JsonObject();
            foreach (var (key, value) in values.Where(v => double.IsFinite(v.Value) && !v.Key.Get.Any(char.IsSurrogate)))
                node[key.Get] = value;
            var once = CanonicalJson.Of(node);
            return CanonicalJson.Of(JsonNode.Parse(once)) == once && JsonNode.DeepEquals(JsonNode.Parse(once), JsonNode.Parse(node.ToJsonString()));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_double_is_read_back_from_its_form() =>
        Prop.ForAll(ArbMap.Default.ArbFor<long>(), bits =>
        {
            var value = BitConverter.Int64BitsToDouble(bits * unchecked((long)0x9E3779B97F4A7C15));
            return !double.IsFinite(value) || double.Parse(CanonicalJson.Number(value), CultureInfo.InvariantCulture) == value;
        }).QuickCheckThrowOnFailure();
}

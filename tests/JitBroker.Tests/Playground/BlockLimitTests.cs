using System.Text.Json.Nodes;
using JitBroker.Playground.Blocks;

namespace JitBroker.Tests.Playground;

/// <summary>The playground refuses what Slack would refuse (chat-wire A10), and names the place.</summary>
public sealed class BlockLimitTests
{
    private static string Long(int length) => new('x', length);

    private static string Plain(int length) => $$"""{"type":"plain_text","text":"{{Long(length)}}"}""";

    private static string Many(int count, Func<int, string> one) => string.Join(',', Enumerable.Range(0, count).Select(one));

    private static string Button(string more) => $$"""{"type":"actions","elements":[{"type":"button","action_id":"a","text":{{Plain(3)}}{{more}}}]}""";

    private static string Input(string element) => $$"""{"type":"input","label":{{Plain(3)}},"element":{{element}}}""";

    private static string Option(int text, int value) => $$"""{"text":{{Plain(text)}},"value":"{{Long(value)}}"}""";

    public static TheoryData<string, string, string> AtTheLimitAndOver => new()
    {
        { "section text", Section(3000), Section(3001) },
        { "section field", Fields(10, 2000), Fields(1, 2001) },
        { "section fields", Fields(10, 1), Fields(11, 1) },
        { "header", Header(150), Header(151) },
        { "context elements", Context(10), Context(11) },
        { "actions elements", Buttons(25), Buttons(26) },
        { "button text", ButtonText(75), ButtonText(76) },
        { "button value", Button($",\"value\":\"{Long(2000)}\""), Button($",\"value\":\"{Long(2001)}\"") },
        { "button style", Button(",\"style\":\"danger\""), Button(",\"style\":\"green\"") },
        { "confirm title", Button(Confirm(100, 300, 30)), Button(Confirm(101, 300, 30)) },
        { "confirm text", Button(Confirm(1, 300, 30)), Button(Confirm(1, 301, 30)) },
        { "confirm button", Button(Confirm(1, 1, 30)), Button(Confirm(1, 1, 31)) },
        { "option text", Select(1, 75, 75), Select(1, 76, 75) },
        { "option value", Select(1, 75, 75), Select(1, 75, 76) },
        { "select options", Select(100, 1, 1), Select(101, 1, 1) },
        { "radio options", Radio(10), Radio(11) },
        { "overflow options", Overflow(5), Overflow(6) },
        { "placeholder", Placeholder(150), Placeholder(151) },
        { "input label", InputLabel(2000), InputLabel(2001) },
        { "max_length", Input("""{"type":"plain_text_input","action_id":"a","max_length":3000}"""), Input("""{"type":"plain_text_input","action_id":"a","max_length":3001}""") },
        { "block id", BlockId(255), BlockId(256) },
    };

    [Theory]
    [MemberData(nameof(AtTheLimitAndOver))]
    public void At_the_limit_passes_and_one_over_is_refused(string what, string passes, string over)
    {
        Assert.Empty(Faults($"[{passes}]"));
        Assert.True(Faults($"[{over}]") is [var first, ..] && first.Contains("[json-pointer:/blocks/0", StringComparison.Ordinal), what);
    }

    [Theory]
    [InlineData("""{"type":"divider","colour":"red"}""", "[ERROR] invalid additional property: colour [json-pointer:/blocks/0]")]
    [InlineData("""{"type":"banner"}""", "[ERROR] unsupported type: banner [json-pointer:/blocks/0/type]")]
    [InlineData("""{"type":"header","text":{"type":"mrkdwn","text":"x"}}""", "[ERROR] invalid value, must be one of: plain_text [json-pointer:/blocks/0/text/type]")]
    [InlineData("""{"type":"header"}""", "[ERROR] missing required field: text [json-pointer:/blocks/0]")]
    [InlineData("""{"type":"header","text":{"type":"plain_text","text":""}}""", "[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]")]
    [InlineData("""{"type":"section"}""", "[ERROR] must have one of: text, fields [json-pointer:/blocks/0]")]
    [InlineData("""{"type":"actions","elements":[]}""", "[ERROR] no fewer than 1 items required [json-pointer:/blocks/0/elements]")]
    [InlineData("""{"type":"actions","elements":[{"type":"plain_text_input","action_id":"a"}]}""", "[ERROR] unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]")]
    [InlineData("""17""", "[ERROR] must be an object [json-pointer:/blocks/0]")]
    [InlineData("""{"type":["header"]}""", "[ERROR] missing required field: type [json-pointer:/blocks/0]")]
    public void What_is_not_Block_Kit_is_refused_with_its_place(string block, string expected) => Assert.Contains(expected, Faults($"[{block}]"));

    [Fact]
    public void Fifty_blocks_pass_and_fifty_one_do_not()
    {
        Assert.Empty(Faults($"[{Many(50, _ => """{"type":"divider"}""")}]"));
        Assert.Equal(["[ERROR] no more than 50 items allowed [json-pointer:/blocks]"], Faults($"[{Many(51, _ => """{"type":"divider"}""")}]"));
    }

    [Fact]
    public void A_block_id_may_stand_once() =>
        Assert.Contains("already exists", Assert.Single(Faults("""[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}]""")), StringComparison.Ordinal);

    [Fact]
    public void An_action_id_may_stand_once_in_a_block() => Assert.Contains("already exists",
        Assert.Single(Faults($$"""[{"type":"actions","elements":[{"type":"button","action_id":"a","text":{{Plain(1)}}},{"type":"button","action_id":"a","text":{{Plain(1)}}}]}]""")), StringComparison.Ordinal);

    [Fact]
    public void A_modal_with_an_input_needs_submit()
    {
        var input = Input("""{"type":"plain_text_input","action_id":"a"}""");
        Assert.Contains("`submit` is required", Assert.Single(Faults(Modal("", input), "modal")), StringComparison.Ordinal);
        Assert.Empty(Faults(Modal($",\"submit\":{Plain(24)}", input), "modal"));
    }

    [Theory]
    [InlineData("title", 24)]
    [InlineData("submit", 24)]
    [InlineData("close", 24)]
    public void Words_of_a_modal_are_short(string name, int most)
    {
        string View(int length) => $$"""{"type":"modal","title":{{Plain(name == "title" ? length : 3)}}{{(name == "title" ? "" : $",\"{name}\":{Plain(length)}")}},"blocks":[{"type":"divider"}]}""";
        Assert.Empty(Faults(View(most), "modal"));
        Assert.Equal([$"[ERROR] must be less than {most + 1} characters [json-pointer:/view/{name}/text]"], Faults(View(most + 1), "modal"));
    }

    [Theory]
    [InlineData("private_metadata", 3000)]
    [InlineData("callback_id", 255)]
    [InlineData("external_id", 255)]
    public void Hidden_fields_of_a_modal_have_limits(string name, int most)
    {
        Assert.Empty(Faults(Modal($",\"{name}\":\"{Long(most)}\"", """{"type":"divider"}"""), "modal"));
        Assert.Single(Faults(Modal($",\"{name}\":\"{Long(most + 1)}\"", """{"type":"divider"}"""), "modal"));
    }

    [Fact]
    public void A_home_tab_has_no_title() => Assert.Contains("invalid additional property: title", Assert.Single(Faults($$"""{"type":"home","title":{{Plain(1)}},"blocks":[{"type":"divider"}]}""", "home")), StringComparison.Ordinal);

    [Fact]
    public void An_initial_option_must_be_one_of_the_options() => Assert.Contains("must exactly match",
        Assert.Single(Faults($$"""[{"type":"actions","elements":[{"type":"static_select","action_id":"a","options":[{{Option(1, 1)}}],"initial_option":{{Option(2, 2)}}}]}]""")), StringComparison.Ordinal);

    private static List<string> Faults(string blocks) => ViewShapes.FaultsOfMessage(JsonNode.Parse(blocks));

    private static List<string> Faults(string view, string type) => ViewShapes.FaultsOfView(JsonNode.Parse(view), type);

    private static string Modal(string more, string blocks) => $$"""{"type":"modal","title":{{Plain(3)}}{{more}},"blocks":[{{blocks}}]}""";

    private static string Section(int length) => $$"""{"type":"section","text":{"type":"mrkdwn","text":"{{Long(length)}}"} }""";

    private static string Fields(int count, int length) => $$"""{"type":"section","fields":[{{Many(count, _ => Plain(length))}}]}""";

    private static string Header(int length) => $$"""{"type":"header","text":{{Plain(length)}}}""";

    private static string Context(int count) => $$"""{"type":"context","elements":[{{Many(count, _ => Plain(1))}}]}""";

    private static string Buttons(int count) => $$"""{"type":"actions","elements":[{{Many(count, i => $$"""{"type":"button","action_id":"a{{i}}","text":{{Plain(1)}}}""")}}]}""";

    private static string ButtonText(int length) => $$"""{"type":"actions","elements":[{"type":"button","action_id":"a","text":{{Plain(length)}}}]}""";

    private static string Confirm(int title, int text, int button) => $$""","confirm":{"title":{{Plain(title)}},"text":{{Plain(text)}},"confirm":{{Plain(button)}},"deny":{{Plain(button)}}}""";

    private static string Select(int count, int text, int value) => $$"""{"type":"actions","elements":[{"type":"static_select","action_id":"a","options":[{{Many(count, _ => Option(text, value))}}]}]}""";

    private static string Radio(int count) => Input($$"""{"type":"radio_buttons","action_id":"a","options":[{{Many(count, _ => Option(1, 1))}}]}""");

    private static string Overflow(int count) => $$"""{"type":"actions","elements":[{"type":"overflow","action_id":"a","options":[{{Many(count, _ => Option(1, 1))}}]}]}""";

    private static string Placeholder(int length) => Input($$"""{"type":"plain_text_input","action_id":"a","placeholder":{{Plain(length)}}}""");

    private static string InputLabel(int length) => $$"""{"type":"input","label":{{Plain(length)}},"element":{"type":"plain_text_input","action_id":"a"} }""";

    private static string BlockId(int length) => $$"""{"type":"divider","block_id":"{{Long(length)}}"}""";
}

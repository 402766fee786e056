using System.Text.Json.Nodes;
using static JitBroker.Playground.Blocks.Rules;

namespace JitBroker.Playground.Blocks;

/// <summary>Block Kit's composition objects and interactive elements, with Slack's limits.</summary>
internal static class ElementShapes
{
    public static Rule Plain(int max, int min = 1) => Shape(
        new("type", OneOf("plain_text"), true), new("text", Text(max, min), true), new("emoji", Flag));

    public static Rule Rich(int max) => Typed(new Dictionary<string, Rule>(StringComparer.Ordinal)
    {
        ["plain_text"] = Plain(max),
        ["mrkdwn"] = Shape(new("type", Any, true), new("text", Text(max), true), new("verbatim", Flag)),
    });

    private static readonly Rule Confirm = Shape(new("title", Plain(100), true), new("text", Rich(300), true),
        new("confirm", Plain(30), true), new("deny", Plain(30), true), new("style", OneOf("primary", "danger")));

    // 75 in the JS types and 150 in the Python validator: what both accept is 75
    private static readonly Rule Option = Shape(new("text", Plain(75), true), new("value", Text(75), true), new("description", Plain(75)));

    private static readonly Rule RichOption = Shape(new("text", Rich(75), true), new("value", Text(75), true), new("description", Rich(75)));

    private static readonly Rule LinkOption = Shape(new("text", Plain(75), true), new("value", Text(75), true), new("description", Plain(75)), new("url", Link(3000)));

    public static Rule Options { get; } = List(0, 100, Option);

    public static Rule OptionGroups { get; } = List(0, 100, Shape(new("label", Plain(75), true), new("options", List(1, 100, Option), true)));

    private static readonly Property ActionId = new("action_id", Text(255));
    private static readonly Property ConfirmBy = new("confirm", Confirm);
    private static readonly Property Placeholder = new("placeholder", Plain(150));
    private static readonly Property Focus = new("focus_on_load", Flag);

    private static readonly Rule Dispatch = Shape(new Property("trigger_actions_on", List(1, 2, OneOf("on_enter_pressed", "on_character_entered"))));

    private static Rule Element(string type, params Property[] more) => Shape([new("type", OneOf(type), true), ActionId, .. more]);

    private static Rule Select(string type, params Property[] more) => Element(type, [Placeholder, ConfirmBy, Focus, .. more]);

    private static Rule Ids(int max = 100) => List(0, max, Text(255));

    private static readonly Rule FromOptions = All(
        Must(o => o["options"] is null != o["option_groups"] is null, "must have exactly one of options and option_groups"),
        Must(o => o["initial_option"] is not { } first || BlockWalk.Options(o).Any(x => JsonNode.DeepEquals(x, first)), "must exactly match one of the provided options", "/initial_option"),
        Must(o => o["initial_options"] is not JsonArray some || some.All(s => BlockWalk.Options(o).Any(x => JsonNode.DeepEquals(x, s))), "must exactly match the provided options", "/initial_options"));

    private static readonly Rule Filter = Shape(new("include", List(1, 4, OneOf("im", "mpim", "private", "public"))),
        new("exclude_external_shared_channels", Flag), new("exclude_bot_users", Flag));

    private static Rule Typing(string type, params Property[] more) => Element(type, [Placeholder, Focus, new("dispatch_action_config", Dispatch), .. more]);

    public static IReadOnlyDictionary<string, Rule> ByType { get; } = new Dictionary<string, Rule>(StringComparer.Ordinal)
    {
        ["button"] = Element("button", new("text", Plain(75), true), new("value", Text(2000)), new("url", Link(3000)),
            new("style", OneOf("primary", "danger")), ConfirmBy, new("accessibility_label", Text(75))),
        ["image"] = Shape(new("type", Any, true), new("image_url", Link(3000)), new("slack_file", Any), new("alt_text", Text(2000), true)),
        ["static_select"] = All(Select("static_select", new("options", List(1, 100, Option)), new("option_groups", OptionGroups), new("initial_option", Option)), FromOptions),
        ["multi_static_select"] = All(Select("multi_static_select", new("options", List(1, 100, Option)), new("option_groups", OptionGroups),
            new("initial_options", Options), new("max_selected_items", Whole(1, 100))), FromOptions),
        ["external_select"] = Select("external_select", new("initial_option", Option), new("min_query_length", Whole(0, 255))),
        ["multi_external_select"] = Select("multi_external_select", new("initial_options", Options), new("min_query_length", Whole(0, 255)), new("max_selected_items", Whole(1, 100))),
        ["users_select"] = Select("users_select", new Property("initial_user", Text(255))),
        ["multi_users_select"] = Select("multi_users_select", new("initial_users", Ids()), new("max_selected_items", Whole(1, 100))),
        ["conversations_select"] = Select("conversations_select", new("initial_conversation", Text(255)), new("default_to_current_conversation", Flag),
            new("response_url_enabled", Flag), new("filter", Filter)),
        ["multi_conversations_select"] = Select("multi_conversations_select", new("initial_conversations", Ids()),
            new("default_to_current_conversation", Flag), new("max_selected_items", Whole(1, 100)), new("filter", Filter)),
        ["channels_select"] = Select("channels_select", new("initial_channel", Text(255)), new("response_url_enabled", Flag)),
        ["multi_channels_select"] = Select("multi_channels_select", new("initial_channels", Ids()), new("max_selected_items", Whole(1, 100))),
        ["overflow"] = Element("overflow", new("options", List(1, 5, LinkOption), true), ConfirmBy),
        ["radio_buttons"] = All(Element("radio_buttons", new("options", List(1, 10, RichOption), true), new("initial_option", RichOption), ConfirmBy, Focus), FromOptions),
        ["checkboxes"] = All(Element("checkboxes", new("options", List(1, 10, RichOption), true), new("initial_options", List(1, 10, RichOption)), ConfirmBy, Focus), FromOptions),
        ["datepicker"] = Element("datepicker", Placeholder, new("initial_date", Date), ConfirmBy, Focus),
        ["timepicker"] = Element("timepicker", Placeholder, new("initial_time", Time), ConfirmBy, Focus, new("timezone", Text(64))),
        ["datetimepicker"] = Element("datetimepicker", new("initial_date_time", Whole(1_000_000_000, 9_999_999_999)), ConfirmBy, Focus),
        ["plain_text_input"] = All(Typing("plain_text_input", new("initial_value", Text(3000, 0)), new("multiline", Flag), new("min_length", Whole(0, 3000)), new("max_length", Whole(1, 3000))),
            Must(o => Number(o["min_length"], 0) <= Number(o["max_length"], 3000), "must not be greater than max_length", "/min_length")),
        ["email_text_input"] = Typing("email_text_input", new Property("initial_value", Text(3000, 0))),
        ["url_text_input"] = Typing("url_text_input", new Property("initial_value", Text(3000, 0))),
        ["number_input"] = Typing("number_input", new("is_decimal_allowed", Flag, true), new("initial_value", Text(64, 0)), new("min_value", Text(64)), new("max_value", Text(64))),
        ["rich_text_input"] = Typing("rich_text_input", new Property("initial_value", Any)),
    };

    private static long Number(JsonNode? node, long otherwise) => node is JsonValue v && v.TryGetValue<long>(out var n) ? n : otherwise;
}

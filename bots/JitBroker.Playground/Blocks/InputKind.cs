using System.Text.Json.Nodes;

namespace JitBroker.Playground.Blocks;

/// <summary>How one type of element holds a value in <c>state.values</c>: under which key, whether one or a list, and its initial value's key.</summary>
internal sealed record InputKind(string Type, string Key, string InitialKey, bool IsList = false, bool IsOption = false)
{
    private static readonly Dictionary<string, InputKind> Kinds = new InputKind[]
    {
        new("plain_text_input", "value", "initial_value"),
        new("email_text_input", "value", "initial_value"),
        new("url_text_input", "value", "initial_value"),
        new("number_input", "value", "initial_value"),
        new("rich_text_input", "rich_text_value", "initial_value"),
        new("static_select", "selected_option", "initial_option", IsOption: true),
        new("external_select", "selected_option", "initial_option", IsOption: true),
        new("radio_buttons", "selected_option", "initial_option", IsOption: true),
        new("checkboxes", "selected_options", "initial_options", IsList: true, IsOption: true),
        new("multi_static_select", "selected_options", "initial_options", IsList: true, IsOption: true),
        new("multi_external_select", "selected_options", "initial_options", IsList: true, IsOption: true),
        new("users_select", "selected_user", "initial_user"),
        new("multi_users_select", "selected_users", "initial_users", IsList: true),
        new("conversations_select", "selected_conversation", "initial_conversation"),
        new("multi_conversations_select", "selected_conversations", "initial_conversations", IsList: true),
        new("channels_select", "selected_channel", "initial_channel"),
        new("multi_channels_select", "selected_channels", "initial_channels", IsList: true),
        new("datepicker", "selected_date", "initial_date"),
        new("timepicker", "selected_time", "initial_time"),
        new("datetimepicker", "selected_date_time", "initial_date_time"),
    }.ToDictionary(k => k.Type, StringComparer.Ordinal);

    /// <summary>Null for elements that hold nothing: buttons, overflow menus, images.</summary>
    public static InputKind? Of(JsonObject element) => Kinds.GetValueOrDefault((string?)element["type"] ?? "");

    public JsonObject InitialState(JsonObject element) => State(element[InitialKey]?.DeepClone());

    public JsonObject State(JsonNode? value) => new() { ["type"] = Type, [Key] = value ?? (IsList ? new JsonArray() : null) };

    /// <summary>Whether a required input with this state counts as filled.</summary>
    public bool IsFilled(JsonObject? state) => state?[Key] switch
    {
        null => false,
        JsonArray list => list.Count > 0,
        JsonValue text when text.TryGetValue<string>(out var s) => s.Length > 0,
        _ => true,
    };

    /// <summary>
    /// What a person entered, as state. Options may be named by their value, which is then looked up in what the element offers; a whole option
    /// object is taken as it is, since a hostile client could send it so.
    /// </summary>
    /// <param name="problem">Why it could not be entered; null when it could.</param>
    public JsonObject Entered(JsonObject element, JsonArray? offered, JsonNode? given, out string? problem)
    {
        problem = null;
        if (given is JsonObject whole && (string?)whole["type"] == Type) return (JsonObject)whole.DeepClone();
        if (!IsOption) return State(given is JsonValue text && text.TryGetValue<string>(out var s) && s.Length == 0 ? null : given?.DeepClone());
        var initial = element[InitialKey] is JsonArray several ? several : new JsonArray(element[InitialKey]?.DeepClone());
        var known = BlockWalk.Options(element).Concat((offered ?? []).OfType<JsonObject>()).Concat(initial.OfType<JsonObject>()).ToList();
        var chosen = new JsonArray();
        foreach (var one in given is JsonArray list ? list.ToList() : [given])
        {
            if (one is null) continue;
            var option = one as JsonObject ?? known.Find(o => (string?)o["value"] == one.ToString());
            if (option is null) problem = $"There is no option \"{one}\" in {(string?)element["action_id"]}; it offers {string.Join(", ", known.Select(o => (string?)o["value"]))}.";
            else chosen.Add(option.DeepClone());
        }
        return State(IsList ? chosen : chosen.FirstOrDefault()?.DeepClone());
    }
}

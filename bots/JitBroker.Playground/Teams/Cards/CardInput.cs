using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace JitBroker.Playground.Teams.Cards;

/// <summary>What inputs hold, and what Teams' own client checks before it sends them.</summary>
internal static class CardInput
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    /// <summary>What an input holds: what was entered, else its initial value; null when nothing does. A toggle always holds something.</summary>
    public static string? Value(JsonObject input, JsonObject entered)
    {
        var id = Wire.Text(input["id"])!;
        var text = entered.ContainsKey(id) ? Wire.Text(entered[id]) ?? entered[id]?.ToJsonString() : Wire.Text(input["value"]) ?? input["value"]?.ToJsonString();
        if (Wire.Text(input["type"]) != "Input.Toggle") return string.IsNullOrEmpty(text) ? null : text;
        var (on, off) = (Wire.Text(input["valueOn"]) ?? "true", Wire.Text(input["valueOff"]) ?? "false");
        return text == on || text == "true" ? on : off;
    }

    /// <summary>What stands at an input that may not be sent so; null when it may.</summary>
    public static string? Fault(JsonObject input, JsonObject entered)
    {
        var value = Value(input, entered);
        var otherwise = Wire.Text(input["errorMessage"]);
        if (Wire.Flag(input["isRequired"]) && (value is null || Wire.Text(input["type"]) == "Input.Toggle" && value != (Wire.Text(input["valueOn"]) ?? "true"))) return otherwise ?? "This field is required.";
        return value is not null && Problem(input, value) is { } problem ? otherwise ?? problem : null;
    }

    private static string? Problem(JsonObject input, string value) => Wire.Text(input["type"]) switch
    {
        "Input.Text" when input["maxLength"] is JsonValue max && max.TryGetValue<int>(out var most) && value.Length > most => string.Create(CultureInfo.InvariantCulture, $"At most {most} characters."),
        "Input.Text" when Wire.Text(input["regex"]) is { } pattern && !Fits(pattern, value) => "This is not in the expected form.",
        "Input.Number" when !double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _) => "This is not a number.",
        "Input.ChoiceSet" when !Offered(input, value) => "That is not one of the choices.",
        _ => null,
    };

    private static bool Offered(JsonObject input, string value)
    {
        var offered = (input["choices"] as JsonArray ?? []).OfType<JsonObject>().Select(c => Wire.Text(c["value"])).ToHashSet(StringComparer.Ordinal);
        return input["choices.data"] is not null || (Wire.Flag(input["isMultiSelect"]) ? value.Split(',') : [value]).All(offered.Contains);
    }

    private static bool Fits(string pattern, string value)
    {
        try
        {
            return Regex.IsMatch(value, pattern, RegexOptions.ECMAScript, Patience);
        }
        catch (Exception e) when (e is ArgumentException or RegexMatchTimeoutException)
        {
            // a client that cannot read the pattern lets the value through
            return true;
        }
    }
}

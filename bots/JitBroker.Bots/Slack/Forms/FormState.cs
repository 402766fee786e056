using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;
using JitBroker.Catalog;

namespace JitBroker.Bots.Slack;

/// <summary>What a person entered into a modal. It comes through their client, so each value is data to be checked like any other.</summary>
internal static class FormState
{
    /// <summary>An ask from the form's fields; a duration or start that is none is a fault at its field.</summary>
    public static RequestDraft RequestOf(JsonObject? view)
    {
        var faults = new Dictionary<string, string>(StringComparer.Ordinal);
        return new RequestDraft(
            Option(view, RequestView.Entitlement),
            DurationOf(view, faults),
            Text(view, RequestView.Reason) ?? "",
            StartOf(view, faults),
            faults);
    }

    public static string? Text(JsonObject? view, string block) => Field(view, block).Text("value");

    public static string? Option(JsonObject? view, string block) => Field(view, block).Text("selected_option", "value");

    private static JsonObject? Field(JsonObject? view, string block) => view.At("state", "values", block, RequestView.ActionId);

    private static TimeSpan? DurationOf(JsonObject? view, Dictionary<string, string> faults)
    {
        if (Option(view, RequestView.Duration) is not { } text)
            return null;
        if (Durations.TryParse(text, out var duration, out var problem))
            return duration;
        faults[RequestView.Duration] = problem;
        return null;
    }

    private static DateTimeOffset? StartOf(JsonObject? view, Dictionary<string, string> faults)
    {
        if (Field(view, RequestView.Starts)?["selected_date_time"] is not JsonValue value)
            return null;
        if (long.TryParse(value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 100_000_000_000)
            return DateTimeOffset.FromUnixTimeSeconds(seconds);
        faults[RequestView.Starts] = "That is no date and time. Choose one, or leave it empty to start when it is approved.";
        return null;
    }
}

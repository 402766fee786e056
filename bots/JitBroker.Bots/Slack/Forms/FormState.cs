using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Slack;

/// <summary>What a person entered into a modal, by block.</summary>
internal static class FormState
{
    public static FormValues Of(JsonObject? view)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (block, actions) in view.At("state", "values") ?? new JsonObject())
        {
            if (Entered(actions.At(FormView.ActionId)) is { } entered)
                values[block] = entered;
        }

        return new FormValues(values);
    }

    private static string? Entered(JsonObject? field)
    {
        if (field?["selected_date_time"] is JsonValue moment)
            return long.TryParse(moment.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 100_000_000_000
                ? FormValues.OfMoment(DateTimeOffset.FromUnixTimeSeconds(seconds))
                : moment.ToString();
        return field.Text("selected_option", "value") ?? field.Text("value");
    }
}

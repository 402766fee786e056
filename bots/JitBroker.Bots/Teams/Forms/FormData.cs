using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Teams;

/// <summary>
/// What a button or form sent back. All of it passes through the person's client, so the verb and the id are look-up keys, and only names with the prefix are what was entered:
/// an input cannot shadow a key, nor a key an input (D6).
/// </summary>
internal sealed record FormData(string Verb, string Id, CardOrigin? Origin, FormValues Entered)
{
    /// <summary>Whether it is a form that was filled in, be it with nothing: its fields came with it, or its own button says so.</summary>
    public bool IsForm { get; private init; }

    /// <param name="data">The object that was sent.</param>
    /// <param name="verb">Where it stands beside the data; null: it stands in it.</param>
    /// <param name="offset">Of the sender's clock against UTC.</param>
    public static FormData Of(JsonObject? data, string? verb, TimeSpan offset)
    {
        var id = Text(data?[CardActions.Id]) ?? "";
        var inputs = (data ?? []).Where(p => p.Key.StartsWith(FormInputs.Prefix, StringComparison.Ordinal)).ToList();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in inputs)
        {
            if (Text(value) is { Length: > 0 } entered)
                values[name[FormInputs.Prefix.Length..]] = entered;
        }

        Moment(values, offset);
        var card = Text(data?[CardActions.Card]);
        return new FormData(verb ?? Text(data?[CardActions.Verb]) ?? "", id, card is null ? null : new CardOrigin(card, id), new FormValues(values))
        {
            IsForm = inputs.Count > 0 || data?[CardActions.Sent] is JsonValue sent && sent.TryGetValue<bool>(out var isSent) && isSent,
        };
    }

    /// <summary>How the sender's clock stands against UTC; Teams says so with each activity.</summary>
    public static TimeSpan OffsetOf(TeamsActivity activity) =>
        activity.Raw["localTimestamp"] is JsonValue value && value.TryGetValue<string>(out var local)
        && DateTimeOffset.TryParse(local, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) && at.Offset.Duration() <= TimeSpan.FromHours(14)
            ? at.Offset
            : TimeSpan.Zero;

    /// <summary>A day and a time of day become an instant. What is neither stays as it is and is a fault at its field.</summary>
    private static void Moment(Dictionary<string, string> values, TimeSpan offset)
    {
        const string name = RequestAccessForm.Starts;
        values.Remove(name + FormInputs.TimeOfDay, out var time);
        var day = values.GetValueOrDefault(name);
        if (day is null && time is null)
            return;
        if (DateTime.TryParseExact($"{day} {time}", ["yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm ", "yyyy-MM-dd'T'HH:mm:ss "], CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
            values[name] = Instant(local, offset);
        else if (time is null && DateTimeOffset.TryParseExact(day, ["yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mmzzz"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var at))
            values[name] = FormValues.OfMoment(at);
        else
            values[name] = $"{day} {time}".Trim();
    }

    /// <summary>Nothing that a calendar cannot hold.</summary>
    private static string Instant(DateTime local, TimeSpan offset) =>
        local.Year is > 1 and < 9999 ? FormValues.OfMoment(new DateTimeOffset(local, offset)) : "no day";

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}

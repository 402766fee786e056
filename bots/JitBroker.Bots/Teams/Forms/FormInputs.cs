using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Teams;

/// <summary>The inputs of a form (contract §5: <c>in_</c> and the field's name, so that none can shadow what a button sends).</summary>
internal static class FormInputs
{
    public const string Prefix = "in_";

    /// <summary>Behind the name of a moment's second half.</summary>
    public const string TimeOfDay = "_time";

    /// <param name="offered">Of a choice among many: how many.</param>
    /// <param name="isChecked">Whether the client sees to it that something is typed where something must be.</param>
    public static IEnumerable<JsonObject> Of(FormPart.Field field, TimeSpan offset, int offered, bool isChecked)
    {
        var id = Prefix + field.Name;
        switch (field.Input)
        {
            case FieldInput.Choice choice:
                yield return Choices(Labelled("Input.ChoiceSet", id, field), choice.Options, choice.Chosen, "compact");
                break;
            case FieldInput.Search search:
                var among = Among(search, offered);
                if (among.Count == 0)
                    yield return CardText.Block(ChatText.Of($"{field.Label} There is nothing that you may ask for now."), CardLimits.Fault);
                else
                    yield return Choices(Labelled("Input.ChoiceSet", id, field), among, search.Chosen, "filtered").With("placeholder", Shown(search.Placeholder, CardLimits.Placeholder));
                break;
            case FieldInput.Words words:
                yield return Typed(Labelled("Input.Text", id, field, isChecked), words);
                break;
            case FieldInput.Moment moment:
                var at = moment.Chosen?.ToOffset(offset);
                var half = (moment.Entered ?? "").Split(' ');
                var (day, time) = (at?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? Only("yyyy-MM-dd", half[0]), at?.ToString("HH:mm", CultureInfo.InvariantCulture) ?? Only("HH:mm", half[^1]));
                yield return Labelled("Input.Date", id, field with { Label = $"{field.Label}: the day" }).With("value", day);
                yield return Labelled("Input.Time", id + TimeOfDay, field with { Label = $"{field.Label}: the time ({Zone(offset)})" }).With("value", time);
                break;
            default:
                throw new InvalidOperationException($"{field.Input.GetType().Name} cannot be rendered.");
        }
    }

    private static List<FormOption> Among(FieldInput.Search search, int offered)
    {
        var shown = search.Options.Take(offered).ToList();
        if (search.Chosen is { } chosen && !shown.Exists(o => o.Value == chosen.Value))
            shown.Add(chosen);
        return shown;
    }

    /// <summary>What must be chosen or typed is checked by the client too, unless a button besides the form's own needs what was entered so far: it could not be pressed.</summary>
    private static JsonObject Labelled(string type, string id, FormPart.Field field, bool isChecked = true)
    {
        var input = new JsonObject { ["type"] = type, ["id"] = id, ["label"] = Shown(field.Label, CardLimits.Label) };
        if (!field.IsOptional && isChecked && field.Input is not FieldInput.Moment)
            (input["isRequired"], input["errorMessage"]) = (true, field.Input is FieldInput.Words ? "Write something here." : "Choose one.");
        return input;
    }

    private static JsonObject Choices(JsonObject input, IReadOnlyList<FormOption> options, FormOption? chosen, string style)
    {
        (input["style"], input["choices"]) = (style, CardJson.Array(options.Select(Choice)));
        return input.With("value", chosen?.Value);
    }

    private static JsonObject Choice(FormOption option) => new()
    {
        ["title"] = Shown(option.Description is { } said ? $"{option.Label} · {said}" : option.Label, CardLimits.ChoiceTitle), ["value"] = option.Value,
    };

    private static JsonObject Typed(JsonObject input, FieldInput.Words words)
    {
        if (words.IsLong)
            input["isMultiline"] = true;
        input["maxLength"] = words.MaxLength;
        return input
            .With("placeholder", words.Placeholder is { } example ? Shown(example, CardLimits.Placeholder) : null)
            .With("value", CardText.Inert(words.Value) is { Length: > 0 } value ? Cut.To(value, words.MaxLength) : null);
    }

    private static JsonObject With(this JsonObject input, string name, string? value)
    {
        if (value is not null)
            input[name] = value;
        return input;
    }

    private static string Shown(string text, int limit) => CardText.Inert(text) is { Length: > 0 } visible ? Cut.To(visible, limit) : "—";

    /// <summary>One half of a moment, if it is one.</summary>
    private static string? Only(string format, string half) => DateTime.TryParseExact(half, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? half : null;

    private static string Zone(TimeSpan offset) => offset == TimeSpan.Zero ? "UTC" : "UTC" + (offset < TimeSpan.Zero ? "-" : "+") + offset.ToString("hh\\:mm", CultureInfo.InvariantCulture);
}

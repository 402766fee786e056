using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Catalog.Loading;

namespace JitBroker.Catalog.Kinds;

/// <summary>Free YAML as JSON, by YAML's core schema.</summary>
internal static class JsonValues
{
    /// <summary>Null for a null; a problem for a number that JSON cannot carry exactly and for invisible characters.</summary>
    public static JsonNode? Of(Field field) => field.Node switch
    {
        YamlMap map => new JsonObject(map.Entries.Select(e => KeyValuePair.Create(e.Key.Text, Of(field.Child(e.Value, e.Key.Text))))),
        YamlList => new JsonArray([.. field.List("a list").Select(Of)]),
        YamlScalar { IsNull: true } => null,
        YamlScalar { Plain: true } scalar => Plain(field, scalar.Text),
        YamlScalar scalar => Quoted(field, scalar.Text),
        _ => null,
    };

    /// <summary>Adds <paramref name="name"/> when there is a value.</summary>
    public static void Put(this JsonObject json, string name, JsonNode? value)
    {
        if (value is not null)
            json[name] = value;
    }

    public static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);

    private static JsonNode Plain(Field field, string text)
    {
        if (text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
            return text[0] is 't' or 'T';
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || char.IsLetter(text[^1]))
            return Quoted(field, text);
        if (double.IsFinite(number) && Math.Abs(number) <= 9_007_199_254_740_991)
            return number;
        field.Fault("is a number that JSON cannot carry exactly", "Put it in quotes.");
        return 0;
    }

    private static JsonValue Quoted(Field field, string text)
    {
        if (Characters.AnyHostile(text.Replace("\n", "", StringComparison.Ordinal)))
            field.Fault("holds control, invisible or direction-changing characters", "Write plain visible text.");
        return JsonValue.Create(text);
    }
}

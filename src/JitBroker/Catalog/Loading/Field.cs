using System.Globalization;
using System.Text.RegularExpressions;

namespace JitBroker.Catalog.Loading;

/// <summary>
/// One value of a catalog with its path. Reading it as what it should be gives the value, or null and a problem at its place; a reader never throws and goes on,
/// so that every problem is found in one go.
/// </summary>
internal sealed class Field(string file, YamlNode node, Field? parent, string segment, Problems problems)
{
    public string File => file;

    public int Line => node.Line;

    public YamlNode Node => node;

    /// <summary><c>entitlements.orders-db:read.approval[0].group</c></summary>
    public string Path => parent is null || parent.Path.Length == 0 ? segment : segment.StartsWith('[') ? parent.Path + segment : $"{parent.Path}.{segment}";

    public bool IsNull => node is YamlScalar { IsNull: true };

    public Field Child(YamlNode child, string name) => new(file, child, this, name, problems);

    /// <summary>Reports this value. The value itself is quoted when it is a scalar and <paramref name="secret"/> is false.</summary>
    public void Fault(string message, string remedy, bool secret = false) =>
        problems.Add(file, node.Line, node.Column, Path, node is YamlScalar scalar && !secret ? scalar.Text : null, message, remedy);

    /// <summary>Reports something about the place rather than the value.</summary>
    public void FaultHere(string message, string remedy) => problems.Add(file, node.Line, node.Column, Path, null, message, remedy);

    /// <summary>Text on one line without control or invisible characters, 1 to <paramref name="longest"/> characters.</summary>
    public string? Text(int longest = 200)
    {
        if (Scalar("a text") is not { } text)
            return null;
        var message = text.Trim().Length == 0 ? "is empty"
            : text.Length > longest ? $"is longer than {longest.ToString(CultureInfo.InvariantCulture)} characters"
            : Characters.AnyHostile(text) ? "holds control, invisible or direction-changing characters"
            : null;
        if (message is null)
            return text.Trim();
        Fault(message, "Write plain visible text.");
        return null;
    }

    /// <summary>Text that matches <paramref name="shape"/> as a whole.</summary>
    public string? Text(Regex shape, string what, int longest = 200)
    {
        if (Text(longest) is not { } text)
            return null;
        if (shape.IsMatch(text))
            return text;
        Fault($"is not {what}", "Correct it.");
        return null;
    }

    public string? OneOf(params string[] choices)
    {
        if (Text() is not { } text)
            return null;
        if (choices.Contains(text, StringComparer.Ordinal))
            return text;
        Fault($"is not one of {string.Join(", ", choices)}", NearestName.Of(text, choices) is { } near ? $"Did you mean {near}?" : "Choose one of these.");
        return null;
    }

    public bool? Bool()
    {
        if (node is YamlScalar { Text: "true" or "True" or "TRUE" or "false" or "False" or "FALSE" } scalar)
            return scalar.Text is "true" or "True" or "TRUE";
        Fault("is not true or false", "Write true or false.");
        return null;
    }

    public int? Integer(int least, int most)
    {
        if (node is YamlScalar scalar && int.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            return value;
        Fault(string.Create(CultureInfo.InvariantCulture, $"is not a whole number from {least} to {most}"), "Correct it.");
        return null;
    }

    public TimeSpan? Duration(TimeSpan? most = null, string? ceiling = null)
    {
        if (Scalar("a duration") is not { } text)
            return null;
        if (!Durations.TryParse(text, out var duration, out var problem))
        {
            FaultHere(problem.TrimEnd('.'), problem.Contains("Write it", StringComparison.Ordinal) ? "" : "Write it like 30m, 1h30m or PT1H30M.");
            return null;
        }

        if (most is not { } limit || duration <= limit)
            return duration;
        Fault($"is above {ceiling ?? "the limit"} ({Durations.Short(limit)})", ceiling is null ? "Lower it." : $"Lower it, or raise {ceiling}.");
        return null;
    }

    /// <summary>The items of a list; empty with a problem when it is none.</summary>
    public IReadOnlyList<Field> List(string what)
    {
        if (node is YamlList list)
            return [.. list.Items.Select((item, i) => Child(item, string.Create(CultureInfo.InvariantCulture, $"[{i}]")))];
        Fault($"is not {what}", "Write a list: [one, two].");
        return [];
    }

    /// <summary>The keys of a map; null with a problem when it is none.</summary>
    public FieldMap? Map(string what)
    {
        if (node is YamlMap map)
            return new FieldMap(this, map);
        Fault($"is not {what}", "Write a map: { key: value }.");
        return null;
    }

    private string? Scalar(string what)
    {
        if (node is YamlScalar { IsNull: false } scalar)
            return scalar.Text;
        FaultHere(node switch
        {
            YamlScalar => $"There is no value where {what} is needed",
            YamlList => $"A list stands where {what} is needed",
            _ => $"A map stands where {what} is needed",
        }, "Write it as one value.");
        return null;
    }
}

/// <summary>A map being read key by key; what nobody asked for is an unknown key.</summary>
internal sealed class FieldMap(Field self, YamlMap map)
{
    private readonly Dictionary<string, Field> _fields =
        map.Entries.ToDictionary(e => e.Key.Text, e => self.Child(e.Value, e.Key.Text), StringComparer.Ordinal);

    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public Field Self => self;

    public int Count => _fields.Count;

    /// <summary>A key that is read by other means.</summary>
    public void Known(string key) => _known.Add(key);

    /// <summary>Null when the key is absent, or has no value, which is a problem.</summary>
    public Field? Take(string key)
    {
        _known.Add(key);
        if (!_fields.TryGetValue(key, out var field))
            return null;
        if (!field.IsNull)
            return field;
        field.FaultHere("There is no value here", "Give one, or remove the key.");
        return null;
    }

    public Field? Need(string key, string remedy)
    {
        if (_fields.ContainsKey(key))
            return Take(key);
        _known.Add(key);
        self.FaultHere($"\"{key}\" is missing", remedy);
        return null;
    }

    /// <summary>Every key, for maps whose keys are names.</summary>
    public IEnumerable<(string Key, Field Value)> All() => map.Entries.Select(e => (e.Key.Text, _fields[e.Key.Text]));

    /// <summary>Reports every key that was not asked for.</summary>
    public void Close()
    {
        foreach (var (key, value) in All().Where(e => !_known.Contains(e.Key)))
        {
            value.FaultHere(
                $"\"{key}\" is not a key known here",
                NearestName.Of(key, _known) is { } near ? $"Did you mean {near}?" : $"Known: {string.Join(", ", _known.Order(StringComparer.Ordinal))}.");
        }
    }
}

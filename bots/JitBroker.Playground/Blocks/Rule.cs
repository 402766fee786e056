using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JitBroker.Playground.Blocks;

/// <summary>Checks one node and says each fault with its JSON pointer, in Slack's words.</summary>
internal delegate void Rule(Findings findings, JsonNode? node, string pointer);

/// <summary>The faults of one payload. Ids are collected here because their uniqueness spans blocks.</summary>
internal sealed class Findings
{
    private readonly HashSet<string> _blockIds = new(StringComparer.Ordinal);

    /// <summary>What <c>response_metadata.messages</c> will say; empty: the payload is fine.</summary>
    public List<string> Messages { get; } = [];

    public void Add(string what, string pointer) => Messages.Add($"[ERROR] {what} [json-pointer:{pointer}]");

    public void BlockId(string id, string pointer)
    {
        if (!_blockIds.Add(id)) Add($"`block_id` `{id}` already exists. `block_id`s have to be unique.", pointer + "/block_id");
    }
}

/// <summary>A property of an object: whether it must be there and what it must be.</summary>
internal sealed record Property(string Name, Rule Rule, bool Required = false);

/// <summary>The words that rules are put together from.</summary>
internal static class Rules
{
    public static Rule Any { get; } = (_, _, _) => { };

    public static Rule Flag { get; } = (f, n, p) =>
    {
        if (n?.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False)) f.Add("must be a boolean", p);
    };

    public static Rule Text(int max, int min = 1) => (f, n, p) =>
    {
        if (Wire.Text(n) is not { } s) f.Add("must be a string", p);
        else if (s.Length > max) f.Add($"must be less than {max + 1} characters", p);
        else if (s.Length < min) f.Add($"must be more than {min - 1} characters", p);
    };

    public static Rule OneOf(params string[] allowed) => (f, n, p) =>
    {
        if (Wire.Text(n) is not { } s || !allowed.Contains(s, StringComparer.Ordinal)) f.Add($"invalid value, must be one of: {string.Join(", ", allowed)}", p);
    };

    public static Rule Whole(long min, long max) => (f, n, p) =>
    {
        if (n is not JsonValue v || !v.TryGetValue<long>(out var i)) f.Add("must be an integer", p);
        else if (i < min) f.Add($"must be greater than or equal to {min}", p);
        else if (i > max) f.Add($"must be less than or equal to {max}", p);
    };

    public static Rule Shaped(Func<string, bool> fits, string otherwise) => (f, n, p) =>
    {
        if (Wire.Text(n) is not { } s || !fits(s)) f.Add(otherwise, p);
    };

    public static Rule Date { get; } = Shaped(s => DateOnly.TryParseExact(s, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _), "must be a date in the format YYYY-MM-DD");

    public static Rule Time { get; } = Shaped(s => TimeOnly.TryParseExact(s, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out _), "must be a time in the format HH:mm");

    public static Rule Link(int max) => Shaped(s => s.Length <= max && Uri.TryCreate(s, UriKind.Absolute, out var u) && u.Scheme is "http" or "https" or "mailto" or "slack", $"must be a valid URL of at most {max} characters");

    public static Rule List(int min, int max, Rule item) => (f, n, p) =>
    {
        if (n is not JsonArray list) { f.Add("must be an array", p); return; }
        if (list.Count > max) f.Add($"no more than {max} items allowed", p);
        if (list.Count < min) f.Add($"no fewer than {min} items required", p);
        for (var i = 0; i < list.Count; i++) item(f, list[i], $"{p}/{i}");
    };

    /// <summary>An object of exactly these properties; anything else is refused, as Slack does.</summary>
    public static Rule Shape(params Property[] properties) => (f, n, p) =>
    {
        if (n is not JsonObject o) { f.Add("must be an object", p); return; }
        foreach (var (name, rule, required) in properties)
        {
            if (o[name] is { } value) rule(f, value, $"{p}/{name}");
            else if (required) f.Add($"missing required field: {name}", p);
        }
        foreach (var (name, _) in o)
            if (!properties.Any(x => x.Name == name)) f.Add($"invalid additional property: {name}", p);
    };

    /// <summary>An object whose <c>type</c> chooses its shape among the allowed ones.</summary>
    public static Rule Typed(IReadOnlyDictionary<string, Rule> shapes, Func<string, bool>? allowed = null) => (f, n, p) =>
    {
        if (n is not JsonObject o) { f.Add("must be an object", p); return; }
        var type = Wire.Text(o["type"]);
        if (type is null) f.Add("missing required field: type", p);
        else if (!shapes.TryGetValue(type, out var shape) || allowed is not null && !allowed(type)) f.Add($"unsupported type: {type}", p + "/type");
        else shape(f, n, p);
    };

    public static Rule All(params Rule[] rules) => (f, n, p) =>
    {
        foreach (var rule in rules) rule(f, n, p);
    };

    public static Rule Must(Func<JsonObject, bool> holds, string otherwise, string at = "") => (f, n, p) =>
    {
        if (n is JsonObject o && !holds(o)) f.Add(otherwise, p + at);
    };
}

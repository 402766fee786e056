using System.Globalization;
using System.Text.Json.Nodes;

namespace JitBroker.Server.Scim;

/// <summary>What a client wants listed, and which attributes of it: from the query, or from a body to <c>.search</c>.</summary>
internal sealed record ScimQuery(IReadOnlyList<ScimTerm> Terms, int StartIndex, int Count, IReadOnlySet<string>? Only, IReadOnlySet<string> Without)
{
    public const int Most = 200;

    private const int Usual = 100;

    public static ScimQuery Of(HttpContext context)
    {
        string? At(string name) => context.Request.Query[name] is [{ } one] ? one : null;
        return Of(At("filter"), At("startIndex"), At("count"), Names(At("attributes")?.Split(',')), Names(At("excludedAttributes")?.Split(',')));
    }

    public static ScimQuery Of(JsonObject body)
    {
        string? At(string name) => body[name] is { } value ? ScimJson.Text(value) ?? value.ToJsonString() : null;
        static string[]? List(JsonNode? node) => (node as JsonArray)?.Select(n => ScimJson.Text(n) ?? "").ToArray();
        return Of(At("filter"), At("startIndex"), At("count"), Names(List(body["attributes"])), Names(List(body["excludedAttributes"])));
    }

    /// <summary>The number of those before <see cref="StartIndex"/>, which counts from 1.</summary>
    public int Skip => StartIndex - 1;

    public bool Wants(string attribute) => Only is null ? !Without.Contains(attribute) : Only.Contains(attribute);

    /// <summary>The resource with the attributes that were asked for; <c>schemas</c> and <c>id</c> are always there.</summary>
    public JsonObject Narrow(JsonObject resource)
    {
        foreach (var name in resource.Select(p => p.Key).Where(n => n is not ("schemas" or "id") && !Wants(n.ToLowerInvariant())).ToList())
            resource.Remove(name);
        return resource;
    }

    private static ScimQuery Of(string? filter, string? startIndex, string? count, IReadOnlySet<string>? only, IReadOnlySet<string>? without) => new(
        string.IsNullOrWhiteSpace(filter) ? [] : ScimFilter.Parse(filter.Trim()),
        Math.Max(1, Number(startIndex, 1, "startIndex")),
        Math.Clamp(Number(count, Usual, "count"), 0, Most),
        only,
        without ?? new HashSet<string>());

    private static int Number(string? text, int otherwise, string name)
    {
        if (text is null)
            return otherwise;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw ScimException.Invalid("invalidValue", $"{name} is no number.");
    }

    /// <summary>Top-level names: <c>name.givenName</c> asks for <c>name</c>.</summary>
    private static HashSet<string>? Names(IReadOnlyList<string>? names) =>
        names is null || names.All(n => n.Trim().Length == 0) ? null : names.Select(n => ScimPath.WithoutSchema(n.Trim()).Split('.')[0].ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
}

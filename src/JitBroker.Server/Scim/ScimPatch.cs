using System.Text.Json.Nodes;

namespace JitBroker.Server.Scim;

/// <summary>One operation of a PATCH. <paramref name="Value"/> is null for <c>remove</c> without one.</summary>
/// <param name="Kind"><c>add</c>, <c>replace</c>, <c>remove</c>.</param>
internal sealed record ScimOperation(string Kind, ScimPath Path, JsonNode? Value);

/// <summary>
/// Reads a PATCH (RFC 7644 §3.5.2) in the dialects of Okta and Entra too: operations in any case, an operation without a path whose value is an object, and in it keys that
/// are paths themselves.
/// </summary>
internal static class ScimPatch
{
    private const int Most = 1000;

    /// <exception cref="ScimException">400.</exception>
    public static IReadOnlyList<ScimOperation> Read(JsonObject body)
    {
        if (body["Operations"] is not JsonArray operations || operations.Count is 0 or > Most)
            throw ScimException.Invalid("invalidSyntax", "Operations must be a list of 1 to 1000 operations.");
        return [.. operations.SelectMany(o => o is JsonObject operation ? Of(operation) : throw ScimException.Invalid("invalidSyntax", "An operation is not an object."))];
    }

    private static IEnumerable<ScimOperation> Of(JsonObject operation)
    {
        var kind = ScimJson.Text(operation["op"])?.ToLowerInvariant();
        if (kind is not ("add" or "replace" or "remove"))
            throw ScimException.Invalid("invalidSyntax", "op is none of add, replace and remove.");
        var value = operation["value"];
        if (operation["path"] is { } path && ScimJson.Text(path) is not { Length: > 0 })
            throw ScimException.Invalid("invalidPath", "path is not a text.");
        if (ScimJson.Text(operation["path"]) is { } text)
            return [new ScimOperation(kind, ScimPath.Parse(text), value)];
        if (kind == "remove")
            throw ScimException.Invalid("noTarget", "remove needs a path.");
        return value is JsonObject attributes
            ? attributes.Where(a => !a.Key.Equals("schemas", StringComparison.OrdinalIgnoreCase)).Select(a => new ScimOperation(kind, ScimPath.Parse(a.Key), a.Value))
            : throw ScimException.Invalid("invalidValue", "An operation without a path needs an object as its value.");
    }
}

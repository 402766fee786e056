using System.Text.Json;
using System.Text.Json.Nodes;
using JitBroker.Server.Http;
using Microsoft.Net.Http.Headers;

namespace JitBroker.Server.Scim;

/// <summary>Bodies of SCIM: names of attributes in any case (RFC 7643 §2.1), none twice, bounded in size and depth.</summary>
internal static class ScimJson
{
    /// <summary>A group of some ten thousand members.</summary>
    private const int Largest = 2 * 1024 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16 };

    public static readonly JsonNodeOptions AnyCase = new() { PropertyNameCaseInsensitive = true };

    public static async Task<JsonObject> ReadAsync(HttpContext context)
    {
        var bytes = await JsonBodies.ReadBytesAsync(context, Largest);
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || type.MediaType.Value is not { } media
            || !(media.Equals("application/scim+json", StringComparison.OrdinalIgnoreCase) || media.Equals("application/json", StringComparison.OrdinalIgnoreCase)))
            throw new ScimException(415, null, "The body must be application/scim+json or application/json.");
        return Parse(bytes);
    }

    public static JsonObject Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, Strict);
            return Of(document.RootElement) as JsonObject ?? throw ScimException.Invalid("invalidSyntax", "The body is not a JSON object.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter: an escape that is no character.
            throw ScimException.Invalid("invalidSyntax", "The body is not JSON that can be read.");
        }
    }

    public static JsonObject ParseObject(string text) => Parse(System.Text.Encoding.UTF8.GetBytes(text));

    public static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>Entra writes booleans as texts too. Null: it is neither.</summary>
    public static bool? Flag(JsonNode? node) => node switch
    {
        JsonValue value when value.TryGetValue<bool>(out var flag) => flag,
        JsonValue value when value.TryGetValue<string>(out var text) && bool.TryParse(text, out var flag) => flag,
        _ => null,
    };

    private static JsonNode? Of(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(Of)]);
            case JsonValueKind.Object:
                var made = new JsonObject(AnyCase);
                foreach (var property in element.EnumerateObject())
                {
                    if (made.ContainsKey(property.Name))
                        throw ScimException.Invalid("invalidSyntax", $"The body names {property.Name} twice.");
                    made[property.Name] = Of(property.Value);
                }

                return made;
            case JsonValueKind.String:
                return JsonValue.Create(element.GetString());
            default:
                return JsonValue.Create(element.Clone());
        }
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using JitBroker.Outbox;

namespace JitBroker.Bots.Chat;

/// <summary>How the JSON of chat services is read: nothing in it is believed to be there or to be of a kind.</summary>
internal static class ChatJson
{
    /// <summary>A name given twice could be read in two ways, so it is not read at all.</summary>
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    /// <summary>Null when it is not a JSON object, or holds what is not text (half a surrogate pair), which could not be stored.</summary>
    public static JsonObject? Read(ReadOnlySpan<byte> utf8)
    {
        try
        {
            // Text is decoded when it is first looked at; writing it all looks at all of it, here, where a fault is the sender's.
            var read = JsonNode.Parse(utf8, nodeOptions: null, Strict) as JsonObject;
            return read?.ToJsonString() is null ? null : read;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>What an inbox row holds.</summary>
    /// <exception cref="InvalidOperationException">The row was tampered with.</exception>
    public static JsonObject Stored(InboxItem item) => JsonNode.Parse(item.Body) as JsonObject ?? throw new InvalidOperationException($"Inbox row {item.Id} is no object.");

    /// <summary>The text at a path of names; null when anything on the way is missing or of another kind.</summary>
    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
            node = (node as JsonObject)?[name];
        return node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
    }

    public static JsonObject? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
            node = (node as JsonObject)?[name];
        return node as JsonObject;
    }

    public static bool Flag(this JsonNode? node, string name) => (node as JsonObject)?[name] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;
}

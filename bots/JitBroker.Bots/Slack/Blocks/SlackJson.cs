using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace JitBroker.Bots.Slack;

/// <summary>A message as it is sent: blocks, and the text of its notification, which also stands where blocks cannot be shown.</summary>
internal sealed record SlackMessage(string Text, IReadOnlyList<Block> Blocks);

/// <summary>A modal.</summary>
internal sealed record ModalView(string CallbackId, TextObject Title, IReadOnlyList<Block> Blocks)
{
    public string Type => "modal";

    /// <summary>Required when there is an input block.</summary>
    public TextObject? Submit { get; init; }

    public TextObject? Close { get; init; }

    /// <summary>Comes back as it went, through the person's client: a look-up key at most.</summary>
    public string? PrivateMetadata { get; init; }
}

/// <summary>A person's Home.</summary>
internal sealed record HomeView(IReadOnlyList<Block> Blocks)
{
    public string Type => "home";

    public string CallbackId => "home";
}

/// <summary>How Slack's JSON is written and read.</summary>
internal static class SlackJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A name given twice could be read in two ways, so it is not read at all.</summary>
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static JsonNode? ToNode<T>(T value) => JsonSerializer.SerializeToNode(value, Options);

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
